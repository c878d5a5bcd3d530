import { explain, type Trace } from '../simulate/index.ts';

/** A request that ends otherwise than a test says: in what, and the whole trace of what happens instead. */
export class NotAsExpected extends Error {
  readonly code = 'ERR_NOT_AS_EXPECTED';
  readonly trace: Trace;

  constructor(expected: string, reasons: readonly string[], trace: Trace) {
    super(`expected the request to ${expected}, but:\n${reasons.map(reason => `  ${reason}\n`).join('')}\n${explain(trace)}`);
    // The name by which vitest and jest know a failed assertion.
    this.name = 'AssertionError';
    this.trace = trace;
  }
}
