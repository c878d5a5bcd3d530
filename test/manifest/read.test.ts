import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { positionOf, readManifests, type Reading } from '../../lib/manifest/index.ts';

const read = (text: string): Reading => readManifests({ file: 'a.yaml', text });
const data = (scalar: string): unknown => (read(`apiVersion: v1\nkind: ConfigMap\nvalue: ${scalar}\n`).manifests[0]?.object as { value?: unknown } | undefined)?.value;

describe('a scalar is what Kubernetes reads it as', () => {
  test.each([
    ['yes', true], ['Off', false], ['y', true], ['NO', false], ['"yes"', 'yes'], ['true', true], ['TrUe', 'TrUe'],
    ['0777', 511], ['0o17', 15], ['0x1F', 31], ['0b11', 3], ['1_000', 1000], ['08', 8], ['-12', -12], ['-0', 0], ['+5', 5],
    ['1.5', 1.5], ['.5', 0.5], ['1e3', 1000], ['1.', 1], ['.inf', '.inf'], ['.nan', '.nan'], ['1:30', '1:30'], ['190:20:30', '190:20:30'],
    ['2020-01-01', '2020-01-01'], ['2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z'], ['~', null], ['null', null], ['', null], ['<<', '<<'],
    ['1e400', '1e400'], ['!other 1', '1'], ['!other [1]', [1]], ['!other { a: 1 }', { a: 1 }], ['"{{ a }}"', '{{ a }}'], ['!!str 1', '1'], ['!!binary aGk=', 'aGk='], ['v1', 'v1'], ['1.2.3', '1.2.3'],
  ])('%s', (scalar, value) => {
    expect(data(scalar)).toEqual(value);
  });

  test('a merge key merges, as anchors of Helm charts need', () => {
    expect(read('apiVersion: v1\nkind: A\nx: &x { a: 1 }\nz: { <<: *x, b: 2 }\n').manifests[0]?.object).toMatchObject({ z: { a: 1, b: 2 } });
  });
});

describe('what is read', () => {
  test('documents, JSON, and what a List holds', () => {
    const { manifests, problems } = read('---\napiVersion: v1\nkind: A\n---\n# nothing\n---\n{"apiVersion":"v1",\n\t"kind":"B"}\n---\napiVersion: v1\nkind: List\nitems: [{ apiVersion: v1, kind: C }, { apiVersion: v1, kind: D }]\n---\napiVersion: v1\nkind: EList\nitems: [{ metadata: { name: e } }]\n');
    expect(problems).toEqual([]);
    expect(manifests.map(({ object }) => object.kind)).toEqual(['A', 'B', 'C', 'D', 'E']);
  });

  test('a byte order mark and Windows line ends are no trouble', () => {
    expect(read('\uFEFFapiVersion: v1\r\nkind: A\r\n---\r\napiVersion: v1\r\nkind: B\r\n').manifests).toHaveLength(2);
  });

  test('a key called __proto__ is a key', () => {
    const { object } = read('{"apiVersion":"v1","kind":"A","metadata":{"__proto__":{"polluted":true}}}').manifests[0] ?? {};
    expect(Object.hasOwn(object?.metadata as object, '__proto__')).toBe(true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('what cannot be read is a problem with its line, and the rest is read', () => {
  test.each([
    ['a duplicate key', 'a: 1\nb: 2\na: 3', 'the key "a" stands twice', 3],
    ['a template that was not rendered', 'a: "{{ b }}"\nc:\n  d: {{ e }}', 'a mapping stands where a key must', 3],
    ['a tab', 'a:\n\tb: 1', 'there is a tab in the indentation', 2],
    ['a NUL byte', 'a: 1\nb: \0', 'there is a NUL byte', 2],
    ['a list', '- a', 'the document is a list', 1],
    ['a plain value', 'hello', 'the document is the plain value "hello"', 1],
    ['an object without kind', 'apiVersion: v1', 'it has no kind', 1],
    ['an object that is no Kubernetes object', 'a: 1', 'it has neither apiVersion nor kind', 1],
    ['a cycle', 'a: &a [*a]', 'contains itself', 1],
    ['an unclosed bracket', 'a: [1, 2', 'unexpected end', 1],
  ])('%s', (_, text, message, line) => {
    const { manifests, problems } = read(`apiVersion: v1\nkind: Before\n---\n${text}\n---\napiVersion: v1\nkind: After\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain(message);
    expect(problems[0]?.line).toBeGreaterThanOrEqual(line + 2);
    expect(manifests.map(({ object }) => object.kind)).toEqual(['Before', 'After']);
  });
});

describe('hostile text', () => {
  test('nesting of ten thousand levels', () => {
    expect(read(`apiVersion: v1\nkind: A\nx: ${'['.repeat(10_000)}${']'.repeat(10_000)}`).problems[0]?.message).toBe('the document is nested deeper than 1000 levels');
  });

  test('a billion laughs', () => {
    const lines = ['a: &a0 [x, x, x, x, x, x, x, x, x, x]', ...[1, 2, 3, 4, 5, 6, 7, 8].map(i => `a${i}: &a${i} [${Array(10).fill(`*a${i - 1}`).join(', ')}]`)];
    expect(read(`apiVersion: v1\nkind: A\n${lines.join('\n')}`).problems[0]?.message).toContain('once its aliases are written out');
  });

  test('any text at all is read or refused, never thrown', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[-a-z:&*{}[\]\n "#|>%!,0-9]*$/)), text => {
      expect(() => { read(text); }).not.toThrow();
    }), { numRuns: 1000 });
  });
});

describe('the place of a field', () => {
  const text = '# one\napiVersion: v1\nkind: A\n---\napiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: B\n    metadata:\n      labels: { "a.b/c": d }\n    spec: &s\n      list:\n        - x: 1\n        - x: 2\n    other: *s\n';
  const place = (path: string): unknown => {
    const origin = readManifests({ file: 'a', text }).manifests[1]?.origin;
    return origin && positionOf(origin, path);
  };

  test.each([
    ['', { line: 8, column: 5 }],
    ['kind', { line: 9, column: 5 }],
    ['spec.list[1].x', { line: 15, column: 11 }],
    ['metadata.labels["a.b/c"]', { line: 11, column: 17 }],
    ['spec.list[7].y', { line: 13, column: 7 }],
    ['spec.missing', { line: 12, column: 5 }],
    ['other.list[0]', { line: 14, column: 11 }],
  ])('%s', (path, expected) => {
    expect(place(path)).toEqual(expected);
  });
});
