import { describe, expect, test } from 'vitest';
import { told } from './told.ts';

const object = (apiVersion: string, kind: string, name: string, namespace: string, spec: string): string => `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: ${name}, namespace: ${namespace} }, spec: ${spec} }`;
const istio = (kind: string, name: string, namespace: string, spec: string): string => object('networking.istio.io/v1', kind, name, namespace, spec);
const policy = (name: string, namespace: string, spec: string): string => object('security.istio.io/v1', 'AuthorizationPolicy', name, namespace, spec);
const namespace = (name: string): string => `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name} } }`;
const account = (name: string, place: string): string => `{ apiVersion: v1, kind: ServiceAccount, metadata: { name: ${name}, namespace: ${place} } }`;
const service = (name: string, place: string, spec = '{ selector: { app: a }, ports: [{ name: http, port: 80 }] }'): string => object('v1', 'Service', name, place, spec);
const pod = (name: string, place: string, labels = '{ app: a }'): string => `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: ${name}, namespace: ${place} }, spec: { template: { metadata: { labels: ${labels} } } } }`;

describe('exportTo of a namespace that is not there (MW0104)', () => {
  const rule = (exportTo: string): string => istio('DestinationRule', 'a', 'shop', `{ host: a, exportTo: [${exportTo}] }`);

  test.each([['"."', 0], ['"*"', 0], ['shop', 0], ['nowhere', 1], ['shop, nowhere, elsewhere', 2]])('%s', (exportTo, count) => {
    expect(told('MW0104', namespace('shop'), rule(exportTo))).toHaveLength(count);
  });

  test('nothing is known where no Namespace is given, and one with objects in it is there', () => {
    expect(told('MW0104', rule('nowhere'))).toEqual([]);
    expect(told('MW0104', namespace('shop'), service('a', 'bank'), rule('bank'))).toEqual([]);
  });

  test('of a ServiceEntry it may be nobody', () => {
    expect(told('MW0104', namespace('shop'), istio('ServiceEntry', 'a', 'shop', '{ hosts: [a.example.com], exportTo: ["~"], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }'))).toEqual([]);
  });
});

describe('principals whose ServiceAccount is not there (MW0108)', () => {
  const allow = (source: string): string => policy('a', 'shop', `{ rules: [{ from: [{ source: { ${source} } }] }] }`);

  test.each([
    ['principals: [cluster.local/ns/shop/sa/cart]', 0], ['principals: [cluster.local/ns/shop/sa/crat]', 1], ['notPrincipals: [cluster.local/ns/shop/sa/crat]', 1],
    ['principals: ["cluster.local/ns/shop/sa/*"]', 0], ['principals: ["*/ns/shop/sa/crat"]', 1], ['principals: ["*"]', 0], ['principals: [elsewhere.example/ns/shop/sa/crat]', 0],
    ['principals: [cluster.local/ns/bank/sa/crat]', 0], ['principals: [cluster.local/ns/shop/sa/default]', 0],
    ['serviceAccounts: [cart]', 0], ['serviceAccounts: [crat]', 1], ['serviceAccounts: [shop/cart]', 0], ['serviceAccounts: [shop/crat]', 1], ['notServiceAccounts: [crat]', 1],
  ])('%s', (source, count) => {
    expect(told('MW0108', account('cart', 'shop'), allow(source))).toHaveLength(count);
  });

  test('those of machines and of gateways are there', () => {
    expect(told('MW0108', account('cart', 'shop'), istio('WorkloadEntry', 'vm', 'shop', '{ address: 10.0.0.1, serviceAccount: legacy }'), allow('principals: [cluster.local/ns/shop/sa/legacy]'))).toEqual([]);
    expect(told('MW0108', account('cart', 'shop'), 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { istio.io/use-waypoint: waypoint } }\n', allow('principals: [cluster.local/ns/shop/sa/waypoint]'))).toEqual([]);
    expect(told('MW0108', account('cart', 'shop'), object('gateway.networking.k8s.io/v1', 'Gateway', 'door', 'shop', '{ gatewayClassName: istio, listeners: [] }'), allow('principals: [cluster.local/ns/shop/sa/door-istio]'))).toEqual([]);
  });
});

describe('DestinationRules of one host (MW0110)', () => {
  const rule = (name: string, spec: string, host = 'a'): string => istio('DestinationRule', name, 'shop', `{ host: ${host}, ${spec} }`);
  const random = 'trafficPolicy: { loadBalancer: { simple: RANDOM } }';

  test.each<[string, readonly string[], number]>([
    ['whose policies differ', [rule('one', random), rule('two', 'trafficPolicy: { tls: { mode: DISABLE } }')], 1],
    ['by its short and by its full name', [rule('one', random), rule('two', 'trafficPolicy: { tls: { mode: DISABLE } }', 'a.shop.svc.cluster.local')], 1],
    ['that say the same in another order', [rule('one', 'trafficPolicy: { tls: { mode: DISABLE }, loadBalancer: { simple: RANDOM } }'), rule('two', 'trafficPolicy: { loadBalancer: { simple: RANDOM }, tls: { mode: DISABLE } }')], 0],
    ['of which one has the policy, the other subsets', [rule('one', random), rule('two', 'subsets: [{ name: v1, labels: { version: v1 } }]')], 0],
    ['whose subsets of a name differ', [rule('one', 'subsets: [{ name: v1, labels: { version: v1 } }]'), rule('two', 'subsets: [{ name: v1, labels: { version: v2 } }]')], 1],
    ['for different clients by selector', [rule('one', random), rule('two', 'workloadSelector: { matchLabels: { app: web } }, trafficPolicy: { tls: { mode: DISABLE } }')], 0],
    ['exported to different namespaces', [rule('one', `${random}, exportTo: [bank]`), rule('two', 'trafficPolicy: { tls: { mode: DISABLE } }, exportTo: [web]')], 0],
    ['of which one is exported to all, the other to one', [rule('one', random), rule('two', 'trafficPolicy: { tls: { mode: DISABLE } }, exportTo: ["."]')], 1],
  ])('%s', (_, rules, count) => {
    expect(told('MW0110', ...rules)).toHaveLength(count);
  });
});

describe('overlapping hosts of VirtualServices in the mesh (IST0109)', () => {
  const routes = (name: string, host: string, more = ''): string => istio('VirtualService', name, 'shop', `{ hosts: ["${host}"], http: [{ route: [{ destination: { host: a } }] }] ${more} }`);

  test.each<[string, readonly string[], number]>([
    ['the same', [routes('one', 'a.example.com'), routes('two', 'a.example.com')], 2],
    ['by short and full name', [routes('one', 'a'), routes('two', 'a.shop.svc.cluster.local')], 2],
    ['a wildcard for all and a host in it for one namespace', [routes('one', '*.example.com'), routes('two', 'a.example.com', ', exportTo: ["."]')], 2],
    ['a wildcard and another', [routes('one', '*.example.com'), routes('two', '*.example.org', ', exportTo: ["."]')], 0],
    ['one at a gateway alone', [routes('one', 'a.example.com'), routes('two', 'a.example.com', ', gateways: [gw]')], 0],
    ['one at a gateway and in the mesh', [routes('one', 'a.example.com'), routes('two', 'a.example.com', ', gateways: [gw, mesh]')], 2],
    ['exported to different namespaces', [routes('one', 'a.example.com', ', exportTo: [bank]'), routes('two', 'a.example.com', ', exportTo: [web]')], 0],
  ])('%s', (_, services, count) => {
    expect(told('IST0109', ...services)).toHaveLength(count);
  });
});

describe('the target of a policy (MW0306)', () => {
  const targets = (ref: string): string => policy('a', 'shop', `{ targetRefs: [${ref}], rules: [{}] }`);

  test.each([
    ['{ kind: Service, group: "", name: cart }', 0], ['{ kind: Service, group: core, name: cart }', 0], ['{ kind: Service, group: "", name: crat }', 1], ['{ kind: Service, group: core, name: crat }', 1],
    ['{ kind: GatewayClass, group: gateway.networking.k8s.io, name: istio-waypoint }', 0], ['{ kind: ServiceEntry, group: networking.istio.io, name: any }', 0],
  ])('%s', (ref, count) => {
    expect(told('MW0306', service('cart', 'shop'), targets(ref))).toHaveLength(count);
  });
});

describe('a host at TLS servers of one port (MW0311)', () => {
  const gateway = (name: string, host: string, more = '', port = 443): string => istio('Gateway', name, 'shop', `{ selector: { istio: gw }, servers: [{ hosts: ["${host}"], port: { number: ${port}, name: https, protocol: HTTPS }, tls: { mode: SIMPLE, credentialName: ${name} } ${more} }] }`);

  test.each<[string, readonly string[], number]>([
    ['for two namespaces', [gateway('one', 'a/x.example.com'), gateway('two', 'b/x.example.com')], 2],
    ['for all and for one', [gateway('one', 'x.example.com'), gateway('two', 'b/x.example.com')], 2],
    ['for the same namespace', [gateway('one', 'a/x.example.com'), gateway('two', 'a/x.example.com')], 0],
    ['on two ports', [gateway('one', 'a/x.example.com'), gateway('two', 'b/x.example.com', '', 8443)], 0],
    ['bound to two addresses', [gateway('one', 'a/x.example.com', ', bind: 10.0.0.1'), gateway('two', 'b/x.example.com', ', bind: 10.0.0.2')], 0],
    ['under a wildcard', [gateway('one', 'a/*.example.com'), gateway('two', 'b/x.example.com')], 0],
    ['run by other pods', [gateway('one', 'a/x.example.com'), gateway('two', 'b/x.example.com').replace('istio: gw', 'istio: other')], 0],
  ])('%s', (_, gateways, count) => {
    expect(told('MW0311', ...gateways)).toHaveLength(count);
  });
});

describe('a DestinationRule that nobody follows (MW0304)', () => {
  const rule = (place: string, more = ''): string => istio('DestinationRule', 'a', place, `{ host: a.shop.svc.cluster.local ${more}, trafficPolicy: { loadBalancer: { simple: RANDOM } } }`);
  const shop = [service('a', 'shop'), pod('a', 'shop')];

  test.each<[string, string, number]>([
    ['in the namespace of the service', rule('shop'), 0],
    ['in a namespace without workloads', rule('empty'), 1],
    ['in the root namespace', rule('istio-system'), 0],
    ['with a selector that takes nothing', rule('shop', ', workloadSelector: { matchLabels: { app: none } }'), 1],
    ['with a selector that takes something', rule('shop', ', workloadSelector: { matchLabels: { app: a } }'), 0],
  ])('%s', (_, given, count) => {
    expect(told('MW0304', ...shop, given)).toHaveLength(count);
  });

  test('in a namespace with clients', () => {
    expect(told('MW0304', ...shop, pod('web', 'web', '{ app: web }'), rule('web'))).toEqual([]);
  });
});

describe('a TCP port of a ServiceEntry without addresses (IST0134)', () => {
  const entry = (more = ''): string => `{ apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: { name: db, namespace: shop }, spec: { hosts: [db.example.com], ports: [{ number: 5432, name: tcp, protocol: tcp }], resolution: DNS } ${more} }`;
  const config = (...names: readonly string[]): string => `{ apiVersion: v1, kind: ConfigMap, metadata: { name: istio, namespace: istio-system }, data: { mesh: '${JSON.stringify({ defaultConfig: { proxyMetadata: Object.fromEntries(names.map(name => [name, 'true'])) } })}' } }`;

  test('has none, whatever the case of its protocol', () => {
    expect(told('IST0134', entry())).toHaveLength(1);
  });

  test('has some where the proxies allocate them', () => {
    expect(told('IST0134', config('ISTIO_META_DNS_CAPTURE', 'ISTIO_META_DNS_AUTO_ALLOCATE'), entry())).toEqual([]);
    expect(told('IST0134', config('ISTIO_META_DNS_CAPTURE', 'PILOT_ENABLE_IP_AUTOALLOCATE'), entry())).toEqual([]);
    expect(told('IST0134', config('PILOT_ENABLE_IP_AUTOALLOCATE'), entry())).toHaveLength(1);
  });

  test('has those that istiod has written into its status', () => {
    expect(told('IST0134', entry(', status: { addresses: [{ value: 240.240.0.1, host: db.example.com }] }'))).toEqual([]);
  });
});
