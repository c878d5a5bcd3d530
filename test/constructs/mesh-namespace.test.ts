import type { ApiObject } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { MeshApp, type MeshNamespaceProps, ServiceMesh } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { ratingsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);

test('a namespace carries the labels of its data plane', () => {
  const { mesh } = shopMesh();
  mesh.namespace('revision', { revision: '1-31-0', labels: { team: 'shop' }, annotations: { owner: 'shop' } });
  mesh.namespace('ambient', { dataPlane: 'ambient', waypoint: 'waypoint' });
  mesh.namespace('outside', { dataPlane: 'none' });
  golden('data-planes.yaml', emitted(mesh, 'Namespace'));
});

test('a namespace inherits the policy of its mesh', () => {
  const { mesh, shop } = shopMesh({ mtls: 'STRICT', access: 'deny-by-default', outbound: 'REGISTRY_ONLY' });
  ratingsOf(shop);
  golden('policy.yaml', emitted(mesh).filter(({ apiVersion }) => apiVersion.includes('istio.io')));
});

test('where a waypoint knows the callers, workloads let it in, and it denies by default as well', () => {
  const { mesh } = shopMesh({ access: 'deny-by-default' });
  mesh.namespace('ambient', { dataPlane: 'ambient', waypoint: 'waypoint' });
  golden('waypoint-access.yaml', emitted(mesh, 'AuthorizationPolicy').filter(({ metadata }) => metadata.namespace === 'ambient'));
});

test('a namespace outside the mesh gets no policy that nothing would enforce', () => {
  const { mesh } = shopMesh({ access: 'deny-by-default', mtls: 'STRICT' });
  mesh.namespace('outside', { dataPlane: 'none' });
  expect(emitted(mesh).filter(({ metadata }) => metadata.namespace === 'outside')).toEqual([]);
});

test('a revision label that is added to the Namespace later fails the synth', () => {
  const { app, shop } = shopMesh();
  (shop.node.findChild('namespace') as ApiObject).metadata.addLabel('istio.io/rev', 'canary');
  expect(() => app.render()).toThrow('[mesh/shop] the Namespace has both istio-injection and istio.io/rev');
});

test('a mesh that says nothing emits nothing', () => {
  const app = new MeshApp();
  const mesh = new ServiceMesh(app, 'mesh');
  expect(emitted(mesh)).toEqual([]);
});

describe('a mistake fails at once, with the construct path', () => {
  const cases: readonly (readonly [string, MeshNamespaceProps, string])[] = [
    ['both injection and revision labels', { labels: { 'istio.io/rev': 'canary' } }, 'mesh/x: the namespace has both istio-injection and istio.io/rev ("canary"); Istio would ignore the revision'],
    ['an injection label beside a revision', { revision: 'canary', labels: { 'istio-injection': 'enabled' } }, 'mesh/x: the namespace has both istio-injection and istio.io/rev'],
    ['a label against the data plane', { labels: { 'istio-injection': 'disabled' } }, 'mesh/x: label istio-injection is "disabled", but the data plane "sidecar" makes it "enabled"'],
    ['a revision without sidecars', { dataPlane: 'ambient', revision: 'canary' }, 'mesh/x: revision "canary" injects sidecars, but dataPlane is "ambient"'],
    ['a revision that is no DNS label', { revision: 'Canary!' }, 'mesh/x: revision must be a DNS label'],
    ['a waypoint that is no DNS label', { dataPlane: 'ambient', waypoint: 'Way point' }, 'mesh/x: waypoint must be a DNS label'],
    ['a label with a value that is none', { labels: { team: 'the shop' } }, 'mesh/x: label team must be at most 63 letters, digits, "-", "_" and ".", got "the shop"'],
    ['a label with a name that is none', { labels: { 'a/b/c': 'x' } }, 'mesh/x: "a/b/c" is no name of a label'],
    ['an annotation with a name that is none', { annotations: { '': 'x' } }, 'mesh/x: "" is no name of an annotation'],
    ['a sight without a namespace', { sees: ['payments'] }, 'mesh/x: sees takes "namespace/host", as in "payments/*", got "payments"'],
    ['a waypoint without ambient', { waypoint: 'w' }, 'mesh/x: waypoint "w" serves ambient workloads, but dataPlane is "sidecar"'],
  ];
  test.each(cases)('%s', (_, props, message) => {
    const { mesh } = shopMesh();
    expect(() => mesh.namespace('x', props)).toThrow(message);
  });

  test('a name that is no DNS label', () => {
    expect(() => shopMesh().mesh.namespace('My_Shop')).toThrow('mesh/My_Shop: the name of a namespace must be a DNS label');
  });

  test('a name that is empty', () => {
    expect(() => shopMesh().mesh.namespace('')).toThrow('mesh/: the name of a namespace must be a DNS label');
  });

  test.each([['trustDomain', { trustDomain: 'spiffe://a' }], ['clusterDomain', { clusterDomain: 'Cluster.local' }]])('a %s that is none', (what, props) => {
    expect(() => shopMesh(props)).toThrow(`mesh: ${what} must be DNS labels with dots between them, as in "cluster.local", got`);
  });

  test('a namespace that is there already', () => {
    expect(() => shopMesh().mesh.namespace('shop')).toThrow('mesh: namespace "shop" is in the mesh already, as mesh/shop');
  });
});
