export { audit, tasksOf, type Audit, type AuditOptions, type Task } from './audit.ts';
export { matrixOf, type Cell, type Matrix, type MatrixOptions, type Witness } from './matrix.ts';
export { plainMatrix, type PlainAsk, type PlainCell, type PlainMatrix, type PlainService, type PlainWitness } from './plain-matrix.ts';
export type { Client } from './clients.ts';
export type { Replay } from './replay.ts';
export { suppress, type Suppressed, type Suppression } from './suppressions.ts';
export type { Demand, Verdict } from './verdict.ts';
export { cellWords, witnessWords, type CellWords } from './words.ts';
