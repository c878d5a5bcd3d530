import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kindOf, preferredVersion, type Kind } from '../../lib/generate/crd.ts';
import { generateImports } from '../../lib/generate/imports.ts';
import { readOverlay, type Overlay } from '../../lib/generate/overlay.ts';
import { readKinds, readSources } from '../../lib/generate/sources.ts';
import { crds, testWith } from '../oracles.ts';

const imports = join(import.meta.dirname, '..', '..', 'imports');
const testFacts = testWith(crds, 'CRD facts');

testFacts('imports/ is what the CRDs and the overlay make, byte for byte', async () => {
  const sources = await readSources(join(imports, 'sources.yaml'));
  const kinds = (await Promise.all(sources.map(source => readKinds(source, crds)))).flat();
  const files = generateImports(kinds, await readOverlay(join(imports, 'overlay.yaml')));
  expect(files.size).toBeGreaterThan(30);
  for (const [path, text] of files) expect(readFileSync(join(imports, path), 'utf8') === text, `imports/${path} is stale; run npm run import`).toBe(true);
});

test('facts are data with no import at all', () => {
  const facts = readdirSync(join(imports, 'facts'));
  expect(facts.filter(name => name.endsWith('.js')).length).toBe(11);
  for (const name of facts) expect(readFileSync(join(imports, 'facts', name), 'utf8')).not.toMatch(/^import|^export .* from|require\(/m);
});

describe('the generator', () => {
  test('gives the same bytes with upstream prose and key order as without', () => {
    const bare = crd({ spec: { type: 'object', properties: { description: { type: 'string' }, a: { type: 'integer', minimum: 1 } } } });
    const wordy = crd({ spec: { description: 'Prose.', properties: { a: { description: 'More.', minimum: 1, type: 'integer' }, description: { type: 'string', description: 'A field of that name.' } }, type: 'object' } });
    expect([...generateImports([bare], overlay())]).toEqual([...generateImports([wordy], overlay())]);
    expect(generateImports([bare], overlay()).get('test.istio.io.ts')).toContain('readonly description?: string | undefined;');
  });

  test('takes the most mature version that is served', () => {
    const versions = ['v1alpha3', 'v1beta1', 'v1', 'v2'].map(name => ({ name, served: name !== 'v2', storage: name === 'v1alpha3', schema: { openAPIV3Schema: { type: 'object' } } }));
    const kind = kindOf({ kind: 'CustomResourceDefinition', spec: { group: 'g', scope: 'Namespaced', names: { kind: 'K', plural: 'ks' }, versions } }, 'test');
    expect(kind && preferredVersion(kind).name).toBe('v1');
    expect(kind?.versions.map(({ name }) => name)).toEqual(['v1', 'v1beta1', 'v1alpha3']);
  });

  const pair = { type: 'object', properties: { x: { type: 'string' } } };
  const mistakes: readonly (readonly [string, object, Overlay, string])[] = [
    ['a repeated shape without a name', { type: 'object', properties: { a: pair, b: pair } }, overlay({}), 'the shape at K.spec.a, K.spec.b stands 2 times and has no name'],
    ['a name for what is not there', { type: 'object', properties: { a: pair } }, overlay({ Pair: { at: 'K.spec.c' } }), 'Pair: nothing stands at K.spec.c'],
    ['one name for two shapes', { type: 'object', properties: { a: pair, b: { type: 'object', properties: { y: { type: 'string' } } } } }, overlay({ Pair: { at: ['K.spec.a', 'K.spec.b'] } }), 'two different shapes are called Pair'],
    ['an alternative over a field that is not there', { type: 'object', properties: { a: pair } }, overlay({ Pair: { at: 'K.spec.a', alternatives: [{ source: 's', arms: { A: { needs: ['z'] } } }] } }), 'Pair: there is no field z'],
  ];
  test.each(mistakes)('refuses %s', (_, spec, names, message) => {
    expect(() => generateImports([crd({ spec })], names)).toThrow(message);
  });

  test('names a shape of another group by where it first stands', () => {
    const kind = { ...crd({ spec: { type: 'object', properties: { first: pair, second: pair } } }), group: 'example.com' };
    const text = generateImports([kind], { shared: {}, groups: { 'example.com': { reference: 'https://example.com/' } } }).get('example.com.ts');
    expect(text).toContain('readonly first?: KSpecFirst | undefined;');
    expect(text).toContain('readonly second?: KSpecFirst | undefined;');
  });

  test('breaks up what would end a comment', () => {
    const text = generateImports([crd({ spec: { type: 'object', properties: { a: { type: 'string', pattern: '^*/$' } } } })], overlay()).get('test.istio.io.ts');
    expect(text).toContain('^*\\/$');
  });
});

function crd(properties: object): Kind {
  const kind = kindOf({
    kind: 'CustomResourceDefinition',
    spec: { group: 'test.istio.io', scope: 'Namespaced', names: { kind: 'K', plural: 'ks' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties } } }] },
  }, 'test');
  if (!kind) throw new Error('no CRD');
  return kind;
}

function overlay(shapes: Overlay['groups'][string]['shapes'] = {}): Overlay {
  return { shared: {}, groups: { 'test.istio.io': { reference: 'https://example.com/', shapes } } };
}
