import type { Duration } from 'cdk8s';
import { duration, type GoDuration } from '../l1.ts';

/**
 * A cdk8s duration as Istio writes it: `2s`, `500ms`.
 *
 * @throws when it is not a whole number of milliseconds of at least one (Istio refuses those)
 */
export function goDuration(where: string, what: string, value: Duration): GoDuration {
  const millis = value.toMilliseconds({ integral: false });
  if (millis < 1 || !Number.isInteger(millis)) {
    throw new Error(`${where}: ${what} must be a whole number of milliseconds, at least 1, got ${millis} ms`);
  }
  return duration(millis % 1000 === 0 ? `${millis / 1000}s` : `${millis}ms`);
}
