import fc from 'fast-check';
import { expect, test } from 'vitest';
import { implies, type Clause, type Dimension, type Pred } from '../../lib/mesh/index.ts';
import { holds } from '../../lib/simulate/index.ts';

const text = fc.constantFrom('', 'a', 'A', 'ab', '/', '/a', '/a/', '/a/b', '/ab', '/A', 'a.b', '*.b', '*', 'a.b:80', 'x.a.b');
const number = fc.constantFrom('0000', '0050', '01bb', 'ffff');
const dim: fc.Arbitrary<Dimension> = fc.constantFrom('path', 'header:x', 'claim:y', 'opaque:z');
const flag = fc.option(fc.constant(true as const), { nil: undefined });

function test_<T extends object>(value: fc.Arbitrary<T>): fc.Arbitrary<Pred> {
  return fc.record({ of: dim, value, not: flag, whenMissing: fc.option(fc.boolean(), { nil: undefined }) })
    .map(({ of, value: own, not, whenMissing }) => ({ dim: of, ...own, ...(not ? { not } : {}), ...(whenMissing === undefined ? {} : { whenMissing }) }) as unknown as Pred);
}

const pred = fc.oneof(
  test_(fc.record({ test: fc.constantFrom('exact', 'prefix', 'suffix'), value: text, fold: flag }).map(({ fold, ...own }) => (fold ? { ...own, ignoreCase: true } : own))),
  test_(fc.record({ test: fc.constantFrom('segmentPrefix', 'host'), value: text })),
  test_(fc.record({ test: fc.constant('regex'), value: fc.constantFrom('.*', '.+', '/a.*', 'a|b', '[', '') })),
  test_(fc.record({ test: fc.constant('template'), value: fc.constantFrom('/{*}', '/a/{**}', '/a') })),
  test_(fc.record({ test: fc.constantFrom('nonEmpty', 'present', 'absent') })),
  test_(fc.record({ test: fc.constant('range'), intervals: fc.array(fc.tuple(number, number).map(([low, high]) => ({ low, high })), { maxLength: 2 }) })),
);
const clause: fc.Arbitrary<Clause> = fc.record({ any: fc.array(pred, { minLength: 1, maxLength: 2 }), not: flag })
  .map(({ any, not }) => ({ dim: any[0]?.dim ?? 'path', any: any.map(one => ({ ...one, dim: any[0]?.dim ?? 'path' })), ...(not ? { not } : {}) }));
const clauses = fc.array(clause, { maxLength: 2 });
const some = fc.option(fc.array(fc.oneof(text, number, fc.constantFrom('a\nb', 'b/a', '/a\n')), { maxLength: 2 }), { nil: undefined });
const values = fc.record({ path: fc.oneof(text, fc.constant('/a\n')), x: fc.option(text, { nil: undefined }), y: some })
  .map(({ path, x, y }) => new Map<Dimension, readonly string[]>([['path', [path]], ...(x === undefined ? [] : [['header:x', [x]] as const]), ...(y === undefined ? [] : [['claim:y', y] as const])]));

test('what implies something holds only where that holds', () => {
  let said = 0;
  fc.assert(fc.property(clauses, clauses, fc.array(values, { minLength: 1, maxLength: 20 }), (narrow, wide, requests) => {
    if (!implies(narrow, wide)) return;
    said++;
    for (const request of requests) if (holds(narrow, request) === true) expect(holds(wide, request)).not.toBe(false);
  }), { numRuns: 50_000 });
  expect(said, 'so that it is about something').toBeGreaterThan(1000);
});
