import { describe, expect, test } from 'vitest';
import { MutualTls, MeshService, warnings } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { ratingsOf, reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);

test('mutual TLS on a namespace is STRICT unless told otherwise', () => {
  const { mesh, shop } = shopMesh();
  new MutualTls(shop, 'mtls');
  golden('namespace.yaml', emitted(mesh, 'PeerAuthentication'));
});

test('mutual TLS holds for the mesh, a namespace, a workload and its ports', () => {
  const { mesh } = shopMesh({ mtls: 'STRICT' });
  const legacy = mesh.namespace('legacy', { mtls: 'PERMISSIVE' });
  new MutualTls(reviewsOf(legacy), 'mtls', { mode: 'STRICT', ports: { 9080: 'DISABLE' } });
  golden('every-level.yaml', emitted(mesh, 'PeerAuthentication'));
});

test('auto-mTLS tells clients, so no DestinationRule does', () => {
  const { mesh, shop } = shopMesh({ mtls: 'STRICT' });
  reviewsOf(shop);
  expect(JSON.stringify(emitted(mesh, 'DestinationRule'))).not.toContain('ISTIO_MUTUAL');
});

test('without auto-mTLS clients are told, in every rule that hides another', () => {
  const { mesh, shop } = shopMesh({ mtls: 'STRICT', autoMtls: false });
  const off = reviewsOf(shop);
  new MutualTls(off, 'off', { mode: 'DISABLE' });
  ratingsOf(shop);
  golden('without-auto-mtls.yaml', emitted(mesh, 'DestinationRule'));
});

test('clients are told where it is asked for', () => {
  const { mesh, shop } = shopMesh();
  new MutualTls(reviewsOf(shop), 'mtls', { clients: 'ISTIO_MUTUAL' });
  golden('clients.yaml', emitted(mesh, 'DestinationRule'));
});

test('ports on which nothing is known to listen are warned of', () => {
  const { app, shop } = shopMesh();
  new MutualTls(reviewsOf(shop), 'mtls', { ports: { 80: 'PERMISSIVE', 9080: 'PERMISSIVE' } });
  expect(warnings(app)).toEqual(['mesh/shop/reviews/mtls: port 80 is none that mesh/shop/reviews is known to listen on (9080); ports are those of the container, not of the Service']);
});

describe('a mistake fails at once, with the construct path', () => {
  test('mutual TLS twice on one target', () => {
    const { shop } = shopMesh({ mtls: 'STRICT' });
    expect(() => new MutualTls(shop, 'again', { mode: 'PERMISSIVE' }))
      .toThrow('mesh/shop/again: mesh/shop has mutual TLS already (STRICT), by mesh/shop/mtls; Istio would take the older of the two: change that one');
  });
  test('ports of a namespace', () => {
    expect(() => new MutualTls(shopMesh().shop, 'm', { ports: { 80: 'DISABLE' } })).toThrow('mesh/shop/m: ports are a matter of one service');
  });
  test('a port out of range', () => {
    expect(() => new MutualTls(reviewsOf(shopMesh().shop), 'm', { ports: { 70000: 'DISABLE' } })).toThrow('mesh/shop/reviews/m: a port must be a whole number between 1 and 65535, got 70000');
  });
  test('plain text alone, where ztunnel takes what comes', () => {
    const { mesh } = shopMesh();
    const ambient = mesh.namespace('ambient', { dataPlane: 'ambient' });
    const message = 'is ambient, and ztunnel takes what comes where mutual TLS is not demanded: DISABLE would do no more than PERMISSIVE; say that';
    expect(() => new MutualTls(ambient, 'm', { mode: 'DISABLE' })).toThrow(`mesh/ambient/m: mesh/ambient ${message}`);
    expect(() => new MutualTls(reviewsOf(ambient), 'm', { ports: { 9080: 'DISABLE' } })).toThrow(`mesh/ambient/reviews ${message}`);
  });
  test('clients that use what the workload refuses', () => {
    expect(() => new MutualTls(shopMesh().shop, 'm', { mode: 'DISABLE', clients: 'ISTIO_MUTUAL' })).toThrow('mode is DISABLE');
  });
  test('mutual TLS of another team', () => {
    const theirs = MeshService.existing(shopMesh().shop, 'cart', { namespace: 'carts', port: 80 });
    expect(() => new MutualTls(theirs, 'm')).toThrow('mesh/shop/cart: cart belongs to the owners of namespace carts, so mutual TLS is theirs to declare');
  });
});
