import { expect, test } from 'vitest';
import { check, rules } from '../../lib/check/index.ts';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';

const asked = rules.filter(({ name }) => name.startsWith('delegate-'));

/** What the rules about delegates say of VirtualServices, each by name with its spec. */
function said(specs: Readonly<Record<string, string>>): string[] {
  const text = Object.entries(specs).map(([key, spec]) => {
    const [namespace, name] = key.split('/');
    return `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: ${spec}`;
  }).join('\n---\n');
  const { manifests } = readManifests({ file: 'a.yaml', text });
  return check(Mesh.from(manifests), { rules: asked }).findings.map(({ code, resource, path, message }) => `${code} ${resource?.name ?? ''} ${path}: ${message}`);
}

const root = (match: string, delegate = '{ name: leaf, namespace: media }'): string => `{ hosts: [reviews], http: [{ match: [${match}], delegate: ${delegate} }] }`;
const leaf = (match: string, more = ''): string => `{ ${more} http: [{ match: [${match}], route: [{ destination: { host: photos } }] }] }`;
const photos = '{ uri: { prefix: /photos/ } }';

test('a delegate that is there, has no hosts, is shown and fits says nothing', () => {
  expect(said({ 'shop/root': root(photos), 'media/leaf': leaf('{ uri: { exact: /photos/1 } }', 'exportTo: [shop],') })).toEqual([]);
});

test('a delegate without a namespace is looked for beside its root', () => {
  expect(said({ 'shop/root': root(photos, '{ name: leaf }'), 'media/leaf': leaf(photos) })).toEqual(['MW0307 root spec.http[0].delegate: there is no VirtualService shop/leaf']);
});

test('a delegate in a namespace of which nothing is here may exist', () => {
  expect(said({ 'shop/root': root(photos) })).toEqual([]);
});

test('a VirtualService with hosts is no delegate', () => {
  expect(said({ 'shop/root': root(photos), 'media/leaf': '{ hosts: [photos], http: [{ route: [{ destination: { host: photos } }] }] }' })).toEqual([
    'MW0307 root spec.http[0].delegate: VirtualService media/leaf has hosts (photos), so that nothing can be delegated to it',
  ]);
});

test.each([['[.]', 'media'], ['[other]', 'other'], ['["~"]', 'no namespace']])('a delegate exported to %s is not seen from another namespace', (exportTo, where) => {
  expect(said({ 'shop/root': root(photos), 'media/leaf': leaf(photos, `exportTo: ${exportTo},`) })).toEqual([
    `MW0307 root spec.http[0].delegate: VirtualService media/leaf is exported to ${where}, not to shop`,
  ]);
});

test.each([
  ['a path outside the prefix', photos, '{ uri: { prefix: /albums/ } }'],
  ['a shorter prefix', photos, '{ uri: { prefix: / } }'],
  ['a regular expression on a field that both match', photos, '{ uri: { regex: "/photos/.*" } }'],
  ['another method', '{ method: { exact: GET } }', '{ method: { exact: POST } }'],
  ['another value of a header', '{ headers: { a: { exact: x } } }', '{ headers: { a: { exact: y } } }'],
  ['another port', '{ port: 80 }', '{ port: 81 }'],
  ['one match of two', photos, '{ uri: { prefix: /photos/a } }, { uri: { prefix: /albums/ } }'],
])('a route of a delegate is left out for %s', (_, of, own) => {
  expect(said({ 'shop/root': root(of), 'media/leaf': leaf(own) })).toEqual([
    'MW0308 leaf spec.http[0]: it is left out, since its matches do not fit under spec.http[0] of shop/root',
  ]);
});

test('a route of a delegate that fits under one of its roots is kept', () => {
  const specs = { 'shop/root': root(photos), 'media/leaf': leaf('{ uri: { prefix: /albums/1 } }') };
  expect(said({ ...specs, 'shop/second': root('{ uri: { prefix: /albums/ } }') })).toEqual([]);
  // One that does not see the delegate does not count.
  const hidden = { ...specs, 'media/leaf': leaf('{ uri: { prefix: /albums/1 } }', 'exportTo: [shop],'), 'other/second': root('{ uri: { prefix: /albums/ } }') };
  expect(said(hidden).map(text => text.split(' ')[0]).sort()).toEqual(['MW0307', 'MW0308']);
});

test('a delegate that nobody leads to, and one with a root without matches, has nothing left out', () => {
  expect(said({ 'media/leaf': leaf(photos) })).toEqual([]);
  expect(said({ 'shop/root': '{ hosts: [reviews], http: [{ delegate: { name: leaf, namespace: media } }] }', 'media/leaf': leaf(photos) })).toEqual([]);
});

test('a delegate that delegates again is refused by the webhook', () => {
  const text = 'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: leaf, namespace: media }\nspec: { http: [{ delegate: { name: a } }] }\n';
  expect(check(Mesh.from(readManifests({ file: 'a.yaml', text }).manifests)).findings.map(({ message }) => message)).toContainEqual(expect.stringContaining('a delegate cannot delegate again'));
});

test('what is written where a delegate should stand crashes nothing', () => {
  for (const delegate of ['1', '[]', '{ name: 1, namespace: [] }', '{}']) expect(() => said({ 'shop/root': root(photos, delegate), 'media/leaf': leaf(photos) })).not.toThrow();
});
