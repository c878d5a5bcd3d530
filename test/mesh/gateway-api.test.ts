import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readManifests } from '../../lib/manifest/index.ts';
import { gatewayApiPort, Mesh, serviceRoutes, type HttpRule, type HttpTreatment } from '../../lib/mesh/index.ts';

const meshOf = (documents: readonly string[]): Mesh => Mesh.from(readManifests({ file: 'a.yaml', text: documents.join('---\n') }).manifests);
const service = (name = 'cart', namespace = 'shop'): string => `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: { ports: [{ name: http, port: 80 }] }\n`;
const api = (kind: string, name: string, spec: string, namespace = 'shop'): string => `apiVersion: gateway.networking.k8s.io/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: ${spec}\n`;
const gateway = (listeners: string, more = ''): string => api('Gateway', 'gw', `{ gatewayClassName: istio, listeners: [${listeners}]${more} }`);
const http = '{ name: http, port: 80, protocol: HTTP }';
const toCart = 'backendRefs: [{ name: cart, port: 80 }]';
const route = (rules: string, { name = 'r', parent = 'name: gw', namespace = 'shop', more = '' } = {}): string => api('HTTPRoute', name, `{ parentRefs: [{ ${parent} }], rules: [${rules}]${more} }`, namespace);

function rules(documents: readonly string[], { host = 'a.com', port = 80, name = 'gw' } = {}): readonly HttpRule[] | undefined {
  const mesh = meshOf([service(), ...documents]);
  const found = mesh.kubernetesGateway('shop', name);
  const open = found && gatewayApiPort(mesh, found, port);
  return open?.plaintext?.kind === 'http' ? open.plaintext.virtualHost(host)?.stage.rules : undefined;
}

const treatment = (rule: string): HttpTreatment | undefined => rules([gateway(http), route(rule)])?.[0]?.treatment;

describe('which routes a listener takes', () => {
  test.each<[string, readonly string[], boolean]>([
    ['one of its namespace', [gateway(http), route(`{ ${toCart} }`)], true],
    ['none of another namespace', [gateway(http), route(`{ ${toCart} }`, { namespace: 'far', parent: 'name: gw, namespace: shop' })], false],
    ['one of another namespace where all may', [gateway('{ name: http, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: All } } }'), route(`{ ${toCart} }`, { namespace: 'far', parent: 'name: gw, namespace: shop' })], true],
    ['one of a namespace with the labels asked for', [
      gateway('{ name: http, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { kubernetes.io/metadata.name: far } } } } }'), route(`{ ${toCart} }`, { namespace: 'far', parent: 'name: gw, namespace: shop' }),
    ], true],
    ['none of a kind that it does not allow', [gateway('{ name: http, port: 80, protocol: HTTP, allowedRoutes: { kinds: [{ kind: GRPCRoute }] } }'), route(`{ ${toCart} }`)], false],
    ['none for another section', [gateway(http), route(`{ ${toCart} }`, { parent: 'name: gw, sectionName: https' })], false],
    ['none for another port', [gateway(http), route(`{ ${toCart} }`, { parent: 'name: gw, port: 81' })], false],
    ['none for other hosts', [gateway('{ name: http, port: 80, protocol: HTTP, hostname: a.com }'), route(`{ ${toCart} }`, { more: ', hostnames: [b.com]' })], false],
    ['one for a wildcard that holds its host', [gateway('{ name: http, port: 80, protocol: HTTP, hostname: a.com }'), route(`{ ${toCart} }`, { more: ', hostnames: ["*.com"]' })], true],
    ['none that names its listener of a ListenerSet', [gateway(http), api('ListenerSet', 'ls', '{ parentRef: { name: gw }, listeners: [{ name: own, port: 80, protocol: HTTP }] }'), route(`{ ${toCart} }`, { parent: 'name: ls, kind: ListenerSet' })], false],
    ['one of a ListenerSet that the Gateway admits', [
      gateway(http, ', allowedListeners: { namespaces: { from: Same } }'), api('ListenerSet', 'ls', '{ parentRef: { name: gw }, listeners: [{ name: own, port: 80, protocol: HTTP, hostname: a.com }] }'), route(`{ ${toCart} }`, { parent: 'name: ls, kind: ListenerSet' }),
    ], true],
  ])('%s', (_, documents, taken) => {
    expect(rules(documents) !== undefined).toBe(taken);
  });

  test('a host belongs to the listener whose hostname is narrowest', () => {
    const listeners = '{ name: wide, port: 80, protocol: HTTP }, { name: narrow, port: 80, protocol: HTTP, hostname: a.com }';
    expect(rules([gateway(listeners), route(`{ ${toCart} }`, { parent: 'name: gw, sectionName: wide', more: ', hostnames: [a.com]' })])).toBeUndefined();
  });
});

describe('a rule of a route', () => {
  test('without a match is one of every path', () => {
    expect(rules([gateway(http), route(`{ ${toCart} }`)])?.[0]?.all).toEqual([]);
  });

  test('asks for whole segments of a path', () => {
    expect(rules([gateway(http), route(`{ matches: [{ path: { value: /a } }], ${toCart} }`)])?.[0]?.all).toMatchObject([{ any: [{ test: 'segmentPrefix', value: '/a' }] }]);
  });

  test('comes in the order of the specification, whatever the order of the objects', () => {
    const one = route(`{ matches: [{ path: { value: /a } }], ${toCart} }, { matches: [{ path: { type: RegularExpression, value: "/.*" } }], ${toCart} }`, { name: 'one' });
    const two = route(`{ matches: [{ path: { value: /ab } }, { path: { type: Exact, value: /a } }], ${toCart} }, { matches: [{ path: { value: /a }, method: GET }], ${toCart} }`, { name: 'two' });
    const order = (documents: readonly string[]): unknown => rules([gateway(http), ...documents])?.map(({ from: { on, at } }) => `${on.name} ${at}`);
    const expected = ['two spec.rules[0].matches[1]', 'two spec.rules[0].matches[0]', 'two spec.rules[1].matches[0]', 'one spec.rules[0].matches[0]', 'one spec.rules[1].matches[0]'];
    expect([order([one, two]), order([two, one])]).toEqual([expected, expected]);
  });

  test('of two alike the older route holds', () => {
    const aged = (name: string, at: string): string => route(`{ ${toCart} }`, { name }).replace('namespace: shop }', `namespace: shop, creationTimestamp: "${at}" }`);
    expect(rules([gateway(http), aged('a', '2026-01-02T00:00:00Z'), aged('b', '2026-01-01T00:00:00Z')])?.map(({ from }) => from.on.name)).toEqual(['b']);
  });

  test.each<[string, string, unknown]>([
    ['a Service that is not there answers 500', '{ backendRefs: [{ name: none, port: 80 }] }', [{ to: { answers: 500 } }]],
    ['a port that the Service lacks answers 500', '{ backendRefs: [{ name: cart, port: 81 }] }', [{ to: { answers: 500 } }]],
    ['no backend answers 500', '{ matches: [{}] }', [{ to: { answers: 500 } }]],
    ['a Service of another namespace answers 500 until it is granted', '{ backendRefs: [{ name: bank, namespace: far, port: 80 }] }', [{ to: { answers: 500 } }]],
    ['weights have no common divisor, and none is 0', '{ backendRefs: [{ name: cart, port: 80, weight: 20 }, { name: cart, port: 80, weight: 0 }, { name: none, port: 80, weight: 30 }] }', [{ weight: 2 }, { weight: 3, to: { answers: 500 } }]],
  ])('%s', (_, rule, destinations) => {
    expect(treatment(rule)).toMatchObject({ kind: 'forward', missing: 500, destinations });
  });

  test('a grant lets it refer to a Service of another namespace', () => {
    const grant = api('ReferenceGrant', 'g', '{ from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop }], to: [{ group: "", kind: Service }] }', 'far');
    expect(rules([gateway(http), service('bank', 'far'), grant, route('{ backendRefs: [{ name: bank, namespace: far, port: 80 }] }')])?.[0]?.treatment).toMatchObject({ destinations: [{ to: { host: 'bank.far.svc.cluster.local', port: 80 } }] });
  });

  test.each<[string, string, unknown]>([
    ['redirects with 302 by default, to the port it came in by', '{ filters: [{ type: RequestRedirect, requestRedirect: { hostname: b.com } }] }', { kind: 'redirect', status: 302, host: 'b.com', port: 'listener' }],
    ['redirects to the port of the scheme', '{ filters: [{ type: RequestRedirect, requestRedirect: { scheme: https } }] }', { kind: 'redirect', scheme: 'https', port: 443 }],
    ['rewrites whole segments', `{ matches: [{ path: { value: /a/ } }], filters: [{ type: URLRewrite, urlRewrite: { path: { type: ReplacePrefixMatch, replacePrefixMatch: /b } } }], ${toCart} }`, { path: { rewrite: 'segments', prefix: '/a', to: '/b' } }],
    ['waits as long as timeouts say, the one of the backend first', `{ timeouts: { request: 10s, backendRequest: 2s }, ${toCart} }`, { timeout: 2000 }],
    ['tries again as retry says', `{ retry: { attempts: 3, codes: [503] }, timeouts: { request: 10s, backendRequest: 2s }, ${toCart} }`, { timeout: 10_000, retries: { attempts: 3, codes: [503], perTryTimeout: 2000 } }],
    ['answers cross-origin requests itself, for 5 seconds by default', `{ filters: [{ type: CORS, cors: { allowOrigins: ["https://*.a.com"] } }], ${toCart} }`, { cors: { origins: [{ test: 'regex', value: 'https://.*\\.a\\.com' }], maxAge: 5, forwardsUnmatched: false } }],
    ['mirrors as many as it says', `{ filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: cart, port: 80 }, fraction: { numerator: 1, denominator: 4 } } }], ${toCart} }`, { mirrors: [{ percent: 25 }] }],
    ['leaves out a mirror that is not there', `{ filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: none, port: 80 } } }], ${toCart} }`, { mirrors: [] }],
  ])('%s', (_, rule, expected) => {
    expect(treatment(rule)).toMatchObject(expected as object);
  });

  test.each(['{ filters: [{ type: ExtensionRef }], backendRefs: [{ name: cart, port: 80 }] }', '{ backendRefs: [{ name: cart }] }', '{ backendRefs: [{ name: cart.shop, port: 80 }] }'])('%s makes Istio refuse the whole route', rule => {
    expect(rules([gateway(http), route(`{ ${toCart} }, ${rule}`)])).toBeUndefined();
  });
});

describe('gRPC methods are paths', () => {
  test.each([
    ['{ service: s, method: m }', { test: 'exact', value: '/s/m' }],
    ['{ service: s }', { test: 'segmentPrefix', value: '/s/' }],
    ['{ method: m }', { test: 'regex', value: '/[^/]+/m' }],
  ])('%s', (method, expected) => {
    expect(rules([gateway(http), api('GRPCRoute', 'g', `{ parentRefs: [{ name: gw }], rules: [{ matches: [{ method: ${method} }], ${toCart} }] }`)])?.[0]?.all).toMatchObject([{ any: [expected] }]);
  });
});

describe('listeners with TLS', () => {
  test('each has its server name and its mode, and hosts of another are not answered for', () => {
    const mesh = meshOf([service(), gateway('{ name: a, port: 443, protocol: HTTPS, hostname: "*.a.com" }, { name: b, port: 443, protocol: HTTPS, hostname: b.a.com, tls: { options: { gateway.istio.io/tls-terminate-mode: MUTUAL } } }, { name: c, port: 443, protocol: TLS, hostname: c.com, tls: { mode: Passthrough } }'), route(`{ ${toCart} }`), api('TLSRoute', 't', '{ parentRefs: [{ name: gw, sectionName: c }], rules: [{ backendRefs: [{ name: cart, port: 80 }] }] }')]);
    const [found] = mesh.kubernetesGateways;
    const tls = (found && gatewayApiPort(mesh, found, 443))?.tls ?? [];
    expect(tls.map(({ names, mode }) => [...names, mode])).toEqual([['*.a.com', 'SIMPLE'], ['b.a.com', 'MUTUAL'], ['c.com', 'PASSTHROUGH']]);
    const [wide] = tls;
    const at = (host: string): unknown => (wide?.inside.kind === 'http' ? wide.inside.virtualHost(host)?.stage.rules.length : undefined);
    expect([at('x.a.com'), at('b.a.com'), at('other.com')]).toEqual([1, 0, undefined]);
  });

  test('one whose certificate may not be referred to is none', () => {
    const listener = '{ name: a, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: c, namespace: far }] } }';
    const grant = api('ReferenceGrant', 'g', '{ from: [{ group: gateway.networking.k8s.io, kind: Gateway, namespace: shop }], to: [{ group: "", kind: Secret }] }', 'far');
    const opens = (documents: readonly string[]): boolean => {
      const mesh = meshOf(documents);
      const [found] = mesh.kubernetesGateways;
      return found !== undefined && gatewayApiPort(mesh, found, 443) !== undefined;
    };
    expect([opens([gateway(listener)]), opens([gateway(listener), grant])]).toEqual([false, true]);
  });
});

describe('routes of a service inside the mesh', () => {
  const parent = 'kind: Service, group: "", name: cart, namespace: shop';
  const producer = route(`{ ${toCart} }`, { name: 'producer', parent });
  const consumer = route('{ backendRefs: [{ name: cart, namespace: shop, port: 80 }] }', { name: 'consumer', parent, namespace: 'web' });
  const seenFrom = (client: string, documents: readonly string[], port = 80): readonly string[] | undefined => {
    const mesh = meshOf([service(), ...documents]);
    const [owner] = mesh.services;
    return owner && serviceRoutes(mesh, owner, client, port).http?.map(({ from }) => from.on.name);
  };

  test.each<[string, string, readonly string[], readonly string[] | undefined]>([
    ['the service\'s own are for all clients', 'far', [producer], ['producer']],
    ['those of the client take their place', 'web', [producer, consumer], ['consumer']],
    ['those of another namespace count for nobody else', 'far', [consumer], undefined],
    ['those for another port do not count', 'far', [producer.replace('name: cart,', 'name: cart, port: 81,')], undefined],
  ])('%s', (_, client, documents, expected) => {
    expect(seenFrom(client, documents)).toEqual(expected);
  });

  test('a service of another namespace needs no grant', () => {
    const mesh = meshOf([service(), consumer]);
    const [owner] = mesh.services;
    expect(owner && serviceRoutes(mesh, owner, 'web', 80).http?.[0]?.treatment).toMatchObject({ destinations: [{ to: { host: 'cart.shop.svc.cluster.local' } }] });
  });
});

test('a route of whatever shape makes nothing throw', () => {
  const kinds = fc.constantFrom('HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute');
  const spec = fc.record({ rules: fc.jsonValue(), hostnames: fc.jsonValue() });
  fc.assert(fc.property(kinds, spec, (kind, own) => {
    const text = [gateway(`${http}, { name: t, port: 443, protocol: TLS, tls: { mode: Passthrough } }`), JSON.stringify({ apiVersion: 'gateway.networking.k8s.io/v1', kind, metadata: { name: 'r', namespace: 'shop' }, spec: { ...own, parentRefs: [{ name: 'gw' }] } })];
    const mesh = meshOf(text);
    const [found] = mesh.kubernetesGateways;
    for (const port of [80, 443]) {
      const open = found && gatewayApiPort(mesh, found, port);
      if (open?.plaintext?.kind === 'http') open.plaintext.virtualHost('a.com');
    }
  }), { numRuns: 200 });
});
