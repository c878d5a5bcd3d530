import { Chart, Duration, JsonPatch, ApiObject, Testing } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ConnectionPool, type ExportTo, MeshService, type MeshServiceProps, type ServiceMesh } from '../../lib/index.ts';
import { defineService } from '../../lib/runtime/contract/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
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

test('two ports of a service may lead to one of its containers', () => {
  const { mesh, shop } = shopMesh();
  new MeshService(shop, 'api', { port: [{ port: 80, targetPort: 8080 }, { port: 8080, name: 'old' }], versions: v1 });
  reviewsOf(shop).calls(shop.node.findChild('api') as MeshService);
  expect(emitted(mesh, 'Deployment')[0]?.spec).toMatchObject({ template: { spec: { containers: [{ ports: [{ containerPort: 8080 }] }] } } });
  expect(emitted(mesh, 'AuthorizationPolicy')[0]?.spec).toMatchObject({ rules: [{ to: [{ operation: { ports: ['8080'] } }] }] });
});

test('what a version says of how its metrics are read goes before the contract', () => {
  const { mesh, shop } = shopMesh();
  const annotations = { 'prometheus.io/scrape': 'false', 'example.com/a': 'b' };
  MeshService.fromContract(shop, defineService({ name: 'cart', port: 80, metrics: { port: 9100, path: '/stats' } }), { versions: { v1: { image: 'a', annotations } } });
  const [deployment] = emitted(mesh).filter(({ kind }) => kind === 'Deployment');
  expect(deployment).toHaveProperty('spec.template.metadata.annotations', { 'prometheus.io/path': '/stats', 'prometheus.io/port': '9100', 'prometheus.io/scrape': 'false', 'example.com/a': 'b' });
});

test('a service of a contract has its ports, probes and environment, and what a version says goes before', () => {
  const { mesh, shop } = shopMesh();
  const contract = defineService({
    name: 'product-page',
    version: '1.4.0',
    port: [{ port: 80, targetPort: 8080 }],
    tracing: { propagation: 'w3c+b3', samplingPercent: 5, collector: 'http://collector.observability:4318' },
    profiling: {},
  });
  const service = MeshService.fromContract(shop, contract, { versions: { v1: { image: 'a', env: { LOG_LEVEL: 'debug' } } } });
  expect(service.contract).toBe(contract);
  golden('contract.yaml', emitted(mesh).filter(({ kind }) => ['Deployment', 'Service'].includes(kind)));
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

test('the Service is there too: without an address of its own, every pod is called by name', () => {
  const { mesh, shop } = shopMesh();
  ApiObject.of(ratingsOf(shop).service).addJsonPatch(JsonPatch.add('/spec/clusterIP', 'None'));
  expect(emitted(mesh, 'Service')[0]?.spec).toMatchObject({ clusterIP: 'None', ports: [{ appProtocol: 'http' }] });
});

test('what another team runs has no Service and no Deployment here', () => {
  const cart = MeshService.existing(shopMesh().shop, 'cart', { namespace: 'carts', port: 80, versions: ['v1'] });
  expect(() => cart.service).toThrow('mesh/shop/cart: cart belongs to another team; it has no Service here');
  expect(() => cart.deployment('v1')).toThrow('mesh/shop/cart: cart belongs to another team; it has no Deployment here');
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

  test('a grant selects the pods of the other team by the labels they have', () => {
    const { app, shop } = shopMesh();
    const cart = MeshService.existing(shop, 'cart', { namespace: 'carts', port: 80, podLabels: { 'app.kubernetes.io/name': 'cart' } });
    reviewsOf(shop).calls(cart);
    const handed = new Chart(app, 'for-carts');
    cart.grants(handed);
    expect(Testing.synth(handed)).toMatchObject([{ spec: { selector: { matchLabels: { 'app.kubernetes.io/name': 'cart' } } } }]);
  });

  test('grants without a call fail the synth, since they would deny everyone', () => {
    const { app, shop } = shopMesh();
    MeshService.existing(shop, 'cart', { namespace: 'carts', port: 80 }).grants(new Chart(app, 'for-carts'));
    expect(() => app.render()).toThrow('[mesh/shop/cart] nothing calls cart, so its grants would deny everyone');
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
    ['a caller outside the mesh', () => { const { mesh, shop } = shopMesh(); reviewsOf(mesh.namespace('old', { dataPlane: 'none' })).calls(ratingsOf(shop)); }, 'mesh/old/reviews: its namespace is not in the mesh (dataPlane "none"), so it has no identity that mesh/shop/ratings could know'],
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
    ['a port that is none', 'a', { port: '80' as never }, 'mesh/shop/a: a port must be a number or { port: … }, got "80"'],
    ['no port at all', 'a', { port: undefined as never }, 'mesh/shop/a: a port must be a number or { port: … }, got undefined'],
    ['a protocol that is none', 'a', { port: { port: 80, protocol: 'HTTP' as never } }, 'mesh/shop/a: the protocol of a port must be one of http, http2,'],
    ['a version that is left open', 'a', { versions: { v1: undefined as never } }, 'mesh/shop/a: versions.v1 needs the image of its container, got none'],
    ['an empty image', 'a', { versions: { v1: { image: '' } } }, 'mesh/shop/a: versions.v1 needs the image of its container, got ""'],
    ['replicas below zero', 'a', { versions: { v1: { image: 'a', replicas: -1 } } }, 'mesh/shop/a: versions.v1.replicas must be a whole number of at least 0, got -1'],
    ['a variable with a name that is none', 'a', { versions: { v1: { image: 'a', env: { 'A=B': 'c' } } } }, `mesh/shop/a: versions.v1.env: a variable's name is printable ASCII without "=", got "A=B"`],
    ['a variable that is no text', 'a', { versions: { v1: { image: 'a', env: { A: 5 as never } } } }, 'mesh/shop/a: versions.v1.env: A must be text, got 5'],
    ['a folder with a name that is none', 'a', { versions: { v1: { image: 'a', emptyDirs: { My_Tmp: '/tmp' } } } }, 'mesh/shop/a: versions.v1.emptyDirs: the name of a folder must be a DNS label'],
    ['a folder at no absolute path', 'a', { versions: { v1: { image: 'a', emptyDirs: { tmp: 'tmp' } } } }, 'mesh/shop/a: versions.v1.emptyDirs: tmp is mounted at a path that begins with "/"'],
    ['two folders at one path', 'a', { versions: { v1: { image: 'a', emptyDirs: { a: '/tmp', b: '/tmp' } } } }, 'mesh/shop/a: versions.v1.emptyDirs: two folders are mounted at /tmp'],
    ['an account that is none', 'a', { serviceAccount: 'A b' }, 'mesh/shop/a: serviceAccount must be DNS labels with dots between them'],
    ['a timeout where no requests are seen', 'a', { port: { port: 3306, protocol: 'mysql' }, timeout: Duration.seconds(1) }, 'mesh/shop/a: a has no HTTP port (only mysql), so Istio sees no requests to route'],
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

  test('two constructs of one id', () => {
    const { shop } = shopMesh();
    ratingsOf(shop);
    expect(() => ratingsOf(shop)).toThrow('mesh/shop/ratings: mesh/shop has a construct "ratings" already; give one of the two another id');
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

describe('a service that lets in so much at once', () => {
  const props = (pool: ConnectionPool): MeshServiceProps<'v1'> => ({ port: 9080, versions: v1, inboundConnectionPool: pool });

  test('has it in its sidecars, which see what they saw', () => {
    const { mesh, shop } = shopMesh({ outbound: 'REGISTRY_ONLY' });
    const pool: ConnectionPool = {
      maxConnections: 100, connectTimeout: Duration.seconds(1), maxConnectionDuration: Duration.hours(1), tcpIdleTimeout: Duration.minutes(5),
      tcpKeepalive: { time: Duration.minutes(2), interval: Duration.seconds(30), probes: 3 },
      http1MaxPendingRequests: 10, http2MaxRequests: 50, maxRequestsPerConnection: 20, maxRetries: 3, idleTimeout: Duration.minutes(1), maxConcurrentStreams: 10,
      useClientProtocol: true, http2KeepAlive: { interval: Duration.seconds(30), timeout: Duration.seconds(5) },
    };
    new MeshService(shop, 'details', props(pool));
    const web = new MeshService(shop, 'web', props({ maxConnections: 5, h2UpgradePolicy: 'DO_NOT_UPGRADE' }));
    web.calls(ratingsOf(shop));
    golden('inbound-limits.yaml', emitted(mesh, 'Sidecar').filter(({ metadata }) => metadata.namespace === 'shop'));
    expect(findings(mesh)).toEqual([]);
  });
  test('needs sidecars, and limits that can be', () => {
    expect(() => new MeshService(shopMesh({}, { dataPlane: 'ambient' }).shop, 'a', props({ maxConnections: 5 }))).toThrow('mesh/shop/a: inboundConnectionPool is kept by sidecars, and its namespace has none (dataPlane "ambient")');
    expect(() => new MeshService(shopMesh().shop, 'a', props({}))).toThrow('mesh/shop/a: inbound: connectionPool limits nothing');
  });
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

describe('rules are shown', () => {
  const shown = (mesh: ServiceMesh): unknown => (emitted(mesh, 'DestinationRule').find(({ metadata }) => metadata.name === 'ratings')?.spec as { exportTo?: unknown }).exportTo;
  const ratingsIn = (mesh: ServiceMesh, exportTo?: ExportTo): MeshService => new MeshService(mesh.namespace('ratings'), 'ratings', { port: 80, versions: { v1: { image: 'a' } }, exportTo });

  test('to those who call, where nobody else gets in, and to all until somebody is known to', () => {
    const { mesh, shop } = shopMesh({ access: 'deny-by-default' });
    const ratings = ratingsIn(mesh);
    expect(shown(mesh)).toBeUndefined();
    reviewsOf(shop).calls(ratings);
    expect(shown(mesh)).toEqual(['.', 'shop']);
  });
  test('to all, where somebody who is not known may call', () => {
    const { mesh, shop } = shopMesh();
    reviewsOf(shop).calls(ratingsIn(mesh));
    expect(shown(mesh)).toBeUndefined();
  });
  test.each<[ExportTo, unknown]>([
    ['everyone', undefined],
    ['callers', ['.', 'shop']],
    [['web', 'ratings', 'admin'], ['.', 'admin', 'shop', 'web']],
    [[], ['.', 'shop']],
  ])('as is asked for: %s', (exportTo, expected) => {
    const { mesh, shop } = shopMesh(exportTo === 'everyone' ? { access: 'deny-by-default' } : {});
    reviewsOf(shop).calls(ratingsIn(mesh, exportTo));
    expect(shown(mesh)).toEqual(expected);
  });
  test('to namespaces that can be', () => {
    expect(() => ratingsIn(shopMesh().mesh, ['*'])).toThrow('mesh/ratings/ratings: a namespace of exportTo must be a DNS label');
  });
});
