import { describe, expect, test } from 'vitest';
import { IngressGateway, type IngressGatewayProps, MeshService, Path, ServerTls } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
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

test('a gateway speaks TLS, and sends plain HTTP to it', () => {
  const { mesh, shop } = shopMesh();
  const edge = mesh.namespace('istio-ingress');
  const gateway = (id: string, tls: ServerTls, props: Partial<IngressGatewayProps> = {}): void => {
    new IngressGateway(edge, id, { hosts: [`${id}.example.com`], tls, selector: { istio: id }, ...props }).exposes(new MeshService(shop, `${id}-web`, { port: 80, versions: { v1: { image: 'a' } } }));
  };
  gateway('simple', ServerTls.simple('cert', { minProtocolVersion: 'TLSV1_3', maxProtocolVersion: 'TLSV1_3' }));
  gateway('several', ServerTls.simple(['rsa', 'ecdsa'], { cipherSuites: ['ECDHE-ECDSA-AES256-GCM-SHA384'] }), { plain: 'serve' });
  gateway('mutual', ServerTls.mutual('cert', { caCertCredentialName: 'clients', subjectAltNames: ['spiffe://partner'] }), { plain: 'closed', tlsPort: 8443 });
  gateway('optional', ServerTls.optionalMutual('cert', { verifyCertificateSpki: ['YWJj'], verifyCertificateHash: ['a'.repeat(64)] }));
  golden('tls.yaml', emitted(mesh, 'Gateway'));
  expect(findings(mesh)).toEqual([]);
});

test('a gateway answers for any host, if asked, and takes routes of any namespace, if asked', () => {
  const { mesh, shop } = shopMesh();
  new IngressGateway(shop, 'any', { hosts: 'any', routesFrom: 'any' }).exposes(reviewsOf(shop), { port: 9080 });
  expect(emitted(mesh, 'Gateway')[0]?.spec).toMatchObject({ servers: [{ hosts: ['*'] }] });
  expect(emitted(mesh, 'VirtualService')[0]?.spec).toMatchObject({ hosts: ['*'], gateways: ['any'], http: [{ route: [{ destination: { port: { number: 9080 } } }] }] });
});

test('paths that are exposed bit by bit make one VirtualService for the same hosts', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  const ingress = new IngressGateway(shop, 'ingress', { hosts: ['a.com', 'b.com'] });
  ingress.exposes(reviews, { hosts: ['a.com'], paths: [Path.exact('/1')] });
  ingress.exposes(reviews, { hosts: ['a.com'], paths: [Path.exact('/2')] });
  ingress.exposes(reviews, { hosts: ['b.com'], paths: [Path.exact('/3')] });
  const routes = emitted(mesh, 'VirtualService').map(({ metadata, spec }) => [metadata.name, spec]);
  expect(routes).toEqual([
    ['reviews-ingress', expect.objectContaining({ hosts: ['a.com'], http: [expect.objectContaining({ match: [{ uri: { exact: '/1' } }, { uri: { exact: '/2' } }] })] })],
    ['reviews-ingress-2', expect.objectContaining({ hosts: ['b.com'] })],
  ]);
});

describe('a mistake fails at once, with the construct path', () => {
  const gateway = (hosts: readonly string[]): IngressGateway => new IngressGateway(shopMesh().shop, 'ingress', { hosts });

  test('every host', () => {
    expect(() => gateway(['*'])).toThrow('mesh/shop/ingress: a host must be a full domain name such as shop.example.com or *.example.com, got "*"');
  });
  test('one host twice', () => {
    expect(() => gateway(['a.com', 'a.com'])).toThrow('mesh/shop/ingress: host "a.com" is listed twice');
  });
  test('hosts that another gateway of the same pods answers for', () => {
    const { mesh, shop } = shopMesh();
    new IngressGateway(shop, 'first', { hosts: ['*.a.com'] });
    new IngressGateway(shop, 'other-pods', { hosts: ['b.a.com'], selector: { istio: 'other' } });
    new IngressGateway(shop, 'other-port', { hosts: ['b.a.com'], port: 8080 });
    expect(() => new IngressGateway(mesh.namespace('edge'), 'second', { hosts: ['b.a.com', 'c.com'] }))
      .toThrow('mesh/edge/second: mesh/shop/first answers for b.a.com too, at the same port of the same pods');
  });
  test('connections at a port where another gateway of the same pods listens', () => {
    const { mesh, shop } = shopMesh();
    new IngressGateway(shop, 'first', { hosts: ['a.com'] });
    const db = new MeshService(shop, 'db', { port: { port: 3306, protocol: 'mysql' }, versions: { v1: { image: 'a' } } });
    const second = new IngressGateway(mesh.namespace('edge'), 'second', { hosts: ['b.com'], port: 8080 });
    expect(() => { second.forwards(db, { port: 80 }); }).toThrow('mesh/edge/second: mesh/shop/first answers for * too, at the same port of the same pods');
  });
  test.each<[string, Partial<IngressGatewayProps>, string]>([
    ['plain HTTP beside no TLS', { plain: 'redirect' }, 'plain says something only where the gateway speaks TLS'],
    ['plain HTTP where TLS is passed on', { tls: ServerTls.passthrough(), plain: 'serve' }, 'a gateway that passes TLS on serves no plain HTTP'],
  ])('%s', (_, props, message) => {
    expect(() => new IngressGateway(shopMesh().shop, 'g', { hosts: ['a.com'], ...props })).toThrow(message);
  });
  test('paths where TLS is passed on', () => {
    const { shop } = shopMesh();
    const gateway = new IngressGateway(shop, 'g', { hosts: ['a.com'], tls: ServerTls.passthrough() });
    expect(() => { gateway.exposes(reviewsOf(shop), { paths: [Path.exact('/')] }); }).toThrow('a gateway that passes TLS on cannot see paths');
  });
  test('a port that the service does not have', () => {
    const { shop } = shopMesh();
    expect(() => { new IngressGateway(shop, 'g', { hosts: ['a.com'] }).exposes(reviewsOf(shop), { port: 1 }); }).toThrow('mesh/shop/g: mesh/shop/reviews has no port 1; it has 9080');
  });
  test('a service that does not understand what the gateway sends', () => {
    const { shop } = shopMesh();
    const through = new IngressGateway(shop, 'g', { hosts: ['a.com'], tls: ServerTls.passthrough() });
    expect(() => { through.exposes(reviewsOf(shop)); }).toThrow('mesh/shop/g: reviews has no port for TLS that is passed on (only http)');
  });
  test('paths in any spelling', () => {
    const { shop } = shopMesh();
    expect(() => { new IngressGateway(shop, 'g', { hosts: ['a.com'] }).exposes(reviewsOf(shop), { paths: [Path.ignoreCase(Path.exact('/A'))] }); }).toThrow('paths that are let in have case');
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
