import { Duration } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { ClientTls, LoadBalancing, Locality, MeshService, MutualTls, TrafficPolicy, type TrafficPolicyProps } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);

/** The DestinationRules of services that each have one policy; `check` finds nothing wrong with them but these codes. */
function rules(policies: Readonly<Record<string, TrafficPolicyProps<'v1'>>>, found: readonly string[] = []): object[] {
  const { mesh, shop } = shopMesh();
  for (const [name, props] of Object.entries(policies)) new TrafficPolicy(new MeshService(shop, name, { port: 9080, versions: { v1: { image: 'a' } } }), 'policy', props);
  expect(findings(mesh).map(finding => finding.split(' spec')[0])).toEqual(found);
  return emitted(mesh, 'DestinationRule');
}

test('endpoints are chosen in every way', () => {
  golden('load-balancing.yaml', rules({
    'round-robin': { loadBalancing: LoadBalancing.roundRobin() },
    'least-request': { loadBalancing: LoadBalancing.leastRequest(), warmup: { duration: Duration.seconds(60), minimumPercent: 20, aggression: 2 } },
    'random': { loadBalancing: LoadBalancing.random() },
    'passthrough': { loadBalancing: LoadBalancing.passthrough() },
    'by-header': { loadBalancing: LoadBalancing.byHeader('x-user', { ring: 4096 }) },
    'by-query': { loadBalancing: LoadBalancing.byQuery('user', { maglev: 65537 }) },
    'by-cookie': { loadBalancing: LoadBalancing.byCookie('session', { ttl: Duration.seconds(0), path: '/shop', attributes: { SameSite: 'Lax', Secure: '' } }) },
    'by-source-ip': { loadBalancing: LoadBalancing.bySourceIp() },
  }));
});

test('localities take the requests of others, with the outlier detection that failover needs', () => {
  golden('locality.yaml', rules({
    'distribute': { locality: Locality.distribute({ 'us-west/a/*': { 'us-west/a/*': 80, 'us-west/b/*': 20 } }) },
    'failover': { locality: Locality.failover({ 'us-east': 'eu-west' }) },
    'priority': { locality: Locality.failoverPriority(['topology.istio.io/network', 'version=v1']), outlierDetection: { consecutiveGatewayErrors: 3 } },
    'zone-aware': { locality: Locality.zoneAware({ minClusterSize: 3, failover: { 'us-east': 'eu-west' }, failoverPriority: ['topology.istio.io/network'] }) },
    'off': { locality: Locality.off() },
  }));
});

test('a circuit breaks on what is under way, and on what fails', () => {
  golden('circuit-breaking.yaml', rules({
    limits: {
      connectionPool: {
        maxConnections: 100, connectTimeout: Duration.seconds(1), tcpIdleTimeout: Duration.minutes(5), maxConnectionDuration: Duration.hours(1),
        tcpKeepalive: { time: Duration.minutes(2), interval: Duration.seconds(30), probes: 3 },
        http1MaxPendingRequests: 10, http2MaxRequests: 100, maxRequestsPerConnection: 1, maxRetries: 3, idleTimeout: Duration.seconds(30), maxConcurrentStreams: 50,
        h2UpgradePolicy: 'UPGRADE', http2KeepAlive: { interval: Duration.seconds(30), timeout: Duration.seconds(5) },
      },
      retryBudget: { percent: 20, minRetryConcurrency: 3, interval: Duration.seconds(10) },
    },
    failures: {
      connectionPool: { useClientProtocol: true },
      outlierDetection: {
        consecutive5xxErrors: 3, consecutiveGatewayErrors: 2, consecutiveLocalOriginFailures: 4, interval: Duration.seconds(5), baseEjectionTime: Duration.minutes(1),
        maxEjectionPercent: 50, minHealthPercent: 30, errorCodes: [429],
      },
    },
  }));
});

test('clients connect as they are told', () => {
  golden('tls.yaml', rules({
    'simple': { tls: ClientTls.simple({ sni: 'api.example.com', subjectAltNames: ['api.example.com'], caCertificates: '/etc/ssl/ca.pem', caCrl: '/etc/ssl/crl.pem' }) },
    'skipping': { tls: ClientTls.simple({ insecureSkipVerify: true }) },
    'files': { tls: ClientTls.mutual({ clientCertificate: '/etc/certs/cert.pem', privateKey: '/etc/certs/key.pem', caCertificates: '/etc/certs/ca.pem' }) },
    'secret': { tls: ClientTls.mutual({ credentialName: 'api-client' }) },
    'plain': { tls: ClientTls.disable() },
    'mesh': { tls: ClientTls.istioMutual() },
    'tunnel': { tunnel: { protocol: 'CONNECT', targetHost: 'proxy.example.com', targetPort: 3128 } },
    'proxied': { proxyProtocol: 'V2' },
    // Authorities that are named in a Secret are not seen by Istio's analysis; and these services speak HTTP, not TLS of their own.
  }, ['IST0128 DestinationRule secret', 'IST0128 DestinationRule skipping', ...['files', 'secret', 'simple', 'skipping'].map(name => `MW0331 DestinationRule ${name}`)]));
});

test('what is said of a version or a port adds to what is said of the service', () => {
  const { mesh, shop } = shopMesh();
  const reviews = new MeshService(shop, 'reviews', {
    port: [{ port: 80 }, { port: 9090, protocol: 'grpc' }],
    versions: { v1: { image: 'a' }, v2: { image: 'b' }, v3: { image: 'c' } },
    loadBalancing: LoadBalancing.random(),
    connectionPool: { maxConnections: 100 },
    outlierDetection: { consecutive5xxErrors: 7 },
  });
  new MutualTls(reviews, 'mtls', { clients: 'ISTIO_MUTUAL' });
  new TrafficPolicy(reviews, 'v2', { version: 'v2', connectionPool: { maxConnections: 5 } });
  new TrafficPolicy(reviews, 'grpc', { port: 9090, loadBalancing: LoadBalancing.leastRequest() });
  new TrafficPolicy(reviews, 'v3', { version: 'v3', loadBalancing: LoadBalancing.unspecified() });
  new TrafficPolicy(reviews, 'http', { port: 80, loadBalancing: LoadBalancing.unspecified() });
  new TrafficPolicy(reviews, 'v2-grpc', { version: 'v2', port: 9090, outlierDetection: { consecutive5xxErrors: 1 } });
  golden('levels.yaml', emitted(mesh, 'DestinationRule'));
  expect(findings(mesh)).toEqual([]);
});

describe('a mistake fails at once, with the construct path', () => {
  const cases: readonly (readonly [string, TrafficPolicyProps<string>, string])[] = [
    ['nothing said', {}, 'mesh/shop/reviews/p: it says nothing'],
    ['a version that is none', { version: 'v9', loadBalancing: LoadBalancing.random() }, 'version is "v9", which is no version of reviews'],
    ['a port that is none', { port: 81, loadBalancing: LoadBalancing.random() }, 'reviews has no port 81; it has 9080'],
    ['a budget of a port', { port: 9080, retryBudget: { percent: 5 } }, 'retryBudget cannot be said of one port'],
    ['a ring and Maglev', { loadBalancing: LoadBalancing.bySourceIp({ ring: 1, maglev: 3 }) }, 'a consistent hash is a ring or Maglev, got both'],
    ['a table of no prime size', { loadBalancing: LoadBalancing.bySourceIp({ maglev: 65536 }) }, 'maglev must be a prime below 5000011, as 65537, got 65536'],
    ['requests that are distributed in part', { locality: Locality.distribute({ a: { b: 90 } }) }, 'the requests of a are distributed to 90 of a hundred; make it 100'],
    ['a region that takes over from itself', { locality: Locality.failover({ a: 'a' }) }, 'a cannot take over from itself'],
    ['a zone where a region is asked for', { locality: Locality.failover({ 'a/b': 'c' }) }, 'failover goes from region to region, got "a/b"'],
    ['limits of nothing', { connectionPool: {} }, 'connectionPool limits nothing; leave it out'],
    ['half a connection', { connectionPool: { maxConnections: 0.5 } }, 'connectionPool.maxConnections must be a whole number of at least 0, got 0.5'],
    ['two protocols', { connectionPool: { h2UpgradePolicy: 'UPGRADE', useClientProtocol: true } }, 'cannot both upgrade connections and keep the protocol of the client'],
    ['more than all endpoints', { outlierDetection: { maxEjectionPercent: 101 } }, 'outlierDetection.maxEjectionPercent must be a whole number of at least 0 and at most 100, got 101'],
    ['a budget above all', { retryBudget: { percent: 101 } }, 'retryBudget.percent must be between 0 and 100, got 101'],
    ['a tunnel that begins with another protocol', { tunnel: { protocol: 'CONNECT', targetHost: 'a', targetPort: 1 }, proxyProtocol: 'V1' }, 'a tunnel cannot begin with the PROXY protocol'],
  ];
  test.each(cases)('%s', (_, props, message) => {
    expect(() => new TrafficPolicy<string>(reviewsOf(shopMesh().shop) as MeshService, 'p', props)).toThrow(message);
  });

  test('the same said twice names both', () => {
    const reviews = reviewsOf(shopMesh().shop);
    new TrafficPolicy(reviews, 'a', { loadBalancing: LoadBalancing.random() });
    expect(() => new TrafficPolicy(reviews, 'b', { loadBalancing: LoadBalancing.roundRobin() }))
      .toThrow('mesh/shop/reviews/b: loadBalancing is declared by mesh/shop/reviews/a already, for the same endpoints; remove one of the two');
  });
});
