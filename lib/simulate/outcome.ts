import type { Answer } from './server/arrival.ts';
import type { Outcome, Step } from './trace.ts';

/** Steps that are common, and how it can end after them; shares sum to 1. */
export interface Branch {
  readonly steps: readonly Step[];
  readonly outcomes: readonly Outcome[];
}

/** One ending of everything. */
export function ending(fields: Partial<Outcome>): Outcome {
  return {
    share: 1, steps: [], answer: undefined, answeredBy: undefined, destination: undefined, delay: 0, timeout: 0, retries: undefined, responseHeaders: [], sure: true, ...fields,
  };
}

/** A branch with one ending. */
export function ends(steps: readonly Step[], fields: Partial<Outcome>): Branch {
  return { steps, outcomes: [ending(fields)] };
}

/** The outcomes of branches that come with a share each, each with the steps of its own branch. */
export function shared(branches: readonly { readonly share: number; readonly branch: Branch }[]): readonly Outcome[] {
  return branches.flatMap(({ share, branch }) => branch.outcomes.map(outcome => ({ ...outcome, share: share * outcome.share, steps: [...branch.steps, ...outcome.steps] })));
}

/** An answer of HTTP by a proxy. */
export function answers(status: number, flag: string, body = '', headers: ReadonlyMap<string, string> = new Map()): Answer {
  return { kind: 'http', status, flag, body, headers };
}

/** A connection that ends without an answer. */
export function closes(flag: string): Answer {
  return { kind: 'closed', status: undefined, flag, body: '', headers: new Map() };
}
