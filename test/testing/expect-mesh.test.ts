import { App, ApiObject, Chart } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { MeshApp, MeshService, ServiceMesh } from '../../lib/index.ts';
import { Mesh, readManifests } from '../../lib/mesh/index.ts';
import { expectMesh, NotAsExpected, type RequestExpectation } from '../../lib/testing/index.ts';

const yaml = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
${workload('cart', ['v1'])}${workload('reviews', ['v1', 'v2'])}${workload('ratings', ['v1'])}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: shop }
spec: { host: reviews, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: shop }
spec:
  hosts: [reviews]
  http:
  - match: [{ headers: { end-user: { exact: jason } } }]
    route: [{ destination: { host: reviews, subset: v2 } }]
    timeout: 1.5s
  - match: [{ uri: { prefix: /old } }]
    redirect: { uri: /new, redirectCode: 308 }
  - match: [{ uri: { prefix: /off } }]
    directResponse: { status: 503 }
  - route:
    - { destination: { host: reviews, subset: v1 }, weight: 90 }
    - { destination: { host: reviews, subset: v2 }, weight: 10 }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ratings, namespace: shop }
spec:
  selector: { matchLabels: { app: ratings } }
  rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/reviews] } }] }]
`;

function workload(name: string, versions: readonly string[]): string {
  return `---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 9080 }] }
${versions.map(version => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}-${version}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name}, version: ${version} } }
  template: { metadata: { labels: { app: ${name}, version: ${version} } }, spec: { serviceAccountName: ${name}, containers: [{ name: app, image: a }] } }
`).join('')}`;
}

const from = 'shop/cart';
const mesh = expectMesh(yaml);
const jason = mesh.request('GET http://reviews.shop:9080/', { from, headers: { 'end-user': 'jason' } });
const anyone = mesh.request('GET http://reviews.shop:9080/', { from });
const old = mesh.request('GET http://reviews.shop:9080/old', { from });
const off = mesh.request('GET http://reviews.shop:9080/off', { from });
const ratings = mesh.request('GET http://ratings.shop:9080/', { from });

describe('an assertion that holds says nothing:', () => {
  test.each<[string, () => void]>([
    ['a subset is reached', () => { jason.toReach('reviews', { subset: 'v2', mtls: true }); }],
    ['a share reaches a subset', () => { anyone.toReach('reviews', { subset: 'v2', percent: 10 }); }],
    ['traffic is split', () => { anyone.toSplit({ v1: 90, v2: 10 }); }],
    ['a timeout, as it is written', () => { jason.toTimeOutAfter('1.5s'); }],
    ['a timeout, written otherwise', () => { jason.toTimeOutAfter('1500ms'); }],
    ['a redirect', () => { old.toRedirectTo('http://reviews.shop:9080/new', { status: 308 }); }],
    ['an answer of the proxy', () => { off.toRespondWith(503); }],
    ['a policy denies', () => { ratings.toBeDenied({ status: 403 }); }],
    ['a policy lets its caller in', () => { mesh.request('GET http://ratings.shop:9080/', { from: 'sa:shop/reviews' }).toReach('ratings'); }],
    ['anything that --expect can say', () => { anyone.toEndAs({ reaches: 'reviews', path: '/', sure: true }); }],
  ])('%s', (_, holds) => { expect(holds).not.toThrow(); });
});

describe('an assertion that does not hold says why, with the trace:', () => {
  test.each<[string, RequestExpectation, (request: RequestExpectation) => void, string]>([
    ['another subset', jason, request => { request.toReach('reviews', { subset: 'v1' }); }, 'expected the request to reach reviews, subset v1, but:\n  the subset is v2, not v1\n'],
    ['another host', jason, request => { request.toReach('ratings'); }, 'reach ratings, but:\n  it reaches reviews.shop.svc.cluster.local, not ratings\n'],
    ['a part only', anyone, request => { request.toReach('reviews', { subset: 'v1' }); }, 'the subset is v2, not v1'],
    ['another share', anyone, request => { request.toReach('reviews', { subset: 'v2', percent: 20 }); }, 'reach reviews, subset v2, at 20 %, but:\n  10 % of requests do, not 20 %\n'],
    ['another split', anyone, request => { request.toSplit({ v1: 80, v2: 20 }); }, 'be shared as v1 80 %, v2 20 %, but:\n  v1 gets 90 %, not 80 %\n  v2 gets 10 %, not 20 %\n'],
    ['no refusal', jason, request => { request.toBeDenied(); }, 'be denied, but:\n  nothing refuses it\n'],
    ['an answer that is no refusal', off, request => { request.toBeDenied(); }, 'be denied, but:\n  nothing refuses it\n'],
    ['a refusal with another status', ratings, request => { request.toBeDenied({ status: 401 }); }, 'the status is 403, not 401'],
    ['another timeout', jason, request => { request.toTimeOutAfter('2s'); }, 'time out after 2s, but:\n  the timeout is 1500ms, not 2s\n'],
    ['no timeout', anyone, request => { request.toTimeOutAfter('2s'); }, 'the timeout is none, not 2s'],
    ['another location', old, request => { request.toRedirectTo('/elsewhere'); }, 'be redirected to /elsewhere, but:\n  the location is http://reviews.shop:9080/new, not /elsewhere\n'],
    ['an answer of the application', jason, request => { request.toRespondWith(200); }, 'be answered with 200 by a proxy, but:\n  no proxy answers: it reaches its destination\n'],
    ['another answer', off, request => { request.toRespondWith(404); }, 'the status is 503, not 404'],
    ['another end', ratings, request => { request.toEndAs({ reaches: 'ratings' }); }, 'end as {"reaches":"ratings"}, but:\n  it does not reach ratings\n'],
  ])('%s', (_, request, asserts, message) => {
    const failure = thrown(() => { asserts(request); });
    expect(failure).toBeInstanceOf(NotAsExpected);
    expect(failure.name).toBe('AssertionError');
    expect(failure.message).toContain(message);
    expect(failure.message).toMatch(/\n\nGET http:\/\/\S+ from Deployment shop\/cart-v1\n\n {2}- the sidecar of Deployment shop\/cart-v1 takes[^]+=> /);
  });
});

test('what is not modelled fulfils no assertion, unless that is what is asked', () => {
  const asks = yaml.replace(/ {2}rules: \[\{ from: .*/, '  action: CUSTOM\n  provider: { name: opa }\n  rules: [{}]');
  const unsure = expectMesh(asks, { meshConfig: { extensionProviders: [{ name: 'opa', envoyExtAuthzGrpc: { service: 'opa.shop.svc.cluster.local', port: 9000 } }] } })
    .request('GET http://ratings.shop:9080/', { from });
  expect(unsure.trace.sure).toBe(false);
  expect(thrown(() => { unsure.toReach('ratings'); }).message).toContain('it is unsure');
  expect(thrown(() => { unsure.toReach('ratings', { percent: 100 }); }).message).toContain('it is unsure');
  expect(thrown(() => { unsure.toBeDenied(); }).message).toContain('nothing refuses it');
  expect(() => { unsure.toEndAs({ sure: false }); }).not.toThrow();
});

describe('a mesh is made of', () => {
  const sent = (source: Parameters<typeof expectMesh>[0]): RequestExpectation => expectMesh(source).request('GET http://reviews.shop:9080/', { from: 'shop/cart' });
  const objects = readManifests({ file: 'a.yaml', text: yaml }).manifests;
  const chartIn = (app: App): Chart => {
    const chart = new Chart(app, 'shop');
    for (const [i, { object }] of objects.entries()) new ApiObject(chart, `o${i}`, object as unknown as ConstructorParameters<typeof ApiObject>[2]);
    return chart;
  };

  test('a Mesh', () => { sent(Mesh.from(objects)).toSplit({ v1: 90, v2: 10 }); });
  test('a Chart', () => { sent(chartIn(new App())).toSplit({ v1: 90, v2: 10 }); });
  test('an App', () => {
    const app = new App();
    chartIn(app);
    sent(app).toSplit({ v1: 90, v2: 10 });
  });
  test('a MeshApp', () => {
    const app = new MeshApp();
    const shop = new ServiceMesh(app, 'mesh').namespace('shop');
    const image = 'example.com/app:1.0.0';
    const reviews = new MeshService(shop, 'reviews', { port: 9080, versions: { v1: { image } } });
    const cart = new MeshService(shop, 'cart', { port: 8080, versions: { v1: { image } } });
    cart.calls(reviews, { methods: ['GET'] });
    sent(app).toReach('reviews', { mtls: true });
    expectMesh(app).request('POST http://reviews.shop:9080/', { from: 'shop/cart' }).toBeDenied({ status: 403 });
  });
});

describe('what cannot be asked says so at once:', () => {
  test.each<[string, () => unknown, string]>([
    ['YAML that cannot be read', () => expectMesh('a: [\n'), 'the YAML:'],
    ['a path in place of YAML', () => expectMesh('dist/'), 'the YAML:1: '],
    ['nothing', () => expectMesh(''), 'the mesh has no Kubernetes object; give YAML as text (not a path), a Chart that has objects, or an App'],
    ['a chart without objects', () => expectMesh(new Chart(new App(), 'empty')), 'the mesh has no Kubernetes object'],
    ['an unknown sender', () => mesh.request('GET http://reviews.shop:9080/', { from: 'shop/crat-v1' }), 'there is no workload "shop/crat-v1"; did you mean shop/cart-v1?'],
  ])('%s', (_, asks, message) => { expect(asks).toThrow(message); });
});

function thrown(run: () => void): NotAsExpected {
  try {
    run();
  } catch (error) {
    return error as NotAsExpected;
  }
  throw new Error('nothing was thrown');
}
