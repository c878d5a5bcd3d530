const nanoseconds: Readonly<Record<string, bigint>> = {
  ns: 1n, us: 1_000n, µs: 1_000n, μs: 1_000n, ms: 1_000_000n, s: 1_000_000_000n, m: 60_000_000_000n, h: 3_600_000_000_000n,
};

const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Reads a duration as Go does (`1h30m`, `1.5s`, `-100ms`, `0`), in nanoseconds; undefined when the text is none.
 *
 * Source: https://pkg.go.dev/time#ParseDuration
 */
export function goDuration(text: string): bigint | undefined {
  const known = read.get(text);
  if (known !== undefined) return known;
  const duration = parsed(text);
  if (duration !== undefined && text.length <= 32 && read.size < 1000) read.set(text, duration);
  return duration;
}

/** Durations that were read already: the same few stand everywhere. */
const read = new Map<string, bigint>();

function parsed(text: string): bigint | undefined {
  // Go's own limit is 64 bits, which longer text exceeds or fills with digits that count for nothing.
  if (text.length > 128) return undefined;
  const unsigned = text.replace(/^[-+]/, '');
  if (unsigned === '0') return 0n;
  if (unsigned === '') return undefined;
  let total = 0n;
  part.lastIndex = 0;
  while (part.lastIndex < unsigned.length) {
    const match = part.exec(unsigned);
    if (!match) return undefined;
    const [, whole = '', fraction = '', unit = ''] = match;
    if (whole === '' && fraction === '') return undefined;
    const scale = nanoseconds[unit] ?? 0n;
    total += BigInt(whole === '' ? '0' : whole) * scale;
    if (fraction !== '') total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  const signed = text.startsWith('-') ? -total : total;
  return signed >= -(2n ** 63n) && signed < 2n ** 63n ? signed : undefined;
}
