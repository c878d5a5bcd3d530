/**
 * A duration as Istio and the Gateway API write it (`1h30m`, `0.5s`, `100ms`), in milliseconds; undefined for what is none.
 *
 * Source: https://pkg.go.dev/time#ParseDuration
 */
export function millisecondsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const known = read.get(text);
  if (known !== undefined) return known;
  const milliseconds = parsed(text);
  if (milliseconds !== undefined && text.length <= 32 && read.size < 1000) read.set(text, milliseconds);
  return milliseconds;
}

/** Durations that were read already: the same few stand everywhere. */
const read = new Map<string, number>();

function parsed(text: string): number | undefined {
  if (!/^\+?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return text === '0' ? 0 : undefined;
  let total = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g)) total += Number(amount) * (units[unit] ?? 0);
  return total;
}

const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
