import type { IConstruct } from 'constructs';
import { describe, expect, test } from 'vitest';
import { defineService } from 'meshwright/runtime/contract';
import { GrafanaDataSources, MeshAlerts, MeshDashboards, type MeshDashboardsProps, MeshMetrics, MeshService, Slo } from '../../../lib/index.ts';
import { queriesOf } from '../../../lib/constructs/observability/dashboards/dashboard.ts';
import { contractMetrics } from '../../../lib/constructs/observability/metric-catalogue.ts';
import { goldens } from '../../golden.ts';
import { startPrometheus, until } from '../../runtime/prometheus.ts';
import { testWithTool } from '../../tools.ts';
import { reviewsOf, shopMesh } from '../bookinfo-shop.ts';
import { emitted } from '../emitted.ts';
import { startExporter } from './istio-exporter.ts';
import { ruleGroups } from './promtool.ts';

const golden = goldens(import.meta.url);
const testWithPrometheus = testWithTool('prometheus');

const cart = defineService({
  name: 'cart', port: 9080, routes: ['/carts/{id}'],
  metrics: { own: { orders: { kind: 'counter', help: 'Orders placed.', labels: ['currency'] }, basket: { kind: 'histogram', help: 'Things in a basket.' }, open: { kind: 'gauge', help: 'Open carts.' } } },
});

function boards(props: MeshDashboardsProps = {}) {
  const made = shopMesh();
  const service = MeshService.fromContract(made.shop, cart, { versions: { v1: { image: 'cart:1' } } });
  const observability = made.mesh.namespace('observability', { dataPlane: 'none' });
  return { ...made, observability, dashboards: new MeshDashboards(observability, 'dashboards', { services: [service], ...props }) };
}

test('boards of the mesh, and one for a service by its contract', () => {
  const { observability } = boards();
  const maps = emitted(observability, 'ConfigMap') as unknown as readonly { metadata: { name: string }; data: Readonly<Record<string, string>> }[];
  expect(maps.map(({ metadata }) => metadata.name)).toEqual([
    'dashboard-mesh', 'dashboard-service', 'dashboard-workload', 'dashboard-performance', 'dashboard-control-plane', 'dashboard-ztunnel', 'dashboard-shop-cart',
  ]);
  for (const { data } of maps) for (const [name, json] of Object.entries(data)) golden(name, `${json}\n`);
});

test('data sources lead from a point to its trace, from a span to its logs and profile, and from a line to its trace', () => {
  const { observability } = boards();
  new GrafanaDataSources(observability, 'data-sources', { prometheus: 'http://prometheus:9090', tempo: 'http://tempo:3200', loki: 'http://loki:3100', pyroscope: 'http://pyroscope:4040' });
  golden('data-sources.yaml', emitted(observability, 'ConfigMap').filter(({ metadata }) => metadata.name === 'data-sources'));
});

testWithPrometheus('every query of a board has an answer, and an outage is told, in a real Prometheus that reads a mesh', async () => {
  const { mesh, shop, observability, dashboards } = boards();
  new Slo(reviewsOf(shop), 'availability', { objective: 99.9 });
  new MeshAlerts(observability, 'mesh-alerts');
  const exporter = await startExporter(contractMetrics(cart));
  const prometheus = await startPrometheus(Object.fromEntries(Object.entries(exporter.paths).map(([job, path]) => [job, { target: exporter.target, path }])), rulesInAHurry(mesh));
  try {
    const firing = async (): Promise<readonly string[]> => (await prometheus.now('ALERTS{alertstate="firing"}')).map(({ metric }) => metric.alertname ?? '').sort();
    await until('the rules have run', async () => (await prometheus.now('slo:failures:rate5m').catch(() => [])).length === 1);
    expect(await firing()).toEqual([]);
    exporter.breakdown = { failing: 40, growing: ['pilot_total_xds_rejects', 'sidecar_injection_failure_total', 'galley_validation_failed'] };
    await until('alerts fire', async () => (await firing()).length >= 5);
    expect(await firing()).toEqual(['ErrorBudgetBurns', 'ErrorBudgetBurnsFast', 'IstioConfigInvalid', 'IstioConfigRejected', 'SidecarInjectionFails']);
    const silent: string[] = [];
    for (const { panel, query } of dashboards.dashboards.flatMap(queriesOf)) {
      if ((await prometheus.now(query.replaceAll(/\$\w+/g, '.*'))).length === 0) silent.push(`${panel}: ${query}`);
    }
    expect(silent).toEqual([]);
  } finally {
    await prometheus.stop();
    await exporter.close();
  }
}, 240_000);

/** The rules, those of an objective too, every five seconds instead of every half a minute. */
function rulesInAHurry(mesh: IConstruct): readonly object[] {
  return ruleGroups(mesh).map(group => ({ ...group, interval: '5s' }));
}

describe('a mistake fails', () => {
  test('at once: a board for a service without a contract', () => {
    const { shop, observability } = boards();
    expect(() => new MeshDashboards(observability, 'more', { services: [reviewsOf(shop)] })).toThrow('mesh/observability/more: mesh/shop/reviews has no contract, so it is not known what it measures');
  });
  test('at once: a board for what is no service', () => {
    expect(() => boards({ services: ['cart' as unknown as MeshService] })).toThrow('services takes the constructs of services, got "cart"; give the MeshService');
  });
  test('at once: a data source that is no URL, or carries a password', () => {
    const { observability } = boards();
    expect(() => new GrafanaDataSources(observability, 'a', { prometheus: 'prometheus' })).toThrow('prometheus must be an http or https URL, got "prometheus"');
    expect(() => new GrafanaDataSources(observability, 'b', { prometheus: 'http://a:secret@p:9090' })).toThrow(/carries a password, which would stand in a ConfigMap; let Grafana read it from its own Secret$/);
  });
  test('at synth: a board over a metric that the mesh does not emit', () => {
    const { app, mesh } = boards();
    new MeshMetrics(mesh, 'metrics', { without: ['REQUEST_SIZE'] });
    expect(() => app.render()).toThrow('board "Istio service", Size of requests: the query asks for metric "istio_request_bytes_bucket", which nothing emits');
  });
});
