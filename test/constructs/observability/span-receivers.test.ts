import { describe, expect, test } from 'vitest';
import { defineService, type TracingProps } from 'meshwright/runtime/contract';
import { MeshService, MeshTracing, OpenTelemetryCollector } from '../../../lib/index.ts';
import { warnings } from '../../../lib/constructs/values/warning.ts';
import { shopMesh } from '../bookinfo-shop.ts';
import { emitted } from '../emitted.ts';

function traced(collector: string, tracing: TracingProps = {}, env: Readonly<Record<string, string>> = {}) {
  const { app, mesh, shop } = shopMesh();
  const observability = mesh.namespace('observability', { dataPlane: 'none' });
  const own = new OpenTelemetryCollector(observability, 'collector', collector === 'logs only' ? { logs: 'http://l.o' } : { traces: 'http://t.o' });
  MeshService.fromContract(shop, defineService({ name: 'cart', port: 9080, tracing }), { versions: { v1: { image: 'i', env } } });
  if (collector !== 'logs only') new MeshTracing(mesh, 'tracing', { collector: collector === 'own' ? own : collector });
  return { app, shop, endpoint: (): string | undefined => /"OTEL_EXPORTER_OTLP_ENDPOINT","value":"([^"]*)"/.exec(JSON.stringify(emitted(shop, 'Deployment')))?.[1], warned: () => { app.render(); return warnings(app); } };
}

describe('a service whose contract names no collector sends to that of its proxies', () => {
  test('of this app, or by its URL', () => {
    expect(traced('own').endpoint()).toBe('http://collector.observability.svc.cluster.local:4318');
    expect(traced('http://tempo.observability/base/').endpoint()).toBe('http://tempo.observability.svc.cluster.local:4318/base');
    expect(traced('own').warned()).toEqual([]);
  });
  test('of the service before that of the namespace, whichever was said first', () => {
    const { mesh, shop } = shopMesh();
    new MeshTracing(shop, 'tracing', { collector: 'http://near.o' });
    const cart = MeshService.fromContract(shop, defineService({ name: 'cart', port: 9080 }), { versions: { v1: { image: 'i' } } });
    new MeshTracing(mesh, 'tracing', { collector: 'http://far.o', provider: 'far' });
    expect(JSON.stringify(emitted(shop, 'Deployment'))).toContain('http://near.o.svc.cluster.local:4318');
    new MeshTracing(cart, 'tracing', { collector: 'http://own.o', provider: 'own' });
    expect(JSON.stringify(emitted(shop, 'Deployment'))).toContain('http://own.o.svc.cluster.local:4318');
  });
  test('unless the version says itself where, or that nowhere', () => {
    const none = traced('own', {}, { OTEL_EXPORTER_OTLP_ENDPOINT: '' });
    expect(none.endpoint()).toBe('');
    expect(none.warned()).toEqual([]);
  });
  test('and is warned of where only gRPC is known', () => {
    expect(traced('grpc://tempo.o').warned()).toEqual([expect.stringContaining('mesh/shop/cart: its proxies send their spans to tempo.o.svc.cluster.local over gRPC (mesh/istio-system/tracing), and services send theirs over HTTP')]);
  });
});

describe('where a service and its proxies send to different collectors', () => {
  const torn = (url: string): readonly unknown[] => [expect.stringContaining(`mesh/shop/cart: v1 sends its spans to ${url}, and its proxies send theirs to collector.observability.svc.cluster.local:4318 (mesh/istio-system/tracing), so that no trace is whole`)];
  test('the synth warns, by the contract or the environment of a version', () => {
    expect(traced('own', { collector: 'http://tempo.observability:4318' }).warned()).toEqual(torn('http://tempo.observability:4318'));
    expect(traced('own', {}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://jaeger:4318' }).warned()).toEqual(torn('http://jaeger:4318'));
  });
  test('but not of one collector by two names', () => {
    for (const collector of ['http://collector.observability:4318', 'http://collector.observability.svc:4318/']) expect(traced('own', { collector }).warned()).toEqual([]);
  });
  test('it fails where the spans are lost for certain', () => {
    expect(() => traced('own', { collector: 'http://collector.observability:4317' }).app.render()).toThrow('v1 sends its spans to http://collector.observability:4317, and mesh/observability/collector takes OTLP over HTTP at port 4318; 4317 is that of gRPC');
    expect(() => traced('logs only', { collector: 'http://collector.observability:4318' }).app.render()).toThrow('mesh/observability/collector takes no spans');
  });
});

test('headers that proxies do not read are warned of', () => {
  expect(traced('own', { propagation: 'b3' }).warned()).toEqual([expect.stringContaining('its contract passes traces on as b3')]);
});
