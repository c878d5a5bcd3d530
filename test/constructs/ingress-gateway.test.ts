import { describe, expect, test } from 'vitest';
import { IngressGateway, MeshService, Path } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { ratingsOf, reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);

test('a gateway lets in what is exposed, and the service grants it', () => {
  const { mesh, shop } = shopMesh({ access: 'deny-by-default' });
  const edge = mesh.namespace('istio-ingress');
  const ingress = new IngressGateway(edge, 'ingress', { hosts: ['shop.example.com', '*.shop.example.com'] });
  ingress.exposes(reviewsOf(shop), { hosts: ['shop.example.com'], paths: [Path.exact('/reviews'), Path.prefix('/reviews/')] });
  ingress.exposes(ratingsOf(shop), { hosts: ['*.shop.example.com'] });
  golden('exposed.yaml', emitted(mesh).filter(({ kind }) => ['Gateway', 'VirtualService', 'AuthorizationPolicy'].includes(kind)));
});

test('a gateway runs where it is told', () => {
  const { mesh, shop } = shopMesh({ trustDomain: 'example.org' });
  const ingress = new IngressGateway(shop, 'ingress', { name: 'public', hosts: ['shop.example.com'], port: 8080, selector: { app: 'gw' }, serviceAccount: 'gw' });
  ingress.exposes(reviewsOf(shop));
  golden('elsewhere.yaml', emitted(mesh).filter(({ kind }) => ['Gateway', 'AuthorizationPolicy'].includes(kind)));
});

describe('a mistake fails at once, with the construct path', () => {
  const gateway = (hosts: readonly string[]): IngressGateway => new IngressGateway(shopMesh().shop, 'ingress', { hosts });

  test('every host', () => {
    expect(() => gateway(['*'])).toThrow('mesh/shop/ingress: a host must be a full domain name such as shop.example.com or *.example.com, got "*"');
  });
  test('one host twice', () => {
    expect(() => gateway(['a.com', 'a.com'])).toThrow('mesh/shop/ingress: host "a.com" is listed twice');
  });
  test('one host twice, in other letters', () => {
    expect(() => gateway(['a.com', 'A.com'])).toThrow('mesh/shop/ingress: host "a.com" is listed twice');
  });
  test('a service of bytes', () => {
    const { shop } = shopMesh();
    const db = new MeshService(shop, 'db', { port: { port: 3306, protocol: 'mysql' }, versions: { v1: { image: 'a' } } });
    expect(() => { new IngressGateway(shop, 'ingress', { hosts: ['a.com'] }).exposes(db); }).toThrow('mesh/shop/ingress: db has no HTTP port (only mysql)');
  });
  test('no host', () => {
    expect(() => gateway([])).toThrow('mesh/shop/ingress: a gateway needs a host, got none');
  });
  test('a host that is not the gateway\'s', () => {
    const { shop } = shopMesh();
    const ingress = new IngressGateway(shop, 'ingress', { hosts: ['a.com'] });
    expect(() => { ingress.exposes(reviewsOf(shop), { hosts: ['b.com'] }); }).toThrow('mesh/shop/ingress: host "b.com" is not the gateway\'s; it has a.com');
  });
  test.each([
    ['all requests', [], []],
    ['one path', [Path.exact('/a')], [Path.exact('/a')]],
    ['a path below a prefix', [Path.prefix('/a')], [Path.exact('/a/b')]],
    ['a prefix below a prefix', [Path.prefix('/a/b')], [Path.prefix('/a')]],
  ])('two services that take %s', (_, first, second) => {
    const { shop } = shopMesh();
    const ingress = new IngressGateway(shop, 'ingress', { hosts: ['a.com'] });
    ingress.exposes(reviewsOf(shop), { paths: first });
    expect(() => { ingress.exposes(ratingsOf(shop), { paths: second }); })
      .toThrow('mesh/shop/ingress: mesh/shop/ratings and mesh/shop/reviews would both take requests for a.com at this gateway');
  });
  test('another team\'s service', () => {
    const { shop } = shopMesh();
    const theirs = MeshService.existing(shop, 'cart', { namespace: 'carts', port: 80 });
    expect(() => { new IngressGateway(shop, 'ingress', { hosts: ['a.com'] }).exposes(theirs); }).toThrow('is theirs to declare');
  });
  test('a gateway that lets nothing in', () => {
    const { app, shop } = shopMesh();
    new IngressGateway(shop, 'ingress', { hosts: ['a.com'] });
    expect(() => app.render()).toThrow('[mesh/shop/ingress] the gateway lets nothing in');
  });
  test('a path that does not begin', () => {
    expect(() => Path.prefix('static')).toThrow('Path: a path begins with "/", got "static"');
  });
});
