import { expect as runners, test } from 'vitest';
import { Mesh, readManifests } from '../../lib/mesh/index.ts';
import { expect as expectOfMesh, withMeshes } from '../../lib/testing/index.ts';

const yaml = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web, sidecar.istio.io/inject: "true" } }
spec: { containers: [{ name: web, image: web }] }
`;
const mesh = Mesh.from(readManifests({ file: 'a.yaml', text: yaml }).manifests);
const expect = withMeshes(runners);

test('a mesh is asked by expect itself, as an assertion that the runner counts', () => {
  expect.assertions(1);
  expect(mesh).request('GET http://web/', { from: 'shop/web' }).toReach('web');
});

test('a request that ends otherwise fails with the trace', () => {
  runners(() => { expect(mesh).request('GET http://web/', { from: 'shop/web' }).toReach('cart'); }).toThrow(/^expected the request to reach cart, but:\n {2}it reaches .*web\.shop/);
});

test('all else is as the runner has it', () => {
  expect(1 + 1).toBe(2);
  expect({ a: 1 }).toEqual(expect.objectContaining({ a: 1 }));
  expect('text').not.toBe(yaml);
});

test('without a runner expect asks meshes alone, also as text', () => {
  expectOfMesh(yaml).request('GET http://web/', { from: 'shop/web' }).toReach('web');
  runners(() => { expectOfMesh(mesh).request('GET http://web/', { from: 'shop/web' }).toBeDenied(); }).toThrow('nothing refuses it');
});
