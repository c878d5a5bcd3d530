import { describe, expect, test } from 'vitest';
import { load } from 'js-yaml';
import { defineService } from 'meshwright/runtime/contract';
import { createLogger } from 'meshwright/runtime/logging';
import { Tracing } from 'meshwright/runtime/tracing';
import { AccessLogs, GrafanaDataSources, MeshService, type MeshNamespaceProps, OpenTelemetryCollector, PodLogs, type PodLogsProps, type ServiceMeshProps } from '../../../lib/index.ts';
import { ExtensionProviders } from '../../../lib/constructs/observability/extension-provider.ts';
import { warnings } from '../../../lib/constructs/values/warning.ts';
import { goldens } from '../../golden.ts';
import { findings } from '../accepted.ts';
import { shopMesh } from '../bookinfo-shop.ts';
import { emitted } from '../emitted.ts';

const golden = goldens(import.meta.url);
const loki = 'http://loki.observability:3100/otlp';

interface Collecting {
  readonly receivers: { readonly filelog: { readonly include: string[]; readonly exclude: string[]; readonly operators: readonly { readonly type: string; readonly if?: string; readonly from?: string; readonly to?: string }[] } };
  readonly exporters: { readonly 'otlphttp/logs': { readonly endpoint: string; readonly headers?: Readonly<Record<string, string>> } };
}

function observed(mesh: ServiceMeshProps = {}, namespace: MeshNamespaceProps = { dataPlane: 'none' }) {
  const made = shopMesh(mesh);
  return { ...made, observability: made.mesh.namespace('observability', namespace) };
}

function dataOf(scope: Parameters<typeof emitted>[0], name: string, file: string): unknown {
  const map = emitted(scope, 'ConfigMap').find(({ metadata }) => metadata.name === name) as unknown as { data: Record<string, string> };
  return load(map.data[file] ?? '');
}

function fileOf(props: PodLogsProps, before: (made: ReturnType<typeof observed>) => unknown = () => undefined): Collecting {
  const made = observed();
  before(made);
  new PodLogs(made.observability, 'pod-logs', props);
  return dataOf(made.observability, 'pod-logs', 'collector.yaml') as Collecting;
}

test('a collector on each node reads the logs of services and passes them to a collector of the app', () => {
  const { observability } = observed();
  const collector = new OpenTelemetryCollector(observability, 'collector', { traces: 'http://tempo.observability:4318', logs: loki });
  new PodLogs(observability, 'pod-logs', { to: collector });
  golden('pod-logs.yaml', emitted(observability).filter(({ metadata }) => metadata.name.endsWith('pod-logs')));
  expect(findings(observability)).toEqual([]);
});

test('what it asks of a line is what services write, access logs call it so too, and Grafana finds it in both', async () => {
  const cart = defineService({ name: 'cart', port: 9080 });
  const legacy = defineService({ name: 'legacy', port: 9081, logs: { fields: { traceId: 'trace.id', requestId: 'req' } } });
  const made = observed();
  for (const contract of [cart, legacy]) MeshService.fromContract(made.shop, contract, { versions: { v1: { image: 'i' } } });
  new AccessLogs(made.mesh, 'logs');
  new PodLogs(made.observability, 'pod-logs', { to: loki });
  new GrafanaDataSources(made.observability, 'data', { prometheus: 'http://p.o', tempo: 'http://t.o', loki: 'http://l.o' });
  const lifted = (dataOf(made.observability, 'pod-logs', 'collector.yaml') as Collecting).receivers.filelog.operators.filter(({ type }) => type === 'copy').map(({ if: when = '', from = '', to = '' }) => ({
    field: JSON.parse(/\[(".*")\]/.exec(from)?.[1] ?? '') as string,
    looksLike: new RegExp(JSON.parse(/matches (".*")$/.exec(when)?.[1] ?? '') as string),
    to: to.replace('attributes.', ''),
  }));
  for (const contract of [cart, legacy]) {
    const lines: string[] = [];
    const log = createLogger(contract, { destination: { write: line => { lines.push(line); } } });
    const tracing = new Tracing(contract, { signals: [] });
    tracing.observe({ method: 'GET', path: '/', headers: { 'x-request-id': 'r-1' } } as unknown as Parameters<Tracing['observe']>[0]).run(() => { log.warn('read'); });
    await tracing.stop();
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    const read = lifted.filter(({ field, looksLike }) => field in line && looksLike.test(String(line[field]))).map(({ to }) => to);
    expect(read.sort()).toEqual(['request_id', 'span_id', 'trace_id']);
    const fields = (dataOf(made.observability, 'data', 'mesh.yaml') as { datasources: { name: string; jsonData: { derivedFields?: { matcherRegex: string }[] } }[] }).datasources.find(({ name }) => name === 'Loki')?.jsonData.derivedFields;
    expect(fields?.[0]?.matcherRegex).toBe('trace_id');
    if (contract === cart) expect(new RegExp(fields?.[1]?.matcherRegex ?? '').exec(lines[0] ?? '')?.[1]).toBe(line.trace_id);
  }
  const provider = ExtensionProviders.of(made.mesh).all[0]?.envoyFileAccessLog?.logFormat.labels;
  expect(Object.keys(provider ?? {})).toEqual(expect.arrayContaining([cart.logs.fields.traceId, cart.logs.fields.requestId]));
});

describe('what is read', () => {
  test('the namespaces of the mesh that are in a data plane, those added later too', () => {
    const { observability, mesh } = observed();
    new PodLogs(observability, 'pod-logs', { to: loki, withoutNamespaces: ['shop'] });
    mesh.namespace('books', { dataPlane: 'ambient' });
    expect((dataOf(observability, 'pod-logs', 'collector.yaml') as Collecting).receivers.filelog.include).toEqual(['/var/log/pods/books_*/*/*.log']);
  });
  test('or those that are named, without some containers, and never its own', () => {
    const { filelog } = fileOf({ to: loki, namespaces: ['jobs'], withoutContainers: ['noise'] }).receivers;
    expect(filelog.include).toEqual(['/var/log/pods/jobs_*/*/*.log']);
    expect(filelog.exclude).toEqual(expect.arrayContaining(['/var/log/pods/*/noise/*.log', '/var/log/pods/observability_pod-logs-*_*/pod-logs/*.log']));
  });
  test('proxies only where their access logs are written there', () => {
    const proxies = '/var/log/pods/*/istio-proxy/*.log';
    expect(fileOf({ to: loki }).receivers.filelog.exclude).toContain(proxies);
    expect(fileOf({ to: loki }, ({ mesh }) => new AccessLogs(mesh, 'logs', { to: 'grpc://c.o' })).receivers.filelog.exclude).toContain(proxies);
    expect(fileOf({ to: loki }, ({ mesh }) => new AccessLogs(mesh, 'logs')).receivers.filelog.exclude).not.toContain(proxies);
    expect(fileOf({ to: loki, proxies: true }).receivers.filelog.exclude).not.toContain(proxies);
  });
});

test('a header is written as it is, or read from a Secret', () => {
  const { observability } = observed();
  new PodLogs(observability, 'pod-logs', { to: 'https://loki.example.com/otlp/', headers: { 'X-Scope-OrgID': 'a$b', Authorization: { secret: 'loki', key: 'auth' } } });
  expect((dataOf(observability, 'pod-logs', 'collector.yaml') as Collecting).exporters['otlphttp/logs']).toMatchObject({ endpoint: 'https://loki.example.com/otlp', headers: { 'X-Scope-OrgID': 'a$$b', Authorization: '${env:HEADER_1}' } });
  expect(JSON.stringify(emitted(observability, 'DaemonSet'))).toContain('{"name":"HEADER_1","valueFrom":{"secretKeyRef":{"key":"auth","name":"loki"}}}');
  expect(warnings(observability)).toEqual([]);
});

describe('a mistake fails at once, with the construct path', () => {
  const cases: readonly (readonly [string, PodLogsProps, string])[] = [
    ['an address that is none', { to: 'loki:3100' }, 'mesh/observability/pod-logs: to must be the http or https URL of an OTLP receiver'],
    ['a password in an address', { to: 'https://u:pass@l.o' }, 'to carries a password'],
    ['a secret in plain sight', { to: loki, headers: { Authorization: 'Bearer pass@' } }, 'header Authorization is a secret, which would stand in a ConfigMap; give { secret, key }'],
    ['a namespace that is none', { to: loki, namespaces: ['a/b'] }, 'a namespace must be a DNS label'],
    ['too little memory', { to: loki, memoryMebibytes: 1 }, 'memoryMebibytes must be a whole number, at least 64, got 1'],
  ];
  test.each(cases)('%s', (_, props, message) => {
    const make = (): unknown => new PodLogs(observed().observability, 'pod-logs', props);
    expect(make).toThrow(message);
    expect(make).not.toThrow('pass@');
  });
  test('a collector that takes no logs', () => {
    const { observability, mesh } = observed();
    const collector = new OpenTelemetryCollector(observability, 'collector', { traces: 'http://t.o' });
    const message = 'collector.observability.svc.cluster.local, which takes no logs; say where it passes them on (logs of the collector)';
    expect(() => new PodLogs(observability, 'pod-logs', { to: collector })).toThrow(message);
    expect(() => new AccessLogs(mesh, 'logs', { to: collector })).toThrow(message);
  });
});

describe('what is known only at the end fails the synth', () => {
  test('one name for two things', () => {
    const { app, shop, observability } = observed();
    new PodLogs(observability, 'pod-logs', { to: loki });
    MeshService.fromContract(shop, defineService({ name: 'a', port: 1 }), { versions: { v1: { image: 'i' } } });
    MeshService.fromContract(shop, defineService({ name: 'b', port: 1, logs: { fields: { requestId: 'trace_id', traceId: 't' } } }), { versions: { v1: { image: 'i' } } });
    expect(() => app.render()).toThrow('the lines of mesh/shop/a call the id of a trace "trace_id", and those of mesh/shop/b call the id of a request so');
  });
  test('nothing to read', () => {
    const { app, observability } = observed();
    new PodLogs(observability, 'pod-logs', { to: loki, withoutNamespaces: ['shop'] });
    expect(() => app.render()).toThrow('reads no namespace; take one into the mesh');
  });
  test('a namespace that lets in no such pod', () => {
    const { app, observability } = observed({}, { dataPlane: 'none', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } });
    new PodLogs(observability, 'pod-logs', { to: loki });
    expect(() => app.render()).toThrow('namespace observability lets in no pod that does (pod-security.kubernetes.io/enforce: restricted)');
  });
  test('a collector that takes mutual TLS alone', () => {
    const { app, observability } = observed({ mtls: 'STRICT' }, { dataPlane: 'sidecar' });
    new PodLogs(observability, 'pod-logs', { to: new OpenTelemetryCollector(observability, 'collector', { logs: loki }) });
    expect(() => app.render()).toThrow('mesh/observability/collector is in namespace observability, which takes mutual TLS alone; put the collector into a namespace with dataPlane "none"');
  });
});
