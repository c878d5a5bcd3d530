import fc from 'fast-check';
import { expect, test } from 'vitest';
import { goDuration } from '../../lib/schema/index.ts';

test.each([
  ['0', 0n], ['1ns', 1n], ['1us', 1_000n], ['1µs', 1_000n], ['1.5s', 1_500_000_000n], ['1h30m', 5_400_000_000_000n], ['-5s', -5_000_000_000n],
  ['+5s', 5_000_000_000n], ['.5s', 500_000_000n], ['1.s', 1_000_000_000n], ['1m1m', 120_000_000_000n], ['2562047h47m16.854775807s', 2n ** 63n - 1n],
])('%s is read as Go reads it', (text, nanoseconds) => {
  expect(goDuration(text)).toBe(nanoseconds);
});

test.each(['', '-', '5', '1d', 's', '.s', '1 s', '1h 30m', 'h1', '1e3s', '--5s', '2562047h47m16.854775808s', '1h'.repeat(100)])('%j is none', text => {
  expect(goDuration(text)).toBeUndefined();
});

test('parts add up', () => {
  fc.assert(fc.property(fc.nat(10000), fc.nat(10000), fc.nat(10000), (h, m, s) => {
    expect(goDuration(`${h}h${m}m${s}s`)).toBe(BigInt(h * 3600 + m * 60 + s) * 1_000_000_000n);
  }));
});
