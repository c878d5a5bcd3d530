import fc from 'fast-check';
import { expect, test } from 'vitest';
import { violations, type Schema } from '../../lib/schema/index.ts';
import { schemaOf } from '../conformance/facts.ts';
import { oracle, oracles, testWith } from '../oracles.ts';

// With opaque values to look for, only the pass that reports is taken.
const reported = (schema: Schema, value: unknown): unknown => violations(schema, value, { opaque: () => false });

const name = fc.constantFrom('a', 'b', 'c', 'metadata', '__proto__');

const schemas = fc.letrec<{ schema: Schema }>(tie => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Schema[]>(
      {}, { type: 'string' }, { type: 'string', minLength: 1, maxLength: 2 }, { type: 'string', enum: ['a', 'b'] }, { type: 'string', pattern: '^a', nullable: true },
      { type: 'string', 'x-kubernetes-validations': [{ rule: 'self.size() > 1' }] }, { type: 'integer', minimum: 0 }, { type: 'integer', format: 'int32' }, { type: 'number', multipleOf: 2 },
      { type: 'boolean' }, { 'x-kubernetes-int-or-string': true }, { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, { type: 'object', additionalProperties: true },
      { type: 'string', default: 'a' }, { type: 'integer', default: -1 }, { required: ['a'] }, { not: { anyOf: [{ required: ['a'] }, { required: ['b'] }] } },
    ),
    fc.record<Schema>({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(2), maxItems: fc.nat(3), 'x-kubernetes-list-type': fc.constantFrom('set', 'atomic') }, { requiredKeys: ['type'] }),
    fc.record<Schema>({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('schema'), { maxKeys: 3 }),
      additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
      required: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
      minProperties: fc.nat(2),
      maxProperties: fc.nat(3),
      'x-kubernetes-embedded-resource': fc.boolean(),
      'x-kubernetes-validations': fc.constantFrom([{ rule: 'has(self.a)' }], [{ rule: 'self.all(key, key != "b")' }]),
      oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      not: tie('schema'),
    }, { requiredKeys: ['type'] }),
  ),
})).schema;

const values = fc.letrec(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, undefined, '', 'a', 'ab', 'abc', 0, -1, 3, 2.5, 2 ** 40, NaN, true, new Date(0)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }),
  ),
})).value;

test('what conforms to any schema has no violations, and nothing else does', () => {
  fc.assert(fc.property(schemas, values, (schema, value) => {
    expect(violations(schema, value)).toEqual(reported(schema, value));
  }), { numRuns: 20_000 });
});

interface Case {
  readonly apiVersion: string;
  readonly kind: string;
  readonly expand?: unknown;
}

testWith(oracles, 'oracles')('of the objects of Istio\'s suites, whole and with a field of theirs changed, the same is said as by the pass that reports', () => {
  const objects = [...oracle<{ readonly object: Case }>('schema/cases.json').map(({ object }) => object), ...oracle<Case>('validation/cases.json').filter(({ expand }) => expand === undefined)];
  const differing: unknown[] = [];
  for (const object of objects) {
    const schema = schemaOf(object.kind, object.apiVersion.split('/')[1] ?? '');
    if (!schema) continue;
    for (const value of [object, ...changed(object)]) {
      if (JSON.stringify(violations(schema, value)) !== JSON.stringify(reported(schema, value))) differing.push(value);
    }
  }
  expect(differing).toEqual([]);
});

/** An object with each of its fields in turn replaced by other things. */
function* changed(value: unknown): Generator<unknown, void> {
  if (typeof value !== 'object' || value === null) return;
  for (const [field, child] of Object.entries(value) as [string, unknown][]) {
    const put = (other: unknown): unknown => (Array.isArray(value) ? value.map((item: unknown, i) => (String(i) === field ? other : item)) : { ...value, [field]: other });
    for (const other of [null, undefined, 'x', -1, [], {}, { x: child }]) yield put(other);
    for (const other of changed(child)) yield put(other);
  }
}
