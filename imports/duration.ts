import { goDuration } from '../lib/schema/index.ts';

type N = `${number}`;
type Seconds = `${N}s` | `${N}s${N}ms`;
type Minutes = `${N}m` | `${N}m${Seconds}` | `${N}m${N}ms`;
type Hours = `${N}h` | `${N}h${Minutes}` | `${N}h${Seconds}` | `${N}h${N}ms`;

declare const checked: unique symbol;

/**
 * A duration as Go writes it: `5s`, `100ms`, `1h30m`. Text that is known only at run time goes through {@link duration}.
 *
 * Source: https://pkg.go.dev/time#ParseDuration
 */
export type GoDuration = Hours | Minutes | Seconds | `${N}ms` | `${N}us` | `${N}ns` | CheckedDuration;

/** Text that {@link duration} has read. */
export type CheckedDuration = string & { readonly [checked]: 'a Go duration' };

/**
 * Reads text that is only known at run time as a duration.
 *
 * @throws when it is none, is negative, or is not a whole number of milliseconds
 *
 * @example
 * timeout: duration(process.env.TIMEOUT ?? '5s')
 */
export function duration(text: string): CheckedDuration {
  const nanoseconds = goDuration(text);
  if (nanoseconds === undefined) throw new Error(`${JSON.stringify(text)} is no duration; write it as in "1h30m", "5s" or "100ms"`);
  if (nanoseconds < 1_000_000n || nanoseconds % 1_000_000n !== 0n) {
    throw new Error(`a duration must be a whole number of milliseconds, at least 1, got ${JSON.stringify(text)}`);
  }
  return text as CheckedDuration;
}
