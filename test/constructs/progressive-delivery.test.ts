import { Duration } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { AbTest, Affinity, BlueGreen, Canary, IngressGateway, Match, MeshService, Step } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);

const plan = [
  Step.percent(5), Step.pause(Duration.minutes(30)), Step.gate('success rate', 'sum(rate(istio_requests_total{response_code!~"5.."}[5m]))', { atLeast: 0.99 }),
  Step.percent(50), Step.pause(), Step.percent(100),
];

describe('a canary with a plan', () => {
  test.each([[1, 5], [2, 5], [3, 5], [4, 50], [5, 50], [6, 100]])('emits step %i with %i percent', (step, percent) => {
    const { mesh, shop } = shopMesh();
    const canary = new Canary(reviewsOf(shop), 'v3', { from: 'v1', to: 'v3', plan, step });
    expect(canary.percent).toBe(percent);
    expect(emitted(mesh, 'VirtualService')[0]?.spec).toMatchObject({ http: [{ route: [{ weight: 100 - percent }, { weight: percent }] }] });
  });

  test.each([
    ['no such step', { plan, step: 7 }, 'step must be a whole number between 1 and 6, as the plan has steps, got 7'],
    ['a percentage beside it', { plan, percent: 5 }, 'both percent and plan say how many requests v3 takes'],
    ['a step without a plan', { step: 1 }, 'step 1 is of no plan'],
    ['a pause before anything', { plan: [Step.pause(), Step.percent(5)] }, 'a plan begins with a percentage'],
    ['a way back', { plan: [Step.percent(50), Step.percent(5)] }, 'step 2 goes from 50 to 5 percent; a plan goes forward only'],
    ['a percentage that is none', { plan: [Step.percent(101)] }, 'step 1 must be a whole number between 0 and 100, got 101'],
    ['a gate that lets everything pass', { plan: [Step.percent(5), Step.gate('rate', 'up', {})] }, 'gate "rate" lets everything pass; give atLeast or atMost'],
  ])('has no %s', (_, props, message) => {
    expect(() => new Canary(reviewsOf(shopMesh().shop), 'v3', { from: 'v1', to: 'v3', ...props })).toThrow(message);
  });
});

test('a client that has met the canary stays with it', () => {
  const { mesh, shop } = shopMesh();
  new Canary(reviewsOf(shop), 'v3', { from: 'v1', to: 'v3', affinity: Affinity.cookie('reviews-version', { maxAge: Duration.hours(1) }) });
  golden('affinity.yaml', emitted(mesh, 'VirtualService'));
  expect(findings(mesh)).toEqual([]);
});

test('where a controller owns the weights, GitOps is told to leave them, inside the mesh and at the gateway', () => {
  const { shop } = shopMesh();
  const reviews = reviewsOf(shop);
  const canary = new Canary(reviews, 'v3', { from: 'v1', to: 'v3', weights: 'controller' });
  new IngressGateway(shop, 'ingress', { hosts: ['a.com'] }).exposes(reviews);
  const { ignoreDifferences, syncOptions, driftIgnore } = canary.ignoreDifferences();
  expect(ignoreDifferences.map(({ name, namespace }) => `${namespace}/${name}`)).toEqual(['shop/reviews', 'shop/reviews-ingress']);
  expect(ignoreDifferences[0]?.jqPathExpressions).toContain('.spec.http[]?.route[]?.weight');
  expect(syncOptions).toEqual(['RespectIgnoreDifferences=true']);
  expect(driftIgnore[0]).toEqual({ paths: ['/spec/http', '/spec/tcp', '/spec/tls'], target: { kind: 'VirtualService', name: 'reviews', namespace: 'shop' } });
});

test('where git owns the weights, nothing is to be ignored', () => {
  const canary = new Canary(reviewsOf(shopMesh().shop), 'v3', { from: 'v1', to: 'v3' });
  expect(() => canary.ignoreDifferences()).toThrow('its percentages are changed in git, so GitOps must not ignore them');
});

test('blue takes everything, and a preview sees green', () => {
  const { mesh, shop } = shopMesh();
  new BlueGreen(reviewsOf(shop), 'release', { blue: 'v1', green: 'v2', live: 'blue', preview: [Match.header('x-preview').present()] });
  golden('blue-green.yaml', emitted(mesh, 'VirtualService'));
});

test('the switch from blue to green is one word', () => {
  const { mesh, shop } = shopMesh();
  new BlueGreen(reviewsOf(shop), 'release', { blue: 'v1', green: 'v2', live: 'green' });
  expect(emitted(mesh, 'VirtualService')[0]?.spec).toMatchObject({ http: [{ route: [{ destination: { subset: 'v2' } }] }] });
});

test('each audience of a test meets its version, everybody else the control', () => {
  const { mesh, shop } = shopMesh();
  new AbTest(reviewsOf(shop), 'stars', { control: 'v1', variants: { v2: [Match.cookie('group').exact('b')], v3: [Match.cookie('group').exact('c'), Match.query('group').exact('c')] } });
  golden('ab-test.yaml', emitted(mesh, 'VirtualService'));
  expect(findings(mesh)).toEqual([]);
});

test('connections of a service without HTTP are divided as requests are', () => {
  const { mesh, shop } = shopMesh();
  const versions = { v1: { image: 'a' }, v2: { image: 'b' } };
  new Canary(new MeshService(shop, 'mongo', { port: { port: 27017, protocol: 'mongo' }, versions }), 'v2', { from: 'v1', to: 'v2', percent: 20 });
  new Canary(new MeshService(shop, 'vault', { port: [{ port: 8200, protocol: 'https' }, { port: 8080 }], versions }), 'v2', { from: 'v1', to: 'v2', percent: 20 });
  golden('connections.yaml', emitted(mesh, 'VirtualService'));
  expect(findings(mesh)).toEqual([]);
});

test.each([
  ['two versions that are one', () => new BlueGreen(reviewsOf(shopMesh().shop), 'x', { blue: 'v1', green: 'v1', live: 'blue' }), 'blue and green are both "v1"'],
  ['a test without variants', () => new AbTest(reviewsOf(shopMesh().shop), 'x', { control: 'v1', variants: {} }), 'a test needs a variant'],
  ['a variant that is the control', () => new AbTest(reviewsOf(shopMesh().shop), 'x', { control: 'v1', variants: { v1: [Match.method('GET')] } }), '"v1" is both control and variant'],
])('%s are an error', (_, run, message) => {
  expect(run).toThrow(message);
});

test('two that divide one service are an error that names both', () => {
  const reviews = reviewsOf(shopMesh().shop);
  new Canary(reviews, 'canary', { from: 'v1', to: 'v3' });
  expect(() => new BlueGreen(reviews, 'release', { blue: 'v1', green: 'v2', live: 'blue' }))
    .toThrow('mesh/shop/reviews/release: the requests of this service are divided by mesh/shop/reviews/canary already');
});
