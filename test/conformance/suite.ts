import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How the cases of one oracle came out. A case that was not run counts as not passed. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly { readonly id: string; readonly reason: string }[];
}

/** Runs each case; `judge` gives the reason why one fails, or undefined. */
export function outcome<Case extends { readonly id: string }>(cases: readonly Case[], judge: (one: Case) => string | undefined): Outcome {
  const failures = cases.flatMap(one => {
    const reason = attempt(() => judge(one));
    return reason === undefined ? [] : [{ id: one.id, reason }];
  });
  return { passed: cases.length - failures.length, failed: failures.length, skipped: 0, failures };
}

/** The cases of a file of the oracle folder. */
export function casesOf<Case>(oracles: string, path: string): readonly Case[] {
  return JSON.parse(readFileSync(join(oracles, path), 'utf8')) as Case[];
}

function attempt(judge: () => string | undefined): string | undefined {
  try {
    return judge();
  } catch (error) {
    return `threw ${error instanceof Error ? error.message : String(error)}`;
  }
}
