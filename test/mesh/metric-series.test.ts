import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readManifests } from '../../lib/manifest/index.ts';
import { calleesOfWorkload, callersOf, effectOnSeries, Mesh, metricNames, seriesOf, telemetriesFor, valuesOf } from '../../lib/mesh/index.ts';

const deployment = (name: string, { version = 'v1', replicas = 1, namespace = 'shop' } = {}): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}-${version}, namespace: ${namespace} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name}, version: ${version} } }
  template: { metadata: { labels: { app: ${name}, version: ${version} } }, spec: { serviceAccountName: ${name}, containers: [{ name: app, image: a }] } }
`;
const service = (name: string, { protocol = 'http', namespace = 'shop' } = {}): string => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { selector: { app: ${name} }, ports: [{ name: ${protocol}, port: 80 }] }
`;
const namespace = (name: string): string => `\napiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: { istio-injection: enabled } }\n`;
const calls = (from: string, to: string): string => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ${from}-${to}, namespace: shop }
spec: { selector: { matchLabels: { app: ${to} } }, rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/${from}] } }] }] }
`;
const telemetry = (metrics: string, { name = 'default', in: place = 'istio-system', selector = '' } = {}): string => `
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: { name: ${name}, namespace: ${place} }
spec: { ${selector} metrics: [${metrics}] }
`;
const overrides = (...each: readonly string[]): string => `{ providers: [{ name: prometheus }], overrides: [${each.join(', ')}] }`;

function meshOf(...documents: readonly string[]): Mesh {
  const { manifests, problems } = readManifests({ file: 'a.yaml', text: documents.join('---') });
  expect(problems).toEqual([]);
  return Mesh.from(manifests);
}

/** Web calls two versions of cart. */
const shop = [namespace('shop'), deployment('web'), service('web'), deployment('cart'), deployment('cart', { version: 'v2' }), service('cart'), calls('web', 'cart')];
const ended = 5;
const request = 1 + 3 * 22;

function effect(metrics: string, how: Parameters<typeof telemetry>[1] = {}, more: readonly string[] = []) {
  const mesh = meshOf(...shop, ...more, telemetry(metrics, how));
  const [on] = mesh.telemetries;
  return on && effectOnSeries(mesh, on);
}

describe('series are counted', () => {
  test('for each pair of caller and version on both sides, each way that requests end, and each bucket', () => {
    // The proxy of web: two versions of cart. Those of cart: web, each. That of web: its one unknown caller.
    expect(effect(overrides())).toEqual({ proxies: 3, without: (2 + 2 + 1) * ended * request, with: (2 + 2 + 1) * ended * request });
  });

  test('once for each pod', () => {
    const mesh = meshOf(namespace('shop'), deployment('web', { replicas: 3 }), service('web'));
    expect(mesh.workloads.map(workload => seriesOf(mesh, workload, []))).toEqual([3 * ended * request]);
  });

  test('of a port with TCP without codes and histograms', () => {
    const mesh = meshOf(namespace('shop'), deployment('db'), service('db', { protocol: 'tcp' }));
    expect(mesh.workloads.map(workload => seriesOf(mesh, workload, []))).toEqual([2 * 4]);
  });

  test('not twice for a Deployment and the pods that it made', () => {
    const owner = (kind: string, name: string): string => `ownerReferences: [{ apiVersion: apps/v1, kind: ${kind}, name: ${name} }]`;
    const spec = '{ containers: [{ name: app, image: a }] }';
    const made = [
      `\napiVersion: apps/v1\nkind: ReplicaSet\nmetadata: { name: web-v1-1, namespace: shop, ${owner('Deployment', 'web-v1')} }\nspec: { template: { metadata: { labels: { app: web, version: v1 } }, spec: ${spec} } }\n`,
      `\napiVersion: v1\nkind: Pod\nmetadata: { name: web-v1-1-a, namespace: shop, labels: { app: web, version: v1 }, ${owner('ReplicaSet', 'web-v1-1')} }\nspec: ${spec}\n`,
    ];
    expect(effect(overrides(), {}, made)).toEqual(effect(overrides()));
  });

  test('from a gateway to what its routes name', () => {
    const ingress = [
      '\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ingress, namespace: istio-system }\nspec: { template: { metadata: { labels: { istio: ingress } }, spec: { containers: [{ name: istio-proxy, image: auto }] } } }\n',
      '\napiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: { name: edge, namespace: istio-system }\nspec: { selector: { istio: ingress }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }\n',
      '\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: cart, namespace: shop }\nspec: { hosts: ["*"], gateways: [istio-system/edge], http: [{ route: [{ destination: { host: cart } }] }] }\n',
    ];
    // To two versions of cart, and each of them has one caller more.
    expect(effect(overrides(), {}, ingress)).toEqual({ proxies: 4, without: (5 + 2 + 2) * ended * request, with: (5 + 2 + 2) * ended * request });
  });
});

describe('a Telemetry', () => {
  const total = 5 * ended;

  test.each<[string, string, number]>([
    ['that turns a counter off drops one series of each combination', overrides('{ match: { metric: REQUEST_COUNT }, disabled: true }'), total * (request - 1)],
    ['that turns a histogram off drops its buckets', overrides('{ match: { metric: REQUEST_SIZE }, disabled: true }'), total * (request - 22)],
    ['that turns all off on one side leaves the other', overrides('{ match: { metric: ALL_METRICS, mode: CLIENT }, disabled: true }'), 3 * ended * request],
    ['that takes off the code leaves the flags', overrides('{ tagOverrides: { response_code: { operation: REMOVE } } }'), 5 * 3 * request],
    ['that takes off what another label says as well drops nothing', overrides('{ tagOverrides: { destination_version: { operation: REMOVE } } }'), total * request],
    ['that adds a label multiplies by its values', overrides('{ tagOverrides: { a: { value: request.method } } }'), total * request * 5],
    ['that adds a constant adds nothing', overrides('{ tagOverrides: { a: { value: "\'x\'" } } }'), total * request],
    ['that names a provider that is not Prometheus leaves it nothing', '{ providers: [{ name: stackdriver }] }', 0],
  ])('%s', (_, metrics, series) => {
    expect(effect(metrics)).toEqual({ proxies: 3, without: total * request, with: series });
  });

  test('that takes off all that tells versions apart merges them', () => {
    const labels = ['workload', 'version', 'canonical_revision'].map(label => `destination_${label}: { operation: REMOVE }`);
    expect(effect(overrides(`{ match: { mode: CLIENT }, tagOverrides: { ${labels.join(', ')} } }`))?.with).toBe(4 * ended * request);
  });

  test('of a namespace is counted for what it adds to that of the mesh', () => {
    const mesh = telemetry(overrides('{ match: { metric: REQUEST_SIZE }, disabled: true }'));
    const own = { name: 'own', in: 'shop' };
    const all = meshOf(...shop, mesh, telemetry(overrides('{ match: { metric: RESPONSE_SIZE }, disabled: true }'), own));
    expect(all.telemetries.map(on => effectOnSeries(all, on))).toEqual([
      { proxies: 3, without: total * (request - 22), with: total * (request - 44) },
      { proxies: 3, without: total * (request - 22), with: total * (request - 44) },
    ]);
  });

  test('of a workload is counted for that workload', () => {
    expect(effect(overrides('{ match: { metric: ALL_METRICS }, disabled: true }'), { in: 'shop', selector: 'selector: { matchLabels: { app: web } },' }))
      .toEqual({ proxies: 1, without: 3 * ended * request, with: 0 });
  });

  test('that another one takes the place of changes nothing', () => {
    const mesh = meshOf(...shop, telemetry(overrides(), { name: 'a' }), telemetry(overrides('{ match: { metric: ALL_METRICS }, disabled: true }'), { name: 'b' }));
    expect(mesh.telemetries.map(on => effectOnSeries(mesh, on)?.with)).toEqual([total * request, undefined]);
  });
});

describe('laws', () => {
  const edges = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('a', 'b', 'c')), { selector: pair => pair.join('-') });
  const labels = ['source_workload', 'source_app', 'source_principal', 'destination_workload', 'destination_version', 'destination_service', 'response_code', 'response_flags', 'extra'];
  const override = fc.record({
    metric: fc.constantFrom('', ...metricNames), mode: fc.constantFrom('', 'CLIENT', 'SERVER'),
    tags: fc.dictionary(fc.constantFrom(...labels), fc.constantFrom('{ operation: REMOVE }', '{ value: request.method }', '{ value: request.path }', '{ value: "1" }')),
  }).map(({ metric, mode, tags }) => `{ match: { ${metric === '' ? '' : `metric: ${metric}, `}${mode === '' ? '' : `mode: ${mode}`} }, tagOverrides: { ${Object.entries(tags).map(([tag, how]) => `${tag}: ${how}`).join(', ')} } }`);
  const meshWith = (pairs: readonly (readonly [string, string])[], ...more: readonly string[]): Mesh =>
    meshOf(namespace('shop'), ...['a', 'b', 'c'].flatMap(name => [deployment(name), deployment(name, { version: 'v2' }), service(name)]), ...pairs.map(([from, to]) => calls(from, to)), ...more);
  const count = (mesh: Mesh): number => mesh.workloads.reduce((sum, workload) => sum + seriesOf(mesh, workload, telemetriesFor(mesh, workload.namespace, workload.podLabels)), 0);

  test('taking off one label more never raises the estimate', () => {
    fc.assert(fc.property(edges, fc.array(override, { maxLength: 3 }), fc.constantFrom(...labels), (pairs, before, label) => {
      const fewer = meshWith(pairs, telemetry(overrides(...before, `{ tagOverrides: { ${label}: { operation: REMOVE } } }`)));
      expect(count(fewer)).toBeLessThanOrEqual(count(meshWith(pairs, telemetry(overrides(...before)))));
    }), { numRuns: 60 });
  });

  test('a caller more never lowers it', () => {
    fc.assert(fc.property(edges, fc.constantFrom('a', 'b', 'c'), fc.constantFrom('a', 'b', 'c'), (pairs, from, to) => {
      expect(count(meshWith([...pairs.filter(([a, b]) => a !== from || b !== to), [from, to]]))).toBeGreaterThanOrEqual(count(meshWith(pairs)));
    }), { numRuns: 60 });
  });

  test('who calls is found from both ends', () => {
    fc.assert(fc.property(edges, pairs => {
      const mesh = meshWith(pairs);
      const forth = mesh.workloads.flatMap(workload => calleesOfWorkload(mesh, workload).map(({ name }) => `${workload.name} ${name}`));
      const back = mesh.services.flatMap(each => callersOf(mesh, each).map(({ name }) => `${name} ${each.name}`));
      expect(back.sort()).toEqual(forth.sort());
    }), { numRuns: 60 });
  });

  test('a Sidecar names callers as an AuthorizationPolicy does', () => {
    const mesh = meshWith([], '\napiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: { name: a, namespace: shop }\nspec: { workloadSelector: { labels: { app: a } }, egress: [{ hosts: [shop/b.shop.svc.cluster.local, "istio-system/*"] }] }\n');
    const [, b] = mesh.services;
    expect(b && callersOf(mesh, b).map(({ name }) => name)).toEqual(['a-v1', 'a-v2']);
  });
});

test.each<[string, number, string | undefined]>([
  ['"x"', 1, undefined],
  ['request.method', 5, undefined],
  ['request["method"]', 5, undefined],
  ['request.path', 1000, 'request.path'],
  ['request.headers["x-tenant"]', 1000, 'request.headers["x-tenant"]'],
  ['request.path.startsWith("/api") ? "api" : "other"', 2, undefined],
  ['request.path == "/" ? "root" : request.url_path', 1001, 'request.url_path'],
  ['has(request.id)', 2, undefined],
  ['request.path.split("/")[1]', 1000, 'request.path'],
  ['request.method + string(response.code)', 25, undefined],
  ['node.metadata["CLUSTER_ID"]', 1, undefined],
])('%s has %i values', (expression, values, unbounded) => {
  expect(valuesOf(expression)).toEqual({ count: values, unbounded });
});

test('what is no expression has no values', () => {
  expect(valuesOf('request.(')).toBeNull();
  expect(valuesOf('('.repeat(20_000))).toBeNull();
});
