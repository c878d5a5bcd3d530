import { Chart, Duration, JsonPatch, ApiObject, Testing } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MeshService, type MeshServiceProps } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { ratingsOf, reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);
const v1 = { v1: { image: 'a' } };

test('a service brings its workloads, its account and its subsets, and nothing that nobody said', () => {
  const { mesh, shop } = shopMesh();
  reviewsOf(shop);
  golden('smallest.yaml', emitted(mesh));
});

test('a service says all that it can say', () => {
  const { mesh, shop } = shopMesh({ outbound: 'REGISTRY_ONLY' });
  new MeshService(shop, 'api', {
    name: 'shop-api',
    port: [{ port: 80, targetPort: 8080 }, { port: 9090, protocol: 'grpc' }],
    serviceAccount: 'api',
    versions: {
      v1: { image: 'api:1', imagePullPolicy: 'Always', replicas: 3, env: { LOG: 'info' }, emptyDirs: { tmp: '/tmp' }, annotations: { team: 'shop' } },
    },
    timeout: Duration.millis(1500),
    retries: { attempts: 2, perTryTimeout: Duration.millis(500), on: ['connect-failure', 503] },
  });
  golden('everything.yaml', emitted(mesh).filter(({ kind }) => kind !== 'Namespace'));
});

test('retries can be switched off', () => {
  const { mesh, shop } = shopMesh();
  new MeshService(shop, 'api', { port: 80, versions: v1, retries: { attempts: 0 } });
  expect(emitted(mesh, 'VirtualService')[0]?.spec).toMatchObject({ http: [{ retries: { attempts: 0 } }] });
});

test('the Deployment of a version is there for what no prop says', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  ApiObject.of(reviews.deployment('v2')).addJsonPatch(JsonPatch.add('/spec/paused', true));
  const paused = emitted(mesh, 'Deployment').map(({ metadata, spec }) => [metadata.name, (spec as { paused?: boolean }).paused]);
  expect(paused).toEqual([['reviews-v1', undefined], ['reviews-v2', true], ['reviews-v3', undefined]]);
});

test('intents compose in any order into one VirtualService and one DestinationRule a host', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  ratingsOf(shop).calls(reviews);
  for (const kind of ['VirtualService', 'DestinationRule']) {
    const hosts = emitted(mesh, kind).map(({ metadata }) => metadata.name);
    expect(new Set(hosts).size).toBe(hosts.length);
  }
});

describe('calls', () => {
  test('a call is a grant at the callee and a host in sight of the caller', () => {
    const { mesh, shop } = shopMesh({ access: 'deny-by-default' });
    reviewsOf(shop).calls(ratingsOf(shop), { methods: ['GET'], paths: ['/ratings/*'] });
    golden('calls.yaml', emitted(mesh).filter(({ kind }) => ['AuthorizationPolicy', 'Sidecar'].includes(kind)));
  });

  test('a call into another namespace names both', () => {
    const { mesh, shop } = shopMesh({}, { sees: ['monitoring/*'] });
    const ratings = ratingsOf(mesh.namespace('ratings'));
    reviewsOf(shop).calls(ratings);
    golden('calls-across.yaml', emitted(mesh).filter(({ kind }) => ['AuthorizationPolicy', 'Sidecar'].includes(kind)));
  });

  test('a call to another team emits nothing into its namespace, and its grant can be handed over', () => {
    const { app, mesh, shop } = shopMesh();
    const cart = MeshService.existing(shop, 'cart', { namespace: 'carts', port: 80, serviceAccount: 'cart' });
    reviewsOf(shop).calls(cart, { methods: ['POST'] });
    expect(emitted(mesh).filter(({ metadata }) => metadata.namespace === 'carts')).toEqual([]);
    const handed = new Chart(app, 'for-carts');
    cart.grants(handed);
    golden('grants.yaml', Testing.synth(handed) as object[]);
  });

  test('what a waypoint enforces is attached to its service, the rest to the workload', () => {
    const { mesh } = shopMesh();
    const plain = mesh.namespace('plain', { dataPlane: 'ambient' });
    const http = mesh.namespace('http', { dataPlane: 'ambient', waypoint: 'waypoint' });
    reviewsOf(plain).calls(ratingsOf(plain));
    reviewsOf(http).calls(ratingsOf(http), { methods: ['GET'] });
    golden('ambient.yaml', emitted(mesh).filter(({ kind }) => ['AuthorizationPolicy', 'Sidecar', 'Namespace'].includes(kind)));
  });

  const mistakes: readonly (readonly [string, () => void, string])[] = [
    ['a call that is declared twice', () => { const { shop } = shopMesh(); const [a, b] = [reviewsOf(shop), ratingsOf(shop)]; a.calls(b); a.calls(b, { methods: ['GET'] }); }, 'mesh/shop/reviews: it calls mesh/shop/ratings already'],
    ['a method in lower case', () => { const { shop } = shopMesh(); reviewsOf(shop).calls(ratingsOf(shop), { methods: ['get'] }); }, 'mesh/shop/reviews: methods are written upper case, as in "GET", got "get"'],
    ['a path that does not begin', () => { const { shop } = shopMesh(); reviewsOf(shop).calls(ratingsOf(shop), { paths: ['ratings'] }); }, 'a path begins with "/"'],
    ['a path with a star inside', () => { const { shop } = shopMesh(); reviewsOf(shop).calls(ratingsOf(shop), { paths: ['/a/*/b'] }); }, 'may have one "*" at its beginning or its end'],
    ['HTTP limits where no HTTP is', () => { const { shop } = shopMesh(); const db = new MeshService(shop, 'db', { port: { port: 3306, protocol: 'mysql' }, versions: v1 }); reviewsOf(shop).calls(db, { methods: ['GET'] }); }, 'mesh/shop/db has no HTTP port, so methods and paths would deny everything'],
    ['HTTP limits in ambient without a waypoint', () => { const { shop } = shopMesh({}, { dataPlane: 'ambient' }); reviewsOf(shop).calls(ratingsOf(shop), { methods: ['GET'] }); }, 'mesh/shop/ratings is ambient without a waypoint'],
    ['limits outside the mesh', () => { const { shop } = shopMesh({}, { dataPlane: 'none' }); reviewsOf(shop).calls(ratingsOf(shop), { methods: ['GET'] }); }, 'is not in the mesh (dataPlane "none")'],
    ['the grants of a service of one\'s own', () => { ratingsOf(shopMesh().shop).grants(new Chart(Testing.app(), 'x')); }, 'its grants are there already'],
  ];
  test.each(mistakes)('%s is an error', (_, run, message) => {
    expect(run).toThrow(message);
  });
});

describe('a mistake fails at once, with the construct path', () => {
  const cases: readonly (readonly [string, string, Partial<MeshServiceProps<string>>, string])[] = [
    ['a name that is no DNS label', 'Reviews_1', {}, 'mesh/shop/Reviews_1: the name of a service must be a DNS label'],
    ['a name that begins with a digit', '1reviews', {}, 'mesh/shop/1reviews: the name of a service must be a DNS label'],
    ['a port out of range', 'a', { port: 65536 }, 'mesh/shop/a: port must be a whole number between 1 and 65535, got 65536'],
    ['port zero', 'a', { port: 0 }, 'mesh/shop/a: port must be a whole number between 1 and 65535, got 0'],
    ['a target port out of range', 'a', { port: { port: 80, targetPort: -1 } }, 'mesh/shop/a: targetPort must be a whole number between 1 and 65535, got -1'],
    ['one port twice', 'a', { port: [{ port: 80 }, { port: 80, name: 'b' }] }, 'mesh/shop/a: two ports have the number 80'],
    ['one port name twice', 'a', { port: [{ port: 80 }, { port: 81 }] }, 'mesh/shop/a: two ports have the name http'],
    ['no port', 'a', { port: [] }, 'mesh/shop/a: a service needs a port, got none'],
    ['no version', 'a', { versions: {} }, 'mesh/shop/a: a service needs a version, got none'],
    ['a version that is no DNS label', 'a', { versions: { 'v_1': { image: 'a' } } }, 'mesh/shop/a: a version must be a DNS label'],
    ['a timeout below a millisecond', 'a', { timeout: Duration.millis(0) }, 'mesh/shop/a: timeout must be a whole number of milliseconds, at least 1, got 0 ms'],
    ['half a retry', 'a', { retries: { attempts: 0.5 } }, 'mesh/shop/a: retries.attempts must be a whole number of at least 0, got 0.5'],
    ['no retries, but a time for each', 'a', { retries: { attempts: 0, perTryTimeout: Duration.seconds(1) } }, 'retries.attempts is 0, so perTryTimeout would do nothing'],
    ['a retry on a status that is none', 'a', { retries: { attempts: 1, on: [42] } }, 'retries.on takes response statuses between 100 and 599, got 42'],
  ];
  test.each(cases)('%s', (_, id, props, message) => {
    const { shop } = shopMesh();
    expect(() => new MeshService(shop, id, { port: 80, versions: v1, ...props })).toThrow(message);
  });

  test('two services of one name in a namespace', () => {
    const { shop } = shopMesh();
    ratingsOf(shop);
    expect(() => new MeshService(shop, 'other', { name: 'ratings', port: 80, versions: v1 }))
      .toThrow('mesh/shop/other: service "ratings" is in namespace shop already, as mesh/shop/ratings');
  });

  test('a service outside any namespace of the mesh', () => {
    expect(() => new MeshService(new Chart(Testing.app(), 'plain'), 'a', { port: 80, versions: v1 }))
      .toThrow('plain/a: this belongs in a namespace of the mesh');
  });
});

test('every declared version is a subset that its Deployment\'s labels match', () => {
  const version = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/);
  fc.assert(fc.property(fc.uniqueArray(version, { minLength: 1, maxLength: 5 }), names => {
    const { mesh, shop } = shopMesh();
    new MeshService(shop, 'a', { port: 80, versions: Object.fromEntries(names.map(name => [name, { image: name }])) });
    const [rule] = emitted(mesh, 'DestinationRule').map(({ spec }) => spec as { subsets: { labels: Record<string, string> }[] });
    const pods = emitted(mesh, 'Deployment').map(({ spec }) => (spec as { template: { metadata: { labels: Record<string, string> } } }).template.metadata.labels);
    const matched = rule?.subsets.map(({ labels }) => pods.filter(pod => Object.entries(labels).every(([key, value]) => pod[key] === value)).length);
    expect(matched).toEqual(names.map(() => 1));
  }), { numRuns: 30 });
});

describe('a service that something else deploys', () => {
  test('emits what is said of its requests, and nothing else, in a namespace of traffic alone', () => {
    const { mesh } = shopMesh({ mtls: 'STRICT', access: 'deny-by-default' });
    const theirs = mesh.namespace('deployed', { emits: 'traffic' });
    const api = MeshService.deployed(theirs, 'api', { port: 80, versions: ['v1', 'v2'], timeout: Duration.seconds(1) });
    const plain = MeshService.deployed(theirs, 'plain', { port: 80 });
    api.calls(plain);
    const objects = emitted(mesh).filter(({ metadata }) => metadata.namespace === 'deployed').map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(objects).toEqual(['VirtualService api', 'DestinationRule api']);
  });
});

test('rules are shown to those who call, and to all where nobody is known to', () => {
  const { mesh, shop } = shopMesh();
  const ratings = ratingsOf(mesh.namespace('ratings'));
  const shown = (): unknown => (emitted(mesh, 'DestinationRule').find(({ metadata }) => metadata.name === 'ratings')?.spec as { exportTo?: unknown }).exportTo;
  expect(shown()).toBeUndefined();
  reviewsOf(shop).calls(ratings);
  expect(shown()).toEqual(['.', 'shop']);
});
