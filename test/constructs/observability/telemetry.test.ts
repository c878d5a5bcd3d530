import { describe, expect, test } from 'vitest';
import { AccessLogs, MeshMetrics, type MeshMetricsProps, MeshTracing, PrometheusRules } from '../../../lib/index.ts';
import { ExtensionProviders } from '../../../lib/constructs/observability/extension-provider.ts';
import { goldens } from '../../golden.ts';
import { findings } from '../accepted.ts';
import { ratingsOf, reviewsOf, shopMesh } from '../bookinfo-shop.ts';
import { emitted } from '../emitted.ts';

const golden = goldens(import.meta.url);

test('traces, access logs and metrics of a mesh are one Telemetry, and the providers that its mesh config needs', () => {
  const { mesh } = shopMesh();
  new MeshTracing(mesh, 'tracing', { collector: 'http://tempo.observability:4318', samplingPercent: 5, tags: { tenant: { header: 'x-tenant', otherwise: 'none' }, zone: { environment: 'ZONE' }, mesh: { literal: 'books' } } });
  new AccessLogs(mesh, 'logs', { when: 'response.code >= 400', fields: { tenant: '%REQ(X-TENANT)%' } });
  new MeshMetrics(mesh, 'metrics', { without: ['REQUEST_SIZE'], withoutLabels: ['source_principal'], labels: { host: 'request.host' } });
  golden('mesh.yaml', emitted(mesh, 'Telemetry'));
  golden('providers.json', `${JSON.stringify(ExtensionProviders.of(mesh).all, null, 2)}\n`);
  expect(findings(mesh).filter(finding => !/provider/i.test(finding))).toEqual([]);
});

test('a namespace and a service may differ', () => {
  const { mesh, shop } = shopMesh();
  new MeshTracing(shop, 'tracing', { collector: 'grpc://tempo.observability', samplingPercent: 100 });
  new AccessLogs(reviewsOf(shop), 'logs', { to: 'grpc://collector.observability.svc:4317', by: 'SERVER' });
  golden('namespace-and-service.yaml', emitted(mesh, 'Telemetry'));
  expect(ExtensionProviders.of(mesh).all.map(({ name }) => name)).toEqual(['otel-tracing', 'access-log-otlp']);
});

test('the path of a collector goes before that of the protocol', () => {
  const { mesh } = shopMesh();
  new MeshTracing(mesh, 'tracing', { collector: 'http://gateway.o/otlp/' });
  expect(ExtensionProviders.of(mesh).all[0]?.opentelemetry?.http?.path).toBe('/otlp/v1/traces');
});

test('what a waypoint says of an ambient service is attached to the service', () => {
  const { mesh, shop } = shopMesh({}, { dataPlane: 'ambient', waypoint: 'waypoint' });
  new AccessLogs(reviewsOf(shop), 'logs');
  expect(emitted(mesh, 'Telemetry')[0]?.spec).toMatchObject({ targetRefs: [{ group: '', kind: 'Service', name: 'reviews' }] });
});

describe('what the mesh does not emit', () => {
  const app = (props: MeshMetricsProps, query: string, of: 'mesh' | 'shop' = 'mesh'): (() => unknown) => {
    const { app: root, mesh, shop } = shopMesh();
    new PrometheusRules(shop, 'own', { groups: [{ name: 'own', rules: [{ record: 'a:b', query }] }] });
    new MeshMetrics(of === 'mesh' ? mesh : shop, 'metrics', props);
    return () => root.render();
  };
  test('no query may ask for: a metric', () => {
    expect(app({ without: ['REQUEST_SIZE'] }, 'sum(rate(istio_request_bytes_sum[5m]))')).toThrow('asks for metric "istio_request_bytes_sum", which nothing emits');
  });
  test('no query may ask for: a label', () => {
    expect(app({ withoutLabels: ['source_principal'] }, 'sum by (source_principal) (istio_requests_total)')).toThrow('asks for label "source_principal"');
  });
  test('but a query may ask for a label that it adds', () => {
    expect(app({ labels: { host: 'request.host' } }, 'sum by (host) (istio_requests_total)')).not.toThrow();
  });
  test('but what one namespace leaves out others still emit', () => {
    expect(app({ without: ['REQUEST_SIZE'] }, 'sum(rate(istio_request_bytes_sum[5m]))', 'shop')).not.toThrow();
  });
});

describe('a mistake fails at once, with the construct path', () => {
  const cases: readonly (readonly [string, (shop: ReturnType<typeof shopMesh>['shop']) => unknown, string])[] = [
    ['traces said twice', shop => { new MeshTracing(shop, 'a', { collector: 'http://t.o' }); new MeshTracing(shop, 'b', { collector: 'http://t.o' }); }, 'mesh/shop/b: mesh/shop/a says the traces of the same place already'],
    ['logs said twice', shop => { const ratings = ratingsOf(shop); new AccessLogs(ratings, 'a'); new AccessLogs(ratings, 'b'); }, 'mesh/shop/ratings/b: mesh/shop/ratings/a says the access logs of the same service already'],
    ['one provider with two addresses', shop => { new MeshTracing(shop, 'a', { collector: 'http://t.o' }); new MeshTracing(ratingsOf(shop), 'b', { collector: 'http://u.o' }); }, 'mesh/shop/a has an extension provider "otel-tracing" already, and it is another one'],
    ['a collector that is no URL', shop => new MeshTracing(shop, 'a', { collector: 'tempo' }), 'collector must be the URL of an OTLP receiver, such as http://tempo.observability:4318'],
    ['a collector without its namespace', shop => new MeshTracing(shop, 'a', { collector: 'http://tempo:4318' }), 'collector must name its namespace, as in tempo.observability, got "tempo"'],
    ['a query that no proxy sends', shop => new MeshTracing(shop, 'a', { collector: 'http://t.o:4318/?key=hidden' }), 'collector must have no query and no fragment, which proxies do not send; leave them out'],
    ['a path where there is none', shop => new AccessLogs(shop, 'a', { to: 'grpc://c.o/logs' }), 'to must have no path where it is gRPC, got "grpc://c.o/logs"; leave /logs out'],
    ['more than all traces', shop => new MeshTracing(shop, 'a', { collector: 'http://t.o', samplingPercent: 101 }), 'samplingPercent must be 0, or between 0.0001 and 100, got 101'],
    ['a credential in every line', shop => new AccessLogs(shop, 'a', { fields: { token: '%REQ(AUTHORIZATION)%' } }), 'field token would write a credential into every line'],
    ['logs over OTLP/HTTP', shop => new AccessLogs(shop, 'a', { to: 'http://c.o:4318' }), 'access logs go over OTLP/gRPC, got an http URL; give grpc://c.o.svc.cluster.local:4317'],
    ['an empty expression', shop => new AccessLogs(shop, 'a', { when: ' ' }), 'when is an expression of CEL'],
    ['metrics of which nothing is said', shop => new MeshMetrics(shop, 'a', {}), 'says nothing of the metrics'],
    ['a label that does not exist', shop => new MeshMetrics(shop, 'a', { withoutLabels: ['source_ip'] }), 'the metrics of Istio carry no label "source_ip"'],
    ['a label taken off and set', shop => new MeshMetrics(shop, 'a', { withoutLabels: ['source_app'], labels: { source_app: 'x' } }), 'label "source_app" is taken off and set'],
    ['a metric that does not exist', shop => new MeshMetrics(shop, 'a', { without: ['ALL' as 'REQUEST_SIZE'] }), 'there is no metric "ALL"'],
  ];
  test.each(cases)('%s', (_, make, message) => {
    expect(() => make(shopMesh().shop)).toThrow(message);
  });

  test.each(['grpc://user:hidden@t.o:4317', 'grpc://hidden@t.o', 'grpc://user:hidden@t.o:port', 'user:hidden@t.o:4317'])('a password in the address of a collector, which is not shown: %s', url => {
    const message = 'carries a password, and the mesh config has no place for one; put a collector that knows it in between';
    expect(() => new MeshTracing(shopMesh().shop, 'a', { collector: url })).toThrow(`mesh/shop/a: collector ${message}`);
    expect(() => new AccessLogs(shopMesh().shop, 'a', { to: url })).toThrow(`mesh/shop/a: to ${message}`);
  });
});

test('the path of a collector is kept, as its base', () => {
  const { mesh, shop } = shopMesh();
  new MeshTracing(shop, 'tracing', { collector: 'http://store.observability:4318/otlp/' });
  expect(ExtensionProviders.of(mesh).all).toMatchObject([{ opentelemetry: { http: { path: '/otlp/v1/traces' } } }]);
});
