import { describe, expect, test } from 'vitest';
import { AccessLogs, MeshTracing, OpenTelemetryCollector, type OpenTelemetryCollectorProps } from '../../../lib/index.ts';
import { ExtensionProviders } from '../../../lib/constructs/observability/extension-provider.ts';
import { goldens } from '../../golden.ts';
import { findings } from '../accepted.ts';
import { shopMesh } from '../bookinfo-shop.ts';
import { emitted } from '../emitted.ts';

const golden = goldens(import.meta.url);

function collector(props: OpenTelemetryCollectorProps) {
  const { mesh } = shopMesh();
  const observability = mesh.namespace('observability', { dataPlane: 'none' });
  return { mesh, observability, made: new OpenTelemetryCollector(observability, 'collector', props) };
}

test('a collector for spans and access logs, which the mesh sends to', () => {
  const { mesh, observability, made } = collector({ traces: 'http://tempo.observability:4318', logs: 'http://loki.observability:3100/otlp' });
  new MeshTracing(mesh, 'tracing', { collector: made });
  new AccessLogs(mesh, 'logs', { to: made });
  golden('collector.yaml', emitted(observability));
  expect(ExtensionProviders.of(mesh).all).toMatchObject([
    { name: 'otel-tracing', opentelemetry: { service: 'collector.observability.svc.cluster.local', port: 4317 } },
    { name: 'access-log-otlp', envoyOtelAls: { service: 'collector.observability.svc.cluster.local', port: 4317 } },
  ]);
  expect(findings(observability)).toEqual([]);
});

test('where nobody gets in without a grant, workloads of the mesh may send to it', () => {
  const { mesh } = shopMesh({ access: 'deny-by-default' });
  const observability = mesh.namespace('observability');
  new OpenTelemetryCollector(observability, 'collector', { traces: 'http://t.o' });
  expect(emitted(observability, 'AuthorizationPolicy').find(({ metadata }) => metadata.name === 'collector')?.spec).toMatchObject({
    selector: { matchLabels: { app: 'collector' } }, action: 'ALLOW', rules: [{ from: [{ source: { principals: ['cluster.local/*'] } }], to: [{ operation: { ports: ['4317', '4318'] } }] }],
  });
});

test('spans are not sent to a collector that takes none', () => {
  const { mesh, made } = collector({ logs: 'http://l.o' });
  expect(() => new MeshTracing(mesh, 'tracing', { collector: made })).toThrow('collector is collector.observability.svc.cluster.local, which takes no spans; say where it passes them on (traces of the collector)');
});

describe('a mistake fails at once, with the construct path', () => {
  const cases: readonly (readonly [string, OpenTelemetryCollectorProps, string])[] = [
    ['a collector of nothing', {}, 'mesh/observability/collector: takes neither spans nor logs'],
    ['an address that is none', { traces: 'tempo:4318' }, 'traces must be the http or https URL of an OTLP receiver, got "tempo:4318"'],
    ['a password in an address', { logs: 'https://user:pass@loki.example.com' }, 'logs carries a password'],
    ['no pods', { traces: 'http://t.o', replicas: 0 }, 'replicas must be a whole number, at least 1, got 0'],
  ];
  test.each(cases)('%s', (_, props, message) => {
    expect(() => collector(props)).toThrow(message);
    expect(() => collector(props)).not.toThrow('pass@');
  });
});
