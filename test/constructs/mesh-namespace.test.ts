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
    ['a waypoint without ambient', { waypoint: 'w' }, 'mesh/x: waypoint "w" serves ambient workloads, but dataPlane is "sidecar"'],
  ];
  test.each(cases)('%s', (_, props, message) => {
    const { mesh } = shopMesh();
    expect(() => mesh.namespace('x', props)).toThrow(message);
  });

  test('a name that is no DNS label', () => {
    expect(() => shopMesh().mesh.namespace('My_Shop')).toThrow('mesh/My_Shop: the name of a namespace must be a DNS label');
  });

  test('a namespace that is there already', () => {
    expect(() => shopMesh().mesh.namespace('shop')).toThrow('mesh: namespace "shop" is in the mesh already, as mesh/shop');
  });
});
