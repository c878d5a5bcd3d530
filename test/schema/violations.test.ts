import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { violations, type Schema } from '../../lib/schema/index.ts';
import { oracle, oracles, testWith } from '../oracles.ts';

const text: Schema = { type: 'string' };
const one = (schema: Schema, value: unknown): string[] => violations(schema, value).map(({ path, message }) => `${path}: ${message}`);
const field = (schema: Schema): Schema => ({ type: 'object', properties: { a: schema } });

describe('a value fits', () => {
  const cases: readonly (readonly [string, Schema, unknown])[] = [
    ['its type', field(text), { a: 'x' }],
    ['a whole number where a number is wanted', field({ type: 'number' }), { a: 1 }],
    ['a number or a string', field({ 'x-kubernetes-int-or-string': true }), { a: '50%' }],
    ['null where it may be null', field({ type: 'string', nullable: true }), { a: null }],
    ['null where it may not, as if it were not there', field(text), { a: null }],
    ['null in a map, as if it were not there', field({ type: 'object', additionalProperties: text, maxProperties: 1 }), { a: { b: null, c: 'd' } }],
    ['null for what has a default', { ...field({ type: 'string', default: 'x', enum: ['x'] }), required: ['a'] }, { a: null }],
    ['undefined, as if it were not there', field(text), { a: undefined }],
    ['what stands at every root', field(text), { apiVersion: 'v1', kind: 'K', metadata: { name: 'x' } }],
    ['free form', { type: 'object', properties: { a: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }, { a: { b: [1, { c: null }] } }],
    ['a map', field({ type: 'object', additionalProperties: text }), { a: { 'b.c/d': 'e' } }],
    ['a required field with a default', { type: 'object', required: ['a'], properties: { a: { type: 'string', default: 'x' } } }, {}],
    ['a pattern, found anywhere as in Go', field({ type: 'string', pattern: 'b+' }), { a: 'abbc' }],
    ['a pattern of RE2 that JavaScript does not know', field({ type: 'string', pattern: '^(?i)abc$' }), { a: 'ABC' }],
    ['a length in characters, not in units', field({ type: 'string', maxLength: 2 }), { a: '😀😀' }],
    ['a set', field({ type: 'array', items: text, 'x-kubernetes-list-type': 'set' }), { a: ['x', 'y'] }],
    ['an IPv4 address with leading zeros', field({ type: 'string', format: 'ipv4' }), { a: '01.2.3.004' }],
    ['a date', field({ type: 'string', format: 'date-time' }), { a: '2026-01-31T12:00:00.5Z' }],
    ['neither of two that exclude each other', { type: 'object', oneOf: [{ not: { anyOf: [{ required: ['a'] }, { required: ['b'] }] } }, { required: ['a'] }, { required: ['b'] }], properties: { a: text, b: text } }, {}],
    ['a rule', { ...field({ type: 'integer' }), 'x-kubernetes-validations': [{ rule: 'self.a > 2' }] }, { a: 3 }],
    ['a rule on how it may change', { ...field(text), 'x-kubernetes-validations': [{ rule: 'self.a == oldSelf.a' }] }, { a: 'x' }],
    ['a rule that sees defaults', { type: 'object', properties: { a: { type: 'integer', default: 3 } }, 'x-kubernetes-validations': [{ rule: 'self.a == 3' }] }, {}],
    ['a rule over names that CEL reserves', { type: 'object', properties: { namespace: text, 'x-y': text }, 'x-kubernetes-validations': [{ rule: `self.__namespace__ == 'a' && self.x__dash__y == 'b'` }] }, { namespace: 'a', 'x-y': 'b' }],
    ['a rule that asks for a field of a list item', { type: 'object', properties: { a: { type: 'array', items: field(text) } }, 'x-kubernetes-validations': [{ rule: '!has(self.a[0].a)' }] }, { a: [{}] }],
  ];
  test.each(cases)('%s', (_, schema, value) => {
    expect(one(schema, value)).toEqual([]);
  });
});

describe('a value does not fit, and the sentence says why:', () => {
  const cases: readonly (readonly [string, Schema, unknown, string])[] = [
    ['another type', field(text), { a: 1 }, 'a: must be a string, got 1'],
    ['a fraction for a whole number', field({ type: 'integer' }), { a: 1.5 }, 'a: must be a whole number, got 1.5'],
    ['no number', field({ type: 'number' }), { a: NaN }, 'a: must be a number, got null'],
    ['more than 64 bits for a whole number', field({ type: 'integer' }), { a: 1e300 }, 'a: must be a whole number, got 1e+300'],
    ['no base64 at all', field({ type: 'string', format: 'byte' }), { a: '' }, 'a: must be base64, got ""'],
    ['a fraction for a number or a string', field({ 'x-kubernetes-int-or-string': true }), { a: 0.5 }, 'a: must be a whole number or a string, got 0.5'],
    ['null for an item', field({ type: 'array', items: text }), { a: [null] }, 'a[0]: must be a string, got null; leave the field out instead'],
    ['null for what is required', { ...field(text), required: ['a'] }, { a: null }, 'a: is required'],
    ['an unknown field', field(text), { b: 1 }, 'b: unknown field "b"'],
    ['a misspelt field', { type: 'object', properties: { hosts: { type: 'array' } } }, { host: [] }, 'host: unknown field "host"; did you mean "hosts"?'],
    ['a field with a name of its own', field({ type: 'object', additionalProperties: { type: 'integer' } }), { a: { 'b.c': 'd' } }, 'a["b.c"]: must be a whole number, got "d"'],
    ['a missing field', { ...field(text), required: ['a'] }, {}, 'a: is required'],
    ['none of the choices', field({ type: 'string', enum: ['STRICT', 'DISABLE'] }), { a: 'STRICKT' }, 'a: must be one of STRICT, DISABLE, got "STRICKT"; did you mean STRICT?'],
    ['too little', field({ type: 'integer', minimum: 1, maximum: 5 }), { a: 0 }, 'a: must be between 1 and 5, got 0'],
    ['too much', field({ type: 'integer', maximum: 5 }), { a: 6 }, 'a: must be at most 5, got 6'],
    ['just the excluded end', field({ type: 'number', exclusiveMinimum: true, minimum: 0 }), { a: 0 }, 'a: must be more than 0, got 0'],
    ['more than 32 bits', field({ type: 'integer', format: 'int32' }), { a: 2 ** 31 }, 'a: must fit int32, so be between -2147483648 and 2147483647, got 2147483648'],
    ['no multiple', field({ type: 'integer', multipleOf: 4 }), { a: 6 }, 'a: must be a multiple of 4, got 6'],
    ['an empty text', field({ type: 'string', minLength: 1 }), { a: '' }, 'a: must not be empty'],
    ['a long text', field({ type: 'string', maxLength: 2 }), { a: 'abc' }, 'a: must have at most 2 characters, got 3'],
    ['another pattern', field({ type: 'string', pattern: '^a$' }), { a: 'b' }, 'a: must match ^a$, got "b"'],
    ['no date', field({ type: 'string', format: 'date-time' }), { a: 'today' }, 'a: must be a time such as 2026-01-31T12:00:00Z (RFC 3339), got "today"'],
    ['no address', field({ type: 'string', format: 'ipv4' }), { a: '1.2.3.256' }, 'a: must be an IPv4 address, got "1.2.3.256"'],
    ['a short list', field({ type: 'array', minItems: 1 }), { a: [] }, 'a: must have at least 1 item, got 0'],
    ['a long list', field({ type: 'array', maxItems: 1 }), { a: [1, 2] }, 'a: must have at most 1 item, got 2'],
    ['one thing twice in a set', field({ type: 'array', 'x-kubernetes-list-type': 'set' }), { a: ['x', 'x'] }, 'a[1]: is a[0] again; each must differ'],
    ['one key twice', field({ type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }), { a: [{ name: 'x', b: 1 }, { name: 'x', b: 2 }] }, 'a[1]: has the same name as a[0]; each must differ'],
    ['many entries', field({ type: 'object', maxProperties: 1, additionalProperties: text }), { a: { b: 'c', d: 'e' } }, 'a: must have at most 1 entries, got 2'],
    ['two that exclude each other', { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }], properties: { a: text, b: text } }, { a: '', b: '' }, ': only one of a, b can be set, got a and b'],
    ['none of those of which one must be', { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }], properties: { a: text, b: text } }, {}, ': one of a, b must be set'],
    ['none of several', { type: 'object', anyOf: [{ required: ['a'] }, { required: ['b'] }], properties: { a: text, b: text } }, {}, ': must set at least one of a, b'],
    ['what it must not be', field({ not: { enum: ['x'] } }), { a: 'x' }, 'a: must not be "x"'],
    ['a broken rule', { ...field({ type: 'integer' }), 'x-kubernetes-validations': [{ rule: 'self.a > 2', message: 'a must be large' }] }, { a: 1 }, ': a must be large, got {"a":1}'],
    ['a rule that cannot be evaluated', { ...field(text), 'x-kubernetes-validations': [{ rule: 'self.b > 2', message: 'b must be large' }] }, { a: 'x' }, ': b must be large, got {"a":"x"}'],
    ['a rule with words of its own', { ...field(text), 'x-kubernetes-validations': [{ rule: 'false', messageExpression: `'not ' + self.a` }] }, { a: 'x' }, ': not x, got {"a":"x"}'],
    ['no duration', { type: 'object', properties: { a: { type: 'string', 'x-kubernetes-validations': [{ rule: `duration(self) >= duration('1ms')`, message: 'must be at least 1ms' }] } } }, { a: '1d' }, 'a: must be at least 1ms, got "1d"'],
    ['something of a class', field({ type: 'object' }), { a: new Map() }, 'a: must be an object, got {}'],
  ];
  test.each(cases)('%s', (_, schema, value, message) => {
    expect(one(schema, value)).toEqual([message]);
  });
});

test('unknown fields can be passed over, and opaque values are', () => {
  expect(violations(field(text), { b: 1 }, { unknownFields: 'ignore' })).toEqual([]);
  const lazy = new Date();
  expect(violations({ ...field(text), 'x-kubernetes-validations': [{ rule: 'false' }] }, { a: lazy }, { opaque: value => value === lazy })).toEqual([]);
});

test('violations stop at the limit', () => {
  expect(violations(field({ type: 'array', items: text }), { a: Array.from({ length: 500 }, () => 1) }, { limit: 7 })).toHaveLength(7);
});

describe('hostile values end soon, in a sentence', () => {
  const anything: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  test('a value that contains itself', () => {
    const value: Record<string, unknown> = {};
    value.a = value;
    expect(one(field({ ...anything, default: {} }), value)).toEqual([': contains itself, or is too deep or too large to be read']);
  });
  test('ten thousand levels', () => {
    let value: unknown = 1;
    for (let i = 0; i < 10_000; i++) value = { a: value };
    expect(one(anything, value)).toEqual([': contains itself, or is too deep or too large to be read']);
  });
  test('three hundred levels', () => {
    let value: unknown = 1;
    for (let i = 0; i < 300; i++) value = { a: value };
    expect(one(anything, value)[0]).toMatch(/is nested more than 200 deep; flatten it$/);
  });
  test('a billion laughs', () => {
    let value: unknown = ['ha'];
    for (let i = 0; i < 30; i++) value = [value, value, value, value];
    expect(one(anything, { a: value })).toEqual([': contains itself, or is too deep or too large to be read']);
  });
  test('a key called __proto__', () => {
    expect(one(field(text), JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}'))).toEqual(['__proto__: unknown field "__proto__"', 'constructor: unknown field "constructor"']);
    expect(one({ type: 'object', properties: { a: { type: 'string', default: 'x' } } }, JSON.parse('{"__proto__": 1}'))).toHaveLength(1);
  });
  test('a megabyte against a pattern that explodes elsewhere', () => {
    expect(one(field({ type: 'string', pattern: '^(a+)+$' }), { a: `${'a'.repeat(1_000_000)}!` })).toHaveLength(1);
  });
});

test('no value makes it throw, and none is changed', () => {
  const schema: Schema = {
    type: 'object',
    properties: { a: { type: 'object', properties: { b: { type: 'integer', default: 1 } }, default: {} }, c: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' } },
    'x-kubernetes-validations': [{ rule: 'self.a.b > 0' }],
  };
  fc.assert(fc.property(fc.oneof(fc.anything(), fc.record({ a: fc.anything(), c: fc.anything() })), value => {
    const copy = structuredClone(value);
    violations(schema, value);
    expect(value).toEqual(copy);
  }), { numRuns: 1000 });
});

interface Case {
  readonly id: string;
  readonly object: { readonly apiVersion: string; readonly kind: string };
  readonly valid: boolean;
}

testWith(oracles, 'oracles')('the CRDs\' own test objects are told apart as Istio\'s suite tells them', async () => {
  const wrong: string[] = [];
  for (const { id, object, valid } of oracle<Case>('schema/cases.json')) {
    const found = violations(await schemaOf(object), object);
    if ((found.length === 0) !== valid) wrong.push(id);
  }
  expect(wrong).toEqual([]);
});

interface Webhook {
  readonly id: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
  readonly spec: object;
  readonly effectiveValid: boolean;
  readonly crdStructuralErrors?: unknown;
  readonly crdCelErrors?: unknown;
  readonly expand?: unknown;
}

testWith(oracles, 'oracles')('objects of the webhook\'s suite are refused where the CRD refuses them, and only there', async () => {
  const wrong: string[] = [];
  for (const { id, apiVersion, kind, metadata, spec, effectiveValid, crdStructuralErrors, crdCelErrors, expand } of oracle<Webhook>('validation/cases.json')) {
    if (expand !== undefined) continue;
    const refused = violations(await schemaOf({ apiVersion, kind }), { apiVersion, kind, metadata, spec }).length > 0;
    if (((crdStructuralErrors ?? crdCelErrors) !== undefined && !refused) || (effectiveValid && refused)) wrong.push(id);
  }
  expect(wrong).toEqual([]);
});

async function schemaOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Promise<Schema> {
  const [group = '', version = ''] = apiVersion.split('/');
  const { facts } = await import(`../../imports/facts/${group}.js`) as { facts: { kinds: Record<string, { versions: Record<string, { schema: Schema }> }> } };
  const schema = facts.kinds[kind]?.versions[version]?.schema;
  if (!schema) throw new Error(`no facts for ${apiVersion} ${kind}`);
  return schema;
}
