import type { Duration } from 'cdk8s';

/**
 * A cdk8s duration as Prometheus writes it: `5m`, `1h30m`.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/basics/#time-durations
 *
 * @throws when it is not a whole number of milliseconds of at least one
 */
export function prometheusDuration(where: string, what: string, value: Duration): string {
  const millis = value.toMilliseconds({ integral: false });
  if (millis < 1 || !Number.isInteger(millis)) throw new Error(`${where}: ${what} must be a whole number of milliseconds, at least 1, got ${millis} ms`);
  let rest = millis;
  return units.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest %= size;
    return count > 0 ? `${count}${unit}` : '';
  }).join('');
}

const units: readonly (readonly [string, number])[] = [['d', 86_400_000], ['h', 3_600_000], ['m', 60_000], ['s', 1000], ['ms', 1]];
