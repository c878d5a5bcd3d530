import { describe, expect, test } from 'vitest';
import { told } from './told.ts';

const object = (apiVersion: string, kind: string, name: string, namespace: string, rest: string): string => `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: ${name}, namespace: ${namespace} }, ${rest} }`;
const istio = (kind: string, name: string, namespace: string, spec: string): string => object('networking.istio.io/v1', kind, name, namespace, `spec: ${spec}`);
const namespace = (name: string, labels = '{}'): string => `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name}, labels: ${labels} } }`;
const service = (name: string, place = 'shop', labels = '{}'): string => `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: ${place}, labels: ${labels} }, spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] } }`;
const deployment = (labels: string, spec = '{ containers: [{ name: app, image: a }] }'): string => object('apps/v1', 'Deployment', 'reviews', 'shop', `spec: { template: { metadata: { labels: ${labels} }, spec: ${spec} } }`);

const allowing = (host: string): string => object('security.istio.io/v1', 'AuthorizationPolicy', 'a', 'shop', `spec: { rules: [{ to: [{ operation: { hosts: ["${host}"] } }] }] }`);
const entry = (name: string, place: string, port: string, host = 'api.example.com'): string => istio('ServiceEntry', name, place, `{ hosts: [${host}], ports: [${port}], resolution: DNS }`);

test.each([
  ['reviews', 0], ['reviews:80', 0], ['REVIEWS', 0], ['revews', 1], ['revews:*', 1], ['ratings', 0], ['cart', 0], ['localhost', 0], ['*', 0], ['rev*', 0],
  ['reviews.shop', 0], ['revews.shop', 1], ['*.shop.svc.cluster.local', 0], ['a.vendor.com', 0], ['a.vender.com', 1], ['www.example.com', 0],
])('a policy for the host %s (MW0106)', (host, count) => {
  expect(told('MW0106', service('reviews'), service('ratings', 'other'), entry('v', 'other', '{ number: 443, name: tls, protocol: TLS }', '"*.vendor.com"'),
    istio('VirtualService', 'v', 'other', '{ hosts: [cart, www.example.com], http: [{ route: [{ destination: { host: ratings } }] }] }'), allowing(host))).toHaveLength(count);
});

test('a short host is not asked about where the namespace has no Service (MW0106)', () => {
  expect(told('MW0106', service('ratings', 'other'), allowing('reviews'))).toEqual([]);
});

test.each([
  ['{ name: v1 }', 1], ['{ name: v1, labels: {} }', 1], ['{ name: v1, labels: { version: v1 } }', 0],
  ['{ name: v1, trafficPolicy: { loadBalancer: { simple: RANDOM } } }', 0],
])('a subset %s (MW0115)', (subset, count) => {
  expect(told('MW0115', istio('DestinationRule', 'a', 'shop', `{ host: a, subsets: [${subset}] }`))).toHaveLength(count);
});

describe('a Sidecar', () => {
  test.each([
    ['istio-system', 'workloadSelector: { labels: { app: a } },', 1], ['istio-system', '', 0], ['istio-system', 'workloadSelector: { labels: {} },', 0], ['shop', 'workloadSelector: { labels: { app: a } },', 0],
  ])('of namespace %s with %j (MW0121)', (place, selector, count) => {
    expect(told('MW0121', istio('Sidecar', 'a', place, `{ ${selector} egress: [{ hosts: ["./*"] }] }`))).toHaveLength(count);
  });

  test('of the root namespace that the mesh config names (MW0121)', () => {
    const config = '{ apiVersion: v1, kind: ConfigMap, metadata: { name: istio, namespace: istio-system }, data: { mesh: "rootNamespace: shop" } }';
    expect(told('MW0121', config, istio('Sidecar', 'a', 'shop', '{ workloadSelector: { labels: { app: a } } }'))).toHaveLength(1);
  });

  test.each([['', 0], ['outboundTrafficPolicy: {}', 1], ['outboundTrafficPolicy: { mode: REGISTRY_ONLY }', 0], ['outboundTrafficPolicy: { mode: ALLOW_ANY }', 0]])('with %j (MW0122)', (policy, count) => {
    expect(told('MW0122', istio('Sidecar', 'a', 'shop', `{ ${policy} }`))).toHaveLength(count);
  });
});

describe('the destinations of a route', () => {
  const routes = (kind: string, ...destinations: readonly string[]): string => istio('VirtualService', 'a', 'shop', `{ hosts: [a], ${kind}: [{ route: [${destinations.join(', ')}] }] }`);

  test.each([
    ['http', [50], 1], ['tcp', [50], 1], ['tls', [50], 1], ['http', [100], 0], ['http', [undefined], 0], ['http', [50, 50], 0], ['http', [0, 100], 0],
  ] as const)('of %s with the weights %j (MW0123)', (kind, weights, count) => {
    expect(told('MW0123', routes(kind, ...weights.map((weight, i) => `{ destination: { host: a${i} }${weight === undefined ? '' : `, weight: ${weight}`} }`)))).toHaveLength(count);
  });

  test.each([
    ['http', 'host: a', 'host: a.shop.svc.cluster.local', 1], ['tcp', 'host: a', 'host: a', 1], ['tls', 'host: a, subset: v1', 'host: a, subset: v1', 1],
    ['http', 'host: a, subset: v1', 'host: a, subset: v2', 0], ['http', 'host: a', 'host: a, subset: v1', 0], ['http', 'host: a', 'host: a.other.svc.cluster.local', 0], ['http', 'host: a, port: { number: 80 }', 'host: a, port: { number: 81 }', 0],
  ])('of %s are %s and %s (MW0124)', (kind, one, two, count) => {
    expect(told('MW0124', routes(kind, `{ destination: { ${one} }, weight: 50 }`, `{ destination: { ${two} }, weight: 50 }`))).toHaveLength(count);
  });

  test('are others where they write headers of their own (MW0124)', () => {
    expect(told('MW0124', routes('http', '{ destination: { host: a }, weight: 50 }', '{ destination: { host: a }, weight: 50, headers: { request: { set: { try: "1" } } } }'))).toEqual([]);
  });
});

test.each([['shop', 0], ['bank', 1], ['elsewhere', 0]])('a ReferenceGrant for routes of namespace %s (MW0134)', (from, count) => {
  const grant = object('gateway.networking.k8s.io/v1beta1', 'ReferenceGrant', 'a', 'shop', `spec: { from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: ${from} }], to: [{ group: "", kind: Service }] }`);
  // What has objects in it is there, though its Namespace is not among them.
  expect(told('MW0134', namespace('shop'), service('a', 'elsewhere'), grant)).toHaveLength(count);
  expect(told('MW0134', grant)).toEqual([]);
});

describe('a WorkloadGroup', () => {
  const account = '{ apiVersion: v1, kind: ServiceAccount, metadata: { name: vm, namespace: shop } }';
  const group = (name: string, spec: string, place = 'shop'): string => istio('WorkloadGroup', name, place, spec);

  test.each([['vm', 'shop', 0], ['vn', 'shop', 1], ['default', 'shop', 0], ['""', 'shop', 0], ['vm', 'bank', 0]])('with the account %s in namespace %s (MW0135)', (serviceAccount, place, count) => {
    expect(told('MW0135', account, group('a', `{ template: { serviceAccount: ${serviceAccount} } }`, place))).toHaveLength(count);
  });

  test.each([
    ['{ app: a, version: v1 }', 'shop', 2], ['{ version: v1, app: a }', 'shop', 2], ['{ app: a }', 'shop', 0], ['{ app: a, version: v2 }', 'shop', 0], ['{ app: a, version: v1 }', 'bank', 0],
  ])('with the labels %s in namespace %s beside another (MW0136)', (labels, place, count) => {
    expect(told('MW0136', group('a', '{ metadata: { labels: { app: a, version: v1 } }, template: {} }'), group('b', `{ metadata: { labels: ${labels} }, template: {} }`, place))).toHaveLength(count);
  });

  test('without labels is like no other (MW0136)', () => {
    expect(told('MW0136', group('a', '{ template: {} }'), group('b', '{ template: {} }'))).toEqual([]);
  });
});

describe('two ServiceEntries', () => {
  const https = '{ number: 443, name: https, protocol: HTTPS }';

  test.each([
    ['of two namespaces', 'bank', https, 2, 0], ['of two namespaces, in small letters', 'bank', '{ number: 443, name: alt, protocol: https }', 2, 0], ['of one namespace', 'shop', https, 0, 0],
    ['with other ports', 'bank', '{ number: 444, name: https, protocol: HTTPS }', 0, 0], ['with other protocols', 'bank', '{ number: 443, name: tls, protocol: TLS }', 0, 2], ['with a second port', 'bank', `{ number: 80, name: http, protocol: HTTP }, ${https}`, 2, 0],
  ])('%s give a port of a host (MW0154, IST0177)', (_, place, ports, same, differing) => {
    const both = [entry('a', 'shop', https), entry('b', place, ports)];
    expect(told('MW0154', ...both)).toHaveLength(same);
    expect(told('IST0177', ...both)).toHaveLength(differing);
  });

  test('with other hosts, or one for its own namespace, do not meet (MW0154)', () => {
    expect(told('MW0154', entry('a', 'shop', https), entry('b', 'bank', https, 'other.example.com'))).toEqual([]);
    expect(told('MW0154', istio('ServiceEntry', 'a', 'shop', `{ hosts: [api.example.com], exportTo: ["."], ports: [${https}] }`), istio('ServiceEntry', 'b', 'bank', `{ hosts: [api.example.com], exportTo: ["."], ports: [${https}] }`))).toEqual([]);
  });
});

describe('in ambient mode', () => {
  const ambient = (more = ''): string => namespace('shop', `{ istio.io/dataplane-mode: ambient${more} }`);
  const waypoint = ', istio.io/use-waypoint: waypoint';
  const [pods, optedOut] = [deployment('{ app: reviews }'), deployment('{ app: reviews, istio.io/dataplane-mode: none }')];
  const policy = (attached: string, rule = 'to: [{ operation: { methods: [GET] } }]'): string => object('security.istio.io/v1', 'AuthorizationPolicy', 'a', 'shop', `spec: { ${attached} rules: [{ ${rule} }] }`);
  const [selecting, targeting] = ['selector: { matchLabels: { app: reviews } },', 'targetRefs: [{ group: "", kind: Service, name: reviews }],'];

  test.each([
    ['a selector and no waypoint', [ambient(), pods, policy(selecting)], 1, 0], ['a selector and a waypoint', [ambient(waypoint), pods, policy(selecting)], 0, 1],
    ['targetRefs and a waypoint', [ambient(waypoint), pods, service('reviews'), policy(targeting)], 0, 0], ['targetRefs of a Service that opted out', [ambient(waypoint), pods, service('reviews', 'shop', '{ istio.io/use-waypoint: none }'), policy(targeting)], 1, 0],
    ['identities alone', [ambient(), pods, policy(selecting, 'from: [{ source: { principals: [cluster.local/ns/shop/sa/app] } }]')], 0, 0], ['a selector of pods that opted out', [ambient(), optedOut, policy(selecting)], 0, 0],
    ['a selector outside of it', [namespace('shop'), pods, policy(selecting)], 0, 0],
  ] as const)('a policy has %s (MW0150, MW0151)', (_, objects, withoutWaypoint, ignored) => {
    expect(told('MW0150', ...objects)).toHaveLength(withoutWaypoint);
    expect(told('MW0151', ...objects)).toHaveLength(ignored);
  });

  test('a Telemetry of the root namespace is for the whole mesh (MW0150)', () => {
    expect(told('MW0150', namespace('istio-system', '{ istio.io/dataplane-mode: ambient }'), object('telemetry.istio.io/v1', 'Telemetry', 'a', 'istio-system', 'spec: { tracing: [{}] }'))).toEqual([]);
  });

  const routes = (host: string, place: string, more = ''): string => istio('VirtualService', 'a', place, `{ hosts: [${host}], ${more} http: [{ route: [{ destination: { host: ${host} } }] }] }`);
  const rule = (host: string, place: string): string => istio('DestinationRule', 'a', place, `{ host: ${host}, trafficPolicy: { connectionPool: { http: { maxRetries: 1 } } } }`);
  const full = 'reviews.shop.svc.cluster.local';

  test.each([
    ['a service without a waypoint', [ambient(), service('reviews'), routes('reviews', 'shop')], 1, 0], ['one that opted out', [ambient(waypoint), service('reviews', 'shop', '{ istio.io/use-waypoint: none }'), routes('reviews', 'shop')], 1, 0],
    ['one with a waypoint of its own', [ambient(), service('reviews', 'shop', '{ istio.io/use-waypoint: own }'), routes('reviews', 'shop')], 0, 0], ['one at a gateway only', [ambient(), service('reviews'), routes('reviews', 'shop', 'gateways: [edge],')], 0, 0],
    ['one of another namespace', [ambient(waypoint), namespace('web'), service('reviews'), routes(full, 'web')], 0, 1], ['one of another namespace by a DestinationRule', [ambient(waypoint), service('reviews'), rule(full, 'web')], 0, 1],
    ['one outside of it', [namespace('shop'), ambient().replace('shop', 'web'), service('reviews'), routes(full, 'web')], 0, 0],
  ] as const)('routes lead to %s (MW0152, MW0153)', (_, objects, withoutWaypoint, outside) => {
    expect(told('MW0152', ...objects)).toHaveLength(withoutWaypoint);
    expect(told('MW0153', ...objects)).toHaveLength(outside);
  });

  test.each([
    ['the label of a pod that has a sidecar', [namespace('shop', '{ istio-injection: enabled }'), deployment('{ app: reviews, istio.io/dataplane-mode: ambient }')], 1, 0],
    ['a sidecar written down', [ambient(), deployment('{ app: reviews }', '{ containers: [{ name: istio-proxy, image: proxyv2 }, { name: app, image: a }] }')], 1, 0],
    ['no sidecar', [ambient(), pods], 0, 0], ['pods that opted out', [ambient(', istio-injection: enabled'), optedOut], 0, 0],
    ['a waypoint and no ambient mode', [namespace('shop'), deployment('{ app: reviews, istio.io/use-waypoint: waypoint }')], 0, 1], ['a waypoint that is none', [namespace('shop'), deployment('{ app: reviews, istio.io/use-waypoint: none }')], 0, 0],
  ] as const)('a workload has %s (MW0156, MW0157)', (_, objects, both, outside) => {
    expect(told('MW0156', ...objects)).toHaveLength(both);
    expect(told('MW0157', ...objects)).toHaveLength(outside);
  });
});

test('a namespace with both labels is said once, not for each of its pods (IST0123, MW0156)', () => {
  const objects = [namespace('shop', '{ istio.io/dataplane-mode: ambient, istio-injection: enabled }'), deployment('{ app: reviews }')];
  expect(told('IST0123', ...objects)).toHaveLength(1);
  expect(told('MW0156', ...objects)).toEqual([]);
});

test.each([
  ['{ group: "", kind: Service, name: reviews }', 0], ['{ group: "", kind: Service, name: reviews, port: 80 }', 0], ['{ group: "", kind: Service, name: reviews, port: 81 }', 1], ['{ group: "", kind: Service, name: revews }', 1],
  ['{ group: "", kind: Service, name: reviews, namespace: bank }', 0], ['{ group: networking.istio.io, kind: ServiceEntry, name: api }', 0], ['{ group: networking.istio.io, kind: ServiceEntry, name: app }', 1],
  ['{ group: example.com, kind: Service, name: revews }', 0],
])('a route inside the mesh is attached to %s (MW0159)', (parent, count) => {
  expect(told('MW0159', service('reviews'), entry('api', 'shop', '{ number: 443, name: tls, protocol: TLS }'), object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'a', 'shop', `spec: { parentRefs: [${parent}], rules: [{ backendRefs: [{ name: reviews, port: 80 }] }] }`))).toHaveLength(count);
});
