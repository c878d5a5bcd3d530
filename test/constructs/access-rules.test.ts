import { describe, expect, test } from 'vitest';
import {
  type AccessOperation, Allow, Ask, Audit, Caller, Deny, IngressGateway, JwtIssuer, MeshService, Mirror, RequireJwt, To, warnings, When,
  type MeshNamespaceProps, type RuleProps, type ServiceMeshProps,
} from '../../lib/index.ts';
import { expectMesh } from '../../lib/testing/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { ratingsOf, reviewsOf, shopMesh, type Emitted } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);
const accounts = JwtIssuer.of('https://accounts.example.com');

const policies = (scope: Parameters<typeof emitted>[0]): Emitted[] => emitted(scope, 'AuthorizationPolicy').filter(({ metadata }) => metadata.name !== 'deny-by-default');

/** Ratings, and reviews that see them. */
function shop(mesh: ServiceMeshProps = {}, namespace: MeshNamespaceProps = {}): ReturnType<typeof shopMesh> & { ratings: ReturnType<typeof ratingsOf>; reviews: ReturnType<typeof reviewsOf> } {
  const made = shopMesh(mesh, namespace);
  return { ...made, ratings: ratingsOf(made.shop), reviews: reviewsOf(made.shop) };
}

describe('who, what and when are printed as rules of one policy for each action', () => {
  test('callers of every kind', () => {
    const { app, mesh, shop: namespace, ratings } = shop({ trustDomains: ['partner.example.com'] });
    new RequireJwt(namespace, 'jwt', { issuers: [accounts] });
    new Allow(ratings, 'callers-of-every-kind', {
      from: [
        Caller.service(reviewsOf(mesh.namespace('other'))),
        Caller.serviceAccount('reporting', 'report'),
        Caller.principal('cluster.local/ns/batch/*'),
        Caller.ip('10.0.0.0/8'), Caller.ip('2001:db8::1'),
        [Caller.namespace('web'), Caller.trustDomain('partner.example.com'), Caller.not(Caller.serviceAccount('web', 'guest'))],
        [Caller.anyIdentity(), Caller.remoteIp('192.0.2.0/24'), Caller.not(Caller.remoteIp('192.0.2.7'))],
        Caller.token(accounts, 'ann'),
        [Caller.token(), Caller.claim('realm', 'roles').is('clerk', 'lead*'), Caller.claim('suspended').isNot('yes')],
      ],
    });
    mesh.namespace('web');
    golden('callers.yaml', policies(mesh).filter(({ metadata }) => metadata.name === 'ratings-callers'));
    expect(findings(mesh)).toEqual([]);
    expect(warnings(app).filter(text => text.includes('callers-of-every-kind'))).toEqual([]);
  });

  test('operations and conditions of every kind, beside calls', () => {
    const { mesh, ratings, reviews } = shop();
    mesh.namespace('web');
    reviews.calls(ratings, { methods: ['GET'], paths: ['/ratings/{*}'] });
    new Allow(ratings, 'operations', {
      from: [Caller.namespace('web')],
      to: [
        { methods: ['GET', 'HEAD'], paths: ['/ratings/*', '*.json', '/a/{*}/b/{**}'], hosts: ['ratings.shop', '*.shop.svc.cluster.local'] },
        { notMethods: ['DELETE'], notPaths: ['/admin*'], notHosts: ['reviews.shop.svc.cluster.local'], ports: [9080] },
        { notPorts: [9080] },
      ],
      when: [When.header('X-Tenant').is('blue', 'gr*'), When.header('x-debug').isNot('*'), When.header('x-id').present(), When.destinationIp.isNot('10.0.0.0/8'), When.sni.is('*.example.com'), When.filter('envoy.filters.network.mysql_proxy', 'db.table').is('ratings')],
    });
    golden('operations.yaml', policies(mesh));
    expect(findings(mesh)).toEqual([]);
  });

  test('every action, at a service, a namespace and the mesh', () => {
    const { mesh, shop: namespace, ratings } = shop({ authorizers: ['opa'], access: 'deny-by-default' });
    ratingsOf(mesh.namespace('web'));
    for (const [target, id] of [[ratings, 'service'], [namespace, 'namespace'], [mesh, 'mesh']] as const) {
      new Deny(target, `${id}-deny`, { from: [Caller.ip('192.0.2.0/24')] });
      new Deny(target, `${id}-deny-writes`, { from: [Caller.namespace('web')], to: [{ notMethods: ['GET'] }] });
      new Deny(target, `${id}-deny-tried`, { from: [Caller.namespace('web')], dryRun: true });
      new Allow(target, `${id}-allow`, { from: [Caller.namespace('shop')] });
      new Allow(target, `${id}-allow-tried`, { from: [Caller.anyIdentity()], dryRun: true });
      new Audit(target, `${id}-audit`, { from: 'anyone', to: [{ paths: ['/admin/*'] }] });
      new Ask(target, `${id}-ask`, { authorizer: 'opa', from: 'anyone', to: [{ paths: ['/admin/*'] }] });
    }
    golden('actions.yaml', policies(mesh));
    expect(findings(mesh)).toEqual([]);
  });

  test('at a gateway', () => {
    const { mesh, ratings } = shop({ authorizers: ['login'] });
    const ingress = new IngressGateway(mesh.namespace('edge'), 'ingress', { hosts: ['shop.example.com'] });
    ingress.exposes(ratings);
    new Deny(ingress, 'blocked', { from: [Caller.remoteIp('203.0.113.0/24')], to: [{ notPaths: ['/health'] }] });
    new Deny(ingress, 'blocked-whole', { from: [Caller.remoteIp('198.51.100.0/24')] });
    new Ask(ingress, 'login', { authorizer: 'login', from: 'anyone', to: [{ notPaths: ['/static/*'] }] });
    golden('gateway.yaml', policies(mesh).filter(({ metadata }) => metadata.name.startsWith('ingress-')));
    expect(findings(mesh)).toEqual([]);
  });

  test('at a service with ports of its own, a rule about requests keeps to those that carry them', () => {
    const { app, mesh, shop: namespace } = shop();
    const store = new MeshService(namespace, 'store', { port: [{ port: 80, targetPort: 8080 }, { port: 6379, protocol: 'redis' }], versions: { v1: { image: 'a' } } });
    const web = new MeshService(namespace, 'web', { port: 80, versions: { v1: { image: 'a' } } });
    web.calls(store);
    new Deny(store, 'writes', { from: 'anyone', to: [{ methods: ['POST'] }] });
    new Allow(store, 'reads', { from: [Caller.namespace(mesh.namespace('other'))], to: [{ methods: ['GET'] }] });
    golden('ports.yaml', policies(mesh).filter(({ metadata }) => metadata.name.startsWith('store-')));
    expect(findings(mesh)).toEqual([]);
    const asked = expectMesh(app);
    asked.request('POST http://store/', { from: 'shop/web-v1' }).toBeDenied({ status: 403 });
    asked.request('GET http://store/', { from: 'shop/web-v1' }).toReach('store');
    asked.request('store:6379', { from: 'shop/web-v1' }).toReach('store');
  });
});

describe('rules are attached to what enforces them', () => {
  test('to workloads, to waypoints, and to ztunnel by workload', () => {
    const { mesh } = shopMesh();
    const waypoint = mesh.namespace('waypoint', { dataPlane: 'ambient', waypoint: 'gate' });
    const ambient = mesh.namespace('ambient', { dataPlane: 'ambient' });
    for (const namespace of [waypoint, ambient]) {
      new Allow(ratingsOf(namespace), 'one', { from: [Caller.namespace('web')], to: [{ ports: [9080] }] });
      new Deny(namespace, 'all', { from: [Caller.ip('192.0.2.0/24')] });
    }
    golden('attached.yaml', policies(mesh));
  });

  test('a rule of the mesh to each kind of proxy, whenever the waypoint comes', () => {
    const { mesh } = shopMesh();
    new Deny(mesh, 'blocked', { from: [Caller.ip('192.0.2.0/24')] });
    mesh.namespace('first', { dataPlane: 'ambient', waypoint: 'gate' });
    mesh.namespace('second', { dataPlane: 'ambient', waypoint: 'gate' });
    new Deny(mesh, 'more', { from: [Caller.ip('198.51.100.0/24')] });
    expect(policies(mesh).map(({ metadata, spec }) => [metadata.name, metadata.namespace, (spec as { targetRefs?: object[] }).targetRefs?.[0]])).toEqual([
      ['denied', 'istio-system', undefined],
      ['denied-waypoints', 'istio-system', { group: 'gateway.networking.k8s.io', kind: 'GatewayClass', name: 'istio-waypoint' }],
    ]);
  });
});

describe('requests end as the rules say', () => {
  test('allowed by any of some, unless denied', () => {
    const { app, ratings, reviews } = shop({ access: 'deny-by-default', mtls: 'STRICT' });
    new Allow(ratings, 'reads', { from: [Caller.service(reviews)], to: [{ methods: ['GET'], paths: ['/ratings/{*}'] }] });
    new Allow(ratings, 'tenants', { from: [Caller.namespace('shop')], to: [{ paths: ['/tenants/*'] }], when: [When.header('x-tenant').is('blue')] });
    new Deny(ratings, 'nine', { from: 'anyone', to: [{ paths: ['/ratings/9'] }] });
    new Deny(ratings, 'tried', { from: 'anyone', to: [{ paths: ['/ratings/1'] }], dryRun: true });
    const asked = (request: string, headers?: Record<string, string>): ReturnType<ReturnType<typeof expectMesh>['request']> => expectMesh(app).request(request, { from: 'shop/reviews-v1', headers });
    asked('GET http://ratings:9080/ratings/1').toReach('ratings');
    asked('GET http://ratings:9080/ratings/1/2').toBeDenied({ status: 403 });
    asked('POST http://ratings:9080/ratings/1').toBeDenied({ status: 403 });
    asked('GET http://ratings:9080/ratings/9').toBeDenied({ status: 403 });
    asked('GET http://ratings:9080/tenants/x', { 'x-tenant': 'blue' }).toReach('ratings');
    asked('GET http://ratings:9080/tenants/x', { 'x-tenant': 'red' }).toBeDenied({ status: 403 });
  });

  test('by claims of a token', () => {
    const { app, ratings, reviews } = shop({ access: 'deny-by-default' });
    new RequireJwt(ratings, 'jwt', { issuers: [accounts] });
    new Allow(ratings, 'clerks', { from: [[Caller.service(reviews), Caller.claim('role').is('clerk')]] });
    const asked = (claims?: Record<string, unknown>): ReturnType<ReturnType<typeof expectMesh>['request']> => expectMesh(app).request('GET http://ratings:9080/', { from: 'shop/reviews-v1', claims });
    asked({ iss: 'https://accounts.example.com', sub: 'ann', role: 'clerk' }).toReach('ratings');
    asked({ iss: 'https://accounts.example.com', sub: 'ann', role: 'guest' }).toBeDenied({ status: 403 });
    asked().toBeDenied({ status: 403 });
  });

  test('at a waypoint by the port of the service', () => {
    const { app, mesh } = shopMesh();
    const stock = mesh.namespace('stock', { dataPlane: 'ambient', waypoint: 'waypoint' });
    const web = new MeshService(mesh.namespace('web', { dataPlane: 'ambient' }), 'web', { port: 80, versions: { v1: { image: 'a' } } });
    const store = new MeshService(stock, 'store', { port: [{ port: 80, targetPort: 8080 }, { port: 81, targetPort: 8081, name: 'admin' }], versions: { v1: { image: 'a' } } });
    new Allow(store, 'shop', { from: [Caller.service(web)], to: [{ ports: [80], methods: ['GET'] }] });
    const asked = expectMesh(`${app.synthYaml()}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: waypoint, namespace: stock, labels: { istio.io/waypoint-for: service } }
spec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }
status: { addresses: [{ type: IPAddress, value: 10.0.0.9 }] }
`);
    asked.request('GET http://store.stock/', { from: 'web/web-v1' }).toReach('store');
    asked.request('GET http://store.stock:81/', { from: 'web/web-v1' }).toBeDenied({ status: 403 });
  });

  test('rules of a service are shown to whoever may call it', () => {
    const { mesh, ratings, reviews } = shop({ access: 'deny-by-default' });
    reviews.calls(ratings);
    const exported = (): unknown => (emitted(mesh, 'DestinationRule').find(({ metadata }) => metadata.name === 'ratings')?.spec as { exportTo?: unknown }).exportTo;
    new Allow(ratings, 'web', { from: [Caller.namespace('web'), Caller.serviceAccount('batch', 'a')] });
    expect(exported()).toEqual(['.', 'batch', 'web']);
    new Allow(ratings, 'addresses', { from: [Caller.ip('10.0.0.0/8')] });
    expect(exported()).toBeUndefined();
  });

  test('whoever is let in may come where requests are sent', () => {
    const { mesh, ratings, reviews } = shop();
    const copies = new MeshService(mesh.namespace('lab'), 'copies', { port: 80, versions: { v1: { image: 'a' } } });
    new Allow(ratings, 'before', { from: [Caller.namespace('web')], to: [{ ports: [9080], methods: ['GET'] }] });
    new Mirror(ratings, 'mirror', { to: To.service(copies) });
    new Allow(ratings, 'after', { from: [Caller.service(reviews)] });
    expect(emitted(mesh, 'AuthorizationPolicy').find(({ metadata }) => metadata.name === 'copies-callers')?.spec).toMatchObject({
      rules: [
        { from: [{ source: { namespaces: ['web'] } }], to: [{ operation: { methods: ['GET'] } }] },
        { from: [{ source: { principals: ['cluster.local/ns/shop/sa/reviews'] } }] },
      ],
    });
  });
});

describe('what is likely not meant is warned of', () => {
  const warned = (declare: (made: ReturnType<typeof shop>) => void, mesh: ServiceMeshProps = {}): readonly string[] => {
    const made = shop(mesh);
    declare(made);
    return warnings(made.app);
  };
  const says = (path: string, text: string): readonly unknown[] => [expect.stringContaining(`${path}: ${text}`)];

  test('everyone for everything', () => {
    expect(warned(({ ratings }) => new Allow(ratings, 'all', { from: 'anyone' }))).toEqual(says('mesh/shop/ratings/all', 'it lets everyone do everything at mesh/shop/ratings, with an identity or without'));
    expect(warned(({ ratings }) => new Deny(ratings, 'all', { from: 'anyone' }))).toEqual(says('mesh/shop/ratings/all', 'it refuses everyone everything, whatever allows it at mesh/shop/ratings'));
  });

  test('who and what in two rules, of which one suffices', () => {
    expect(warned(({ ratings }) => {
      new Allow(ratings, 'who', { from: [Caller.namespace('web')] });
      new Allow(ratings, 'what', { from: 'anyone', to: [{ methods: ['GET'] }] });
    })).toEqual(says('mesh/shop/ratings/what', 'a request needs to pass one of several rules only: mesh/shop/ratings/what lets anyone in for what it lists, and mesh/shop/ratings/who its callers for everything'));
  });

  test('letting in a few, where all are let in by default', () => {
    const few = ({ shop: namespace }: ReturnType<typeof shop>): unknown => new Allow(namespace, 'web', { from: [Caller.namespace('web')] });
    expect(warned(few)).toEqual(says('mesh/shop/web', 'all workloads of mesh/shop were open to everyone, and this closes each of them to whoever is neither here nor in a grant of its own'));
    expect(warned(few, { access: 'deny-by-default' })).toEqual([]);
  });

  test('only who and what is not meant', () => {
    expect(warned(({ ratings }) => new Allow(ratings, 'others', { from: [Caller.not(Caller.namespace('web'))], to: [{ notPaths: ['/admin'] }] })))
      .toEqual(says('mesh/shop/ratings/others', 'it says only who and what is not meant, and lets in all the rest: whoever comes without an identity or a token too'));
    expect(warned(({ ratings }) => new Allow(ratings, 'others', { from: [Caller.not(Caller.namespace('web'))], to: [{ paths: ['/open'] }] }))).toEqual([]);
    expect(warned(({ ratings }) => new Allow(ratings, 'most', { from: 'anyone', to: [{ notPaths: ['/admin'] }] })))
      .toEqual(says('mesh/shop/ratings/most', 'it says only what is not meant, and lets everyone do all the rest, without an identity too; say what is meant, or use Deny for what is not'));
  });

  test('a pattern of hosts that a port in the Host header gets around', () => {
    const host = 'a client may write any port behind its host, which routes ignore and the pattern *.example.com does not take, and so gets around it';
    expect(warned(({ ratings }) => new Deny(ratings, 'hosts', { from: 'anyone', to: [{ hosts: ['*.example.com'] }] }))).toEqual(says('mesh/shop/ratings/hosts', `${host}; refuse by notHosts`));
    expect(warned(({ ratings }) => new Allow(ratings, 'hosts', { from: [Caller.namespace('web')], to: [{ notHosts: ['*.example.com'] }] }))).toEqual(says('mesh/shop/ratings/hosts', `${host}; name the hosts that are meant`));
    expect(warned(({ ratings }) => new Deny(ratings, 'hosts', { from: 'anyone', to: [{ notHosts: ['*.example.com', 'a.com'] }] }))).toEqual([]);
    expect(warned(({ ratings }) => new Deny(ratings, 'hosts', { from: 'anyone', to: [{ hosts: ['a.com'] }] }))).toEqual([]);
  });

  test('a namespace, where there are several trust domains', () => {
    const mesh = { trustDomains: ['partner.example.com'] };
    expect(warned(({ ratings }) => new Allow(ratings, 'web', { from: [Caller.namespace('web')] }), mesh))
      .toEqual(says('mesh/shop/ratings/web', 'Istio compares a namespace without its trust domain, so this takes namespace web of each of cluster.local, partner.example.com'));
    expect(warned(({ ratings }) => new Allow(ratings, 'web', { from: [[Caller.namespace('web'), Caller.trustDomain('cluster.local')]] }), mesh)).toEqual([]);
  });
});

describe('a mistake fails at once, with what Istio would do', () => {
  const declared = (action: typeof Allow | typeof Deny | typeof Audit, rule: Partial<RuleProps>, namespace: MeshNamespaceProps = {}) => (): unknown => {
    const { ratings } = shop({}, namespace);
    return new action(ratings, 'rule', { from: 'anyone', to: [{ methods: ['GET'] }], ...rule });
  };
  const redis = (action: typeof Allow | typeof Deny, rule: Partial<RuleProps>) => (): unknown => {
    const service = new MeshService(shopMesh().shop, 'redis', { port: { port: 6379, protocol: 'redis' }, versions: { v1: { image: 'a' } } });
    return new action(service, 'rule', { from: 'anyone', ...rule });
  };
  const mixed = (action: typeof Allow | typeof Deny, rule: Partial<RuleProps>) => (): unknown => {
    const service = new MeshService(shopMesh().shop, 'mixed', { port: [{ port: 80 }, { port: 6379, protocol: 'redis' }], versions: { v1: { image: 'a' } } });
    return new action(service, 'rule', { from: 'anyone', ...rule });
  };
  const where = 'mesh/shop/ratings/rule: ';
  test.each<[string, () => unknown, string]>([
    ['no word of who', declared(Allow, { from: undefined as never }), `${where}the rule does not say from whom, so it would let in whoever comes; give from, or 'anyone'`],
    ['nobody to let in', declared(Allow, { from: [] }), `${where}from is an empty list, which Istio refuses`],
    ['nobody to refuse', declared(Deny, { from: [] }), `${where}from is an empty list, which Istio refuses`],
    ['a caller without tests', declared(Allow, { from: [[]] }), `${where}a caller without tests is anyone; say from: 'anyone'`],
    ['no operation', declared(Deny, { to: [] }), `${where}to is an empty list, so the rule would refuse requests of every kind`],
    ['an operation that says nothing', declared(Allow, { to: [{}] }), `${where}an operation that says nothing takes every request`],
    ['a list of nothing', declared(Allow, { to: [{ methods: [] }] }), `${where}methods is empty, and Istio reads that as "all"`],
    ['no condition', declared(Allow, { when: [] }), `${where}when is an empty list, so nothing else would have to hold`],
    ['a method in lower case', declared(Allow, { to: [{ methods: ['get'] }] }), `${where}methods are written upper case, as in "GET", got "get"`],
    ['a path without its slash', declared(Allow, { to: [{ paths: ['ratings'] }] }), `${where}a path begins with "/" and may have one "*" at its beginning or its end, got "ratings"`],
    ['a star in the middle of a path', declared(Allow, { to: [{ notPaths: ['/a/*/b'] }] }), `${where}a path begins with "/"`],
    ['a query in a path', declared(Allow, { to: [{ paths: ['/a?b=c'] }] }), `${where}a path has no "?" and no "#"`],
    ['a template for a part of a segment', declared(Allow, { to: [{ paths: ['/a/x{*}'] }] }), `${where}"/a/x{*}" is no path template: a template is {*} or {**}, stands for a whole segment`],
    ['a template after that for all the rest', declared(Allow, { to: [{ paths: ['/a/{**}/{*}'] }] }), `${where}"/a/{**}/{*}" is no path template: {**} must be the last template`],
    ['a template with a star', declared(Allow, { to: [{ paths: ['/{*}/b*'] }] }), `${where}"/{*}/b*" is no path template`],
    ['a template without its slash', declared(Allow, { to: [{ paths: ['{*}'] }] }), `${where}"{*}" is no path template: it begins with "/"`],
    ['a host that is none', declared(Allow, { to: [{ hosts: ['http://a.com'] }] }), `${where}a host is written as shop.example.com or *.example.com, got "http://a.com"`],
    ['a port that there is not', declared(Allow, { to: [{ ports: [80] }] }), `${where}there is no port 80; there is 9080`],
    ['two callers in one', declared(Allow, { from: [[Caller.namespace('a'), Caller.namespace('b')]] }), `${where}a caller is asked for twice in one list, by namespaces a and b, and nobody is both`],
    ['a trust domain that nobody knows', declared(Allow, { from: [Caller.principal('other.org/ns/a/sa/b')] }), `${where}the trust domain "other.org" is unknown to mesh, so nobody has such an identity there; it knows cluster.local: name it in trustDomains of the mesh`],
    ['another trust domain that nobody knows', declared(Deny, { from: [Caller.trustDomain('other.org')] }), `${where}the trust domain "other.org" is unknown to mesh`],
    ['methods that ztunnel does not see', declared(Allow, {}, { dataPlane: 'ambient' }), `${where}mesh/shop/ratings is ambient without a waypoint, and ztunnel does not see methods: the rule would let nobody in; give its namespace a waypoint`],
    ['a refusal that ztunnel does not see', declared(Deny, { from: [Caller.remoteIp('192.0.2.1')], to: undefined }, { dataPlane: 'ambient' }), `${where}mesh/shop/ratings is ambient without a waypoint, and ztunnel does not see addresses of clients: it would ask the rest of the rule alone, or nothing at all`],
    ['auditing by ztunnel', declared(Audit, { to: undefined }, { dataPlane: 'ambient' }), `${where}mesh/shop/ratings is ambient without a waypoint, and ztunnel knows neither auditing`],
    ['a namespace outside the mesh', declared(Allow, {}, { dataPlane: 'none' }), `${where}namespace shop is not in the mesh (dataPlane "none")`],
    ['a namespace whose access is looked after elsewhere', declared(Allow, {}, { emits: 'traffic' }), `${where}access in namespace shop is looked after elsewhere`],
    ['methods where there is no HTTP', redis(Allow, { to: [{ methods: ['GET'] }] }), 'mesh/shop/redis/rule: mesh/shop/redis has no HTTP port, and only there methods can be seen: the rule would let nobody in; leave them out'],
    ['a refusal by methods where there is no HTTP', redis(Deny, { to: [{ methods: ['GET'] }] }), 'mesh/shop/redis/rule: mesh/shop/redis has no HTTP port, and only there methods can be seen: Istio would leave them out and refuse more than the rule says; leave them out'],
    ['tokens where there is no HTTP', redis(Deny, { from: [Caller.not(Caller.token())] }), 'mesh/shop/redis/rule: mesh/shop/redis has no HTTP port, and only there tokens can be seen'],
    ['paths at a port without HTTP', mixed(Deny, { to: [{ ports: [6379], paths: ['/a'] }] }), 'mesh/shop/mixed/rule: port 6379 of mesh/shop/mixed carries no HTTP, so paths cannot be seen there: Istio would leave them out and refuse more than the rule says'],
    ['headers at a port without HTTP', mixed(Allow, { to: [{ ports: [6379] }], when: [When.header('x').is('y')] }), 'mesh/shop/mixed/rule: port 6379 of mesh/shop/mixed carries no HTTP, so request.headers[x] cannot be seen there: the rule would let nobody in'],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test.each<[string, () => unknown, string]>([
    ['a principal of all', () => Caller.principal('*'), 'Caller.principal: "*" is whoever has a certificate of the mesh, of any namespace and trust domain; say Caller.anyIdentity()'],
    ['a principal with its scheme', () => Caller.principal('spiffe://cluster.local/ns/a/sa/b'), 'Caller.principal: Istio writes identities without "spiffe://", and compares them as text; write "cluster.local/ns/a/sa/b"'],
    ['a principal that is none', () => Caller.principal('a/b'), 'Caller.principal: an identity is written as "cluster.local/ns/shop/sa/web", with one "*" at an end at most, got "a/b"'],
    ['a principal with a star in the middle', () => Caller.principal('cluster.local/ns/*/sa/b'), 'Caller.principal: an identity is written as'],
    ['an account without a namespace', () => Caller.serviceAccount('', 'a'), 'Caller.serviceAccount: namespace must be a DNS label'],
    ['a namespace with a star', () => Caller.namespace('shop-*'), 'Caller.namespace: namespace must be a DNS label'],
    ['an address that is none', () => Caller.ip('10.0.0'), 'Caller.ip: an address is written as 10.1.2.3, a range as 10.0.0.0/8 or 2001:db8::/32, got "10.0.0"'],
    ['a range that is too long', () => Caller.remoteIp('10.0.0.0/33'), 'Caller.remoteIp: an address is written as'],
    ['an address with a zero before it', () => Caller.ip('010.0.0.1'), 'Caller.ip: an address is written as'],
    ['an address with a port', () => Caller.ip('[::1]:80'), 'Caller.ip: an address is written as'],
    ['a subject with a star', () => Caller.token(accounts, 'a*'), 'Caller.token: a subject is text without "/" and "*", got "a*"'],
    ['a claim without a name', () => Caller.claim(''), 'Caller.claim: "" is no name of a claim'],
    ['a claim without a value', () => Caller.claim('role').is(''), 'Caller.claim: a claim is asked for by values that are not empty, got [""]'],
    ['a condition without values', () => When.sni.is(...[] as unknown as [string]), 'When.sni: a condition without values never holds'],
    ['a condition with an empty one', () => When.header('x').is(''), 'When.header: an empty text matches nothing, got ""'],
    ['a header that is none', () => When.header('x y'), 'When.header: "x y" is no header name'],
    ['a destination that is none', () => When.destinationIp.is('here'), 'When.destinationIp: an address is written as'],
    ['a filter that is none', () => When.filter('mysql', 'a'), 'When.filter: takes the name of a filter'],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  const asked = (authorizers: readonly string[], rule: Partial<RuleProps>) => (): unknown => new Ask(shop({ authorizers }).ratings, 'rule', { authorizer: 'opa', from: 'anyone', ...rule });
  test.each<[string, () => unknown, string]>([
    ['an authorizer that nobody knows', asked(['login'], {}), `${where}mesh knows no authorizer "opa", and Istio would refuse every request that the rule takes; it knows login: name it in authorizers of the mesh`],
    ['an authorizer asked about identities', asked(['opa'], { from: [Caller.namespace('web'), Caller.token()], when: [When.audience.is('a')] }), `${where}an authorizer is asked before identities and tokens are looked at, so the rule cannot ask for namespaces, tokens, request.auth.audiences`],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test('an authorizer that ztunnel cannot ask', () => {
    const { ratings } = shop({ authorizers: ['opa'] }, { dataPlane: 'ambient' });
    expect(() => new Ask(ratings, 'rule', { authorizer: 'opa', from: 'anyone' })).toThrow(`${where}mesh/shop/ratings is ambient without a waypoint, and ztunnel knows neither authorizers`);
  });

  test('a trial that ztunnel is not sent', () => {
    expect(() => new Deny(shop({}, { dataPlane: 'ambient' }).ratings, 'rule', { from: 'anyone', dryRun: true })).toThrow(`${where}mesh/shop/ratings is ambient without a waypoint, and ztunnel is not sent what is only tried`);
  });

  test('a service of another team', () => {
    const theirs = MeshService.existing(shopMesh().shop, 'theirs', { namespace: 'other', port: 80 });
    expect(() => new Allow(theirs, 'rule', { from: 'anyone' })).toThrow('mesh/shop/theirs: theirs belongs to the owners of namespace other, so access by mesh/shop/theirs/rule is theirs to declare');
  });

  test('letting in at a gateway, which exposes', () => {
    const { shop: namespace } = shop();
    const ingress = new IngressGateway(namespace, 'ingress', { hosts: ['a.com'] });
    expect(() => new Allow(ingress, 'rule', { from: [Caller.ip('10.0.0.0/8')] })).toThrow('mesh/shop/ingress/rule: what mesh/shop/ingress lets in is said by exposes(…, { from }), and a rule beside it could only let in more');
    expect(() => { ingress.exposes(ratingsOf(shopMesh().shop), { from: [] }); }).toThrow('mesh/shop/ingress: from is an empty list');
  });
});

describe('what is at odds fails the synth, and names both', () => {
  test('a grant and a refusal of the same', () => {
    const { app, ratings } = shop();
    new Deny(ratings, 'no', { from: [Caller.serviceAccount('shop', 'reviews')], to: [{ paths: ['/a'], methods: ['GET', 'PUT'] }] });
    new Allow(ratings, 'yes', { from: [Caller.principal('cluster.local/ns/shop/sa/reviews')], to: [{ methods: ['PUT', 'GET'], paths: ['/a'] }] });
    expect(() => app.render()).toThrow('[mesh/shop/ratings/yes] mesh/shop/ratings/no refuses all that this lets in, and what refuses goes first, so the grant would never hold');
  });

  test('a call and a refusal by the namespace', () => {
    const { app, shop: namespace, ratings, reviews } = shop();
    new Deny(namespace, 'no', { from: [Caller.service(reviews)] });
    reviews.calls(ratings, { methods: ['GET'] });
    expect(() => app.render()).toThrow('[mesh/shop/ratings] mesh/shop/no refuses all that mesh/shop/reviews is let in for, and what refuses goes first');
  });

  test.each<[string, Caller, AccessOperation | undefined, Caller, AccessOperation | undefined, boolean]>([
    ['a namespace, of one in it', Caller.serviceAccount('jobs', 'run'), undefined, Caller.namespace('jobs'), undefined, true],
    ['a namespace, of one in another', Caller.serviceAccount('jobs', 'run'), undefined, Caller.namespace('job'), undefined, false],
    ['all but a namespace, of one in another', Caller.serviceAccount('jobs', 'run'), undefined, Caller.not(Caller.namespace('web')), undefined, true],
    ['all but a namespace, of one in it', Caller.serviceAccount('web', 'run'), undefined, Caller.not(Caller.namespace('web')), undefined, false],
    ['a pattern of identities', Caller.principal('cluster.local/ns/jobs/sa/run'), undefined, Caller.principal('cluster.local/ns/jobs/*'), undefined, true],
    ['a trust domain', Caller.serviceAccount('jobs', 'run'), undefined, Caller.trustDomain('cluster.local'), undefined, true],
    ['a path below a prefix', Caller.namespace('jobs'), { methods: ['GET'], paths: ['/a/b', '/a/c/*'] }, Caller.namespace('jobs'), { paths: ['/a/*'] }, true],
    ['a path beside a prefix', Caller.namespace('jobs'), { paths: ['/a/b', '/b'] }, Caller.namespace('jobs'), { paths: ['/a/*'] }, false],
    ['a prefix that is wider', Caller.namespace('jobs'), { paths: ['/a*'] }, Caller.namespace('jobs'), { paths: ['/a/*'] }, false],
    ['all methods but others', Caller.namespace('jobs'), { methods: ['POST'] }, Caller.namespace('jobs'), { notMethods: ['GET'] }, true],
    ['all methods but its own', Caller.namespace('jobs'), { methods: ['GET'] }, Caller.namespace('jobs'), { notMethods: ['GET'] }, false],
    ['a host by a pattern, which a port gets around', Caller.namespace('jobs'), { hosts: ['a.example.com'] }, Caller.namespace('jobs'), { hosts: ['*.example.com'] }, false],
  ])('by what takes more: %s', (_, who, what, refused, unless, isRefused) => {
    const { ratings } = shop();
    new Allow(ratings, 'yes', { from: [who], to: what && [what] });
    new Deny(ratings, 'no', { from: [refused], to: unless && [unless] });
    const found = ratings.node.findAll().flatMap(({ node }) => node.validate());
    expect(found.length > 0).toBe(isRefused);
  });

  test('not what is refused in part, or as a switch', () => {
    const { app, ratings, reviews } = shop();
    reviews.calls(ratings);
    new Deny(ratings, 'part', { from: [Caller.service(reviews)], to: [{ methods: ['DELETE'] }] });
    new Deny(ratings, 'tried', { from: [Caller.service(reviews)], dryRun: true });
    new Deny(ratings, 'switch', { from: 'anyone' });
    expect(() => app.render()).not.toThrow();
  });

  test('tokens that nothing validates', () => {
    const { app, ratings } = shop();
    new Allow(ratings, 'clerks', { from: [Caller.claim('role').is('clerk')] });
    expect(() => app.render()).toThrow('[mesh/shop/ratings/clerks] it asks for tokens, and nothing validates any at mesh/shop/ratings, so nobody could have shown one; declare RequireJwt there');
    const { app: other, ratings: elsewhere } = shop();
    new Allow(elsewhere, 'ours', { from: 'anyone', when: [When.audience.is('shop')] });
    expect(() => other.render()).toThrow('[mesh/shop/ratings/ours] it asks for tokens, and nothing validates any at mesh/shop/ratings');
    expect(() => Caller.token('https://accounts.example.com' as unknown as JwtIssuer)).toThrow('Caller.token: takes a JwtIssuer, got "https://accounts.example.com"; make one with JwtIssuer.of');
  });

  test('tokens of an issuer that nobody knows', () => {
    const { app, shop: namespace, ratings } = shop();
    new RequireJwt(namespace, 'jwt', { issuers: [accounts] });
    new Allow(ratings, 'partners', { from: [Caller.token(JwtIssuer.of('https://partners.example.com'))] });
    expect(() => app.render()).toThrow('[mesh/shop/ratings/partners] it asks for tokens of "https://partners.example.com", and mesh/shop/jwt validates only those of "https://accounts.example.com"');
  });

  test('a rule about requests for a whole mesh that ztunnel reads too', () => {
    const { app, mesh } = shop();
    mesh.namespace('ambient', { dataPlane: 'ambient' });
    new Deny(mesh, 'writes', { from: 'anyone', to: [{ methods: ['POST'] }] });
    expect(() => app.render()).toThrow('[mesh/istio-system/writes] a rule for the whole mesh is read by ztunnel too, in the ambient namespace ambient, and it does not see methods: it would ask the rest of the rule alone; declare it for each namespace instead');
  });
});
