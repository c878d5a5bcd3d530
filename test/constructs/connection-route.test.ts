import { describe, expect, test } from 'vitest';
import { IngressGateway, MeshService, ServerTls, TcpRoute, TlsRoute, To } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);
const versions = { v1: { image: 'a' }, v2: { image: 'b' } };

test('connections go by port, address and source, the narrower first', () => {
  const { mesh, shop } = shopMesh();
  const db = new MeshService(shop, 'db', { port: [{ port: 3306, protocol: 'mysql' }, { port: 9000, protocol: 'tcp' }], versions });
  new TcpRoute(db, 'all', { to: 'v1' });
  new TcpRoute(db, 'near', { port: 9000, destinationSubnets: ['10.0.0.0/8'], to: 'v1' });
  new TcpRoute(db, 'near-6', { port: 9000, destinationSubnets: ['fd00::/8'], to: 'v1' });
  new TcpRoute(db, 'nearer-6', { port: 9000, destinationSubnets: ['fd12:0:0::7', 'fd00::10.0.0.1/120'], to: 'v2' });
  new TcpRoute(db, 'nearer', { port: 9000, destinationSubnets: ['10.1.0.0/16', '10.2.0.1'], to: 'v2' });
  new TcpRoute(db, 'from', { port: 3306, sourceLabels: { app: 'reviews' }, sourceNamespace: 'shop', to: [To.version('v1', { percent: 80 }), To.version('v2', { percent: 20 })] });
  golden('tcp.yaml', emitted(mesh, 'VirtualService'));
  expect(findings(mesh)).toEqual([]);
});

test('TLS connections go by the name that clients ask for', () => {
  const { mesh, shop } = shopMesh();
  const vault = new MeshService(shop, 'vault', { port: { port: 8200, protocol: 'tls' }, versions });
  new TlsRoute(vault, 'all', { to: 'v1' });
  new TlsRoute(vault, 'near', { port: 8200, destinationSubnets: ['10.0.0.0/8'], sourceLabels: { app: 'reviews' }, sourceNamespace: 'shop', to: 'v2' });
  golden('tls.yaml', emitted(mesh, 'VirtualService'));
  expect(findings(mesh)).toEqual([]);
});

test('connections come through a gateway by the name that clients ask for, or by a port', () => {
  const { mesh, shop } = shopMesh({ access: 'deny-by-default' });
  const edge = mesh.namespace('istio-ingress');
  const vault = new MeshService(shop, 'vault', { port: [{ port: 8200, protocol: 'tls' }, { port: 9000, protocol: 'tcp' }], versions: { v1: { image: 'a' } } });
  const gateway = new IngressGateway(edge, 'through', { hosts: ['vault.example.com'], tls: ServerTls.passthrough() });
  gateway.exposes(vault);
  gateway.forwards(vault, { port: 31400, to: 9000 });
  golden('gateway.yaml', emitted(mesh).filter(({ kind }) => ['VirtualService', 'Gateway', 'AuthorizationPolicy'].includes(kind)));
});

describe('a mistake fails, with the construct path', () => {
  test('a port that carries HTTP', () => {
    expect(() => new TcpRoute(reviewsOf(shopMesh().shop), 'x', { to: 'v1' })).toThrow('mesh/shop/reviews/x: reviews has no TCP port; it has 9080 (http): requests of an HTTP port are routed with Route');
  });
  test('a port that is none', () => {
    const db = new MeshService(shopMesh().shop, 'db', { port: { port: 3306, protocol: 'mysql' }, versions });
    expect(() => new TcpRoute(db, 'x', { port: 1, to: 'v1' })).toThrow('db has no TCP port 1; it has 3306 (mysql)');
    expect(() => new TlsRoute(db, 'y', { to: 'v1' })).toThrow('db has no TLS port');
  });
  test('a route of connections that others take', () => {
    const { app, shop } = shopMesh();
    const db = new MeshService(shop, 'db', { port: { port: 3306, protocol: 'mysql' }, versions });
    new TcpRoute(db, 'a', { port: 3306, to: 'v1' });
    new TcpRoute(db, 'b', { port: 3306, to: 'v2' });
    expect(() => app.render()).toThrow('mesh/shop/db/b: its route can never match: mesh/shop/db/a takes every request that it takes');
  });
  test('a port of the gateway that is taken', () => {
    const { shop } = shopMesh();
    const db = new MeshService(shop, 'db', { port: { port: 3306, protocol: 'mysql' }, versions });
    const gateway = new IngressGateway(shop, 'g', { hosts: ['a.com'] });
    expect(() => { gateway.forwards(db, { port: 80 }); }).toThrow('mesh/shop/g: port 80 of the gateway is taken; give mesh/shop/db another');
  });
});
