import { describe, expect, test } from 'vitest';
import {
  ClientTls, EgressGateway, ExternalService, type ExternalServiceProps, Fault, LoadBalancing, Mirror, Route, TlsOrigination, To, TrafficPolicy,
} from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { ratingsOf, reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);

test('services outside are found by DNS, at addresses, or where they were dialled', () => {
  const { mesh, shop } = shopMesh();
  new ExternalService(shop, 'by-dns', { hosts: ['api.example.com'], port: { port: 443, protocol: 'https' } });
  new ExternalService(shop, 'elsewhere', { hosts: ['db.example.com'], port: { port: 80, targetPort: 8080 }, endpoints: [{ address: 'db1.example.net', ports: { http: 8081 } }], resolution: 'DNS_ROUND_ROBIN' });
  new ExternalService(shop, 'by-address', {
    hosts: ['legacy.internal.example'],
    port: { port: 5000, protocol: 'tcp' },
    addresses: ['240.0.0.1', '10.9.0.0/24'],
    endpoints: [
      { address: '10.9.0.1', labels: { version: 'v1' }, locality: 'eu/a', weight: 3, network: 'vm', serviceAccount: 'legacy' },
      { address: '10.9.0.2', labels: { version: 'v2' } },
    ],
    location: 'MESH_INTERNAL',
    subjectAltNames: ['spiffe://cluster.local/ns/shop/sa/legacy'],
    versions: { v1: { version: 'v1' }, v2: { version: 'v2' } },
  });
  new ExternalService(shop, 'anywhere', { hosts: ['*.example.org'], port: { port: 443, protocol: 'tls' } });
  new ExternalService(shop, 'workloads', { hosts: ['vms.internal.example'], port: 80, workloads: { app: 'vms' }, location: 'MESH_INTERNAL' });
  golden('resolution.yaml', emitted(mesh).filter(({ kind }) => ['ServiceEntry', 'DestinationRule'].includes(kind)));
  expect(findings(mesh)).toEqual([]);
});

test('plain HTTP of workloads becomes TLS on the way out', () => {
  const { mesh, shop } = shopMesh();
  const tls = ClientTls.simple({ sni: 'api.example.com', subjectAltNames: ['api.example.com'], caCertificates: 'system' });
  new ExternalService(shop, 'two-ports', { hosts: ['api.example.com'], port: [{ port: 80 }, { port: 443, protocol: 'https' }], originateTls: TlsOrigination.of(tls, { from: 80, to: 443 }) });
  new ExternalService(shop, 'one-port', { hosts: ['api.example.net'], port: { port: 80, targetPort: 443 }, originateTls: TlsOrigination.of(tls, { from: 80 }) });
  golden('tls-origination.yaml', emitted(mesh).filter(({ kind }) => ['ServiceEntry', 'VirtualService', 'DestinationRule'].includes(kind)));
  expect(findings(mesh)).toEqual([]);
});

test('who calls a service outside sees it, and nobody else', () => {
  const { mesh, shop } = shopMesh({ outbound: 'REGISTRY_ONLY' });
  const api = new ExternalService(mesh.namespace('egress'), 'api', { hosts: ['api.example.com', 'api.example.net'], port: 80, loadBalancing: LoadBalancing.roundRobin() });
  reviewsOf(shop).calls(api);
  golden('called.yaml', emitted(mesh).filter(({ kind }) => ['ServiceEntry', 'DestinationRule', 'Sidecar'].includes(kind)));
  expect(findings(mesh)).toEqual([]);
});

test('requests of a service can be sent outside, and whoever calls it then sees that', () => {
  const { mesh, shop } = shopMesh({ outbound: 'REGISTRY_ONLY' });
  const [reviews, ratings] = [reviewsOf(shop), ratingsOf(shop)];
  const cloud = new ExternalService(mesh.namespace('cloud'), 'cloud', { hosts: ['cloud.example.com'], port: 80 });
  reviews.calls(cloud);
  ratings.calls(reviews);
  new Route(reviews, 'move', { to: [To.version('v1', { percent: 99 }), To.service(cloud, { percent: 1 })] });
  new Mirror(reviews, 'copy', { to: To.service(cloud) });
  expect(emitted(mesh, 'ServiceEntry')[0]?.spec).not.toHaveProperty('exportTo');
  expect(findings(mesh)).toEqual([]);
});

describe('a mistake fails at once, with the construct path', () => {
  const cases: readonly (readonly [string, Partial<ExternalServiceProps>, string])[] = [
    ['no host', { hosts: [] as unknown as [string] }, 'mesh/shop/x: hosts is empty; name the hosts as workloads ask for them'],
    ['a host that is none', { hosts: ['api'] }, 'mesh/shop/x: a host must be a full domain name'],
    ['endpoints and workloads', { endpoints: [{ address: '1.1.1.1' }], workloads: { app: 'a' } }, 'it is made of endpoints or of workloads, got both'],
    ['a range that DNS is asked for', { addresses: ['10.0.0.0/8'] }, 'the range 10.0.0.0/8 takes resolution STATIC or NONE, and it is DNS'],
    ['a star that DNS is asked for', { hosts: ['*.a.com'], resolution: 'DNS' }, 'DNS cannot be asked for *.a.com'],
    ['addresses of nothing', { resolution: 'STATIC' }, 'resolution STATIC needs endpoints or workloads'],
    ['endpoints that nobody asks', { resolution: 'NONE', endpoints: [{ address: '1.1.1.1' }] }, 'resolution NONE sends requests where they were dialled'],
    ['TLS from a port that is none', { originateTls: TlsOrigination.of(ClientTls.simple(), { from: 81 }) }, 'TLS begins at an HTTP port of the service, and 81 is none'],
    ['TLS to a port that is none', { originateTls: TlsOrigination.of(ClientTls.simple(), { from: 80, to: 443 }) }, 'x has no port 443 to send TLS to'],
  ];
  test.each(cases)('%s', (_, props, message) => {
    expect(() => new ExternalService(shopMesh().shop, 'x', { hosts: ['a.com'], port: 80, ...props })).toThrow(message);
  });

  test('limits that nobody keeps', () => {
    const { shop } = shopMesh();
    const api = new ExternalService(shop, 'api', { hosts: ['a.com'], port: 80 });
    expect(() => { reviewsOf(shop).calls(api, { methods: ['GET'] }); }).toThrow('mesh/shop/reviews: mesh/shop/api is outside the mesh, where nothing keeps to methods and paths');
  });
  test('a version that is none', () => {
    const api = new ExternalService(shopMesh().shop, 'api', { hosts: ['a.com'], port: 80 });
    expect(() => new TrafficPolicy<string>(api, 'p', { version: 'v1', loadBalancing: LoadBalancing.random() })).toThrow('version is "v1", which is no version of api; it has none');
  });
});

describe('an egress gateway', () => {
  test('is the only way out for what it lets through: HTTP in mutual TLS, TLS as it is', () => {
    const { mesh, shop } = shopMesh({ access: 'deny-by-default', outbound: 'REGISTRY_ONLY' });
    const edge = mesh.namespace('istio-egress');
    const api = new ExternalService(shop, 'api', {
      hosts: ['api.example.com'],
      port: { port: 80, targetPort: 443 },
      originateTls: TlsOrigination.of(ClientTls.simple({ sni: 'api.example.com', caCertificates: 'system' }), { from: 80 }),
    });
    const bank = new ExternalService(shop, 'bank', { hosts: ['bank.example.com'], port: { port: 443, protocol: 'tls' } });
    reviewsOf(shop).calls(api);
    ratingsOf(shop).calls(bank);
    const egress = new EgressGateway(edge, 'egress');
    egress.letsThrough(api);
    egress.letsThrough(bank);
    new Fault(api, 'down', { abort: 503 });
    golden('egress-gateway.yaml', emitted(mesh).filter(({ kind }) => ['ServiceEntry', 'Gateway', 'VirtualService', 'DestinationRule', 'AuthorizationPolicy'].includes(kind)));
  });

  test('begins TLS for what asked another port', () => {
    const { mesh, shop } = shopMesh();
    const api = new ExternalService(shop, 'api', { hosts: ['a.com'], port: [{ port: 80 }, { port: 443, protocol: 'https' }], originateTls: TlsOrigination.of(ClientTls.simple(), { from: 80, to: 443 }) });
    new EgressGateway(mesh.namespace('edge'), 'egress').letsThrough(api);
    expect(emitted(mesh, 'VirtualService').map(({ spec }) => (spec as { http: unknown }).http)).toContainEqual([{ route: [{ destination: { host: 'a.com', port: { number: 443 } } }] }]);
  });

  test('runs where it is told', () => {
    const { mesh, shop } = shopMesh();
    const egress = new EgressGateway(mesh.namespace('edge'), 'out', { service: 'egressgateway', port: 8443, selector: { app: 'egress' } });
    egress.letsThrough(new ExternalService(shop, 'api', { hosts: ['a.com'], port: 80 }));
    expect(emitted(mesh, 'Gateway')[0]?.spec).toMatchObject({ selector: { app: 'egress' }, servers: [{ port: { number: 8443 } }] });
    expect(emitted(mesh, 'VirtualService').map(({ spec }) => spec)).toContainEqual(expect.objectContaining({ http: [{ route: [{ destination: { host: 'egressgateway.edge.svc.cluster.local', subset: 'api', port: { number: 8443 } } }] }] }));
  });

  test('that lets nothing through is an error', () => {
    const { app, shop } = shopMesh();
    new EgressGateway(shop, 'egress');
    expect(() => app.render()).toThrow('[mesh/shop/egress] the gateway lets nothing through');
  });

  test('cannot tell connections apart that name no host, nor several hosts, nor two of one name, and no second way out', () => {
    const { mesh, shop } = shopMesh();
    const [egress, other] = [new EgressGateway(shop, 'egress'), new EgressGateway(shop, 'other')];
    const service = (name: string, props: Partial<ExternalServiceProps> = {}, where = shop): ExternalService => new ExternalService(where, name, { hosts: [`${name}.example.com`], port: 80, ...props });
    expect(() => { egress.letsThrough(service('tcp', { port: { port: 1, protocol: 'tcp' } })); }).toThrow('mesh/shop/egress: mesh/shop/tcp carries neither HTTP nor TLS');
    expect(() => { egress.letsThrough(service('many', { hosts: ['a.com', 'b.com'] })); }).toThrow('mesh/shop/many has several hosts');
    const one = service('one');
    egress.letsThrough(one);
    expect(() => { egress.letsThrough(service('one', {}, mesh.namespace('more'))); }).toThrow('mesh/shop/one has host one.example.com and name one here already; mesh/more/one needs others');
    expect(() => { other.letsThrough(one); }).toThrow('mesh/shop/other: requests leave through mesh/shop/egress already');
  });
});
