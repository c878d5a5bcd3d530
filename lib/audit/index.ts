export { matrixOf, type Cell, type Matrix, type MatrixOptions, type Witness } from './matrix.ts';
export type { Client } from './clients.ts';
export type { Replay } from './replay.ts';
export type { Demand, Verdict } from './verdict.ts';
