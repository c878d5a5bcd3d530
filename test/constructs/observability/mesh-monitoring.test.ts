import { describe, expect, test } from 'vitest';
import { MeshMonitoring, PrometheusRules, type MeshMonitoringProps, type ServiceMesh } from '../../../lib/index.ts';
import { goldens } from '../../golden.ts';
import { findings } from '../accepted.ts';
import { reviewsOf, shopMesh } from '../bookinfo-shop.ts';
import { emitted } from '../emitted.ts';
import { testWithTool } from '../../tools.ts';
import { promtoolCheckConfig } from './promtool.ts';

const golden = goldens(import.meta.url);

function monitored(props: MeshMonitoringProps = {}) {
  const { mesh, shop } = shopMesh({ mtls: 'STRICT', access: 'deny-by-default' }, { dataPlane: 'ambient' });
  return { mesh, shop, monitoring: new MeshMonitoring(mesh.namespace('observability', { dataPlane: 'ambient' }), 'monitoring', props) };
}

test('monitors for proxies, services, istiod, ztunnel and the CNI node agent', () => {
  const { mesh } = monitored({ labels: { release: 'prometheus' } });
  golden('monitors.yaml', emitted(mesh).filter(({ apiVersion }) => apiVersion === 'monitoring.coreos.com/v1'));
});

const testWithPromtool = testWithTool('promtool');

describe('as the file of Prometheus itself', () => {
  const written = (props: MeshMonitoringProps = {}): { readonly mesh: ServiceMesh; readonly files: Readonly<Record<string, string>> } => {
    const { mesh, shop } = monitored({ as: 'prometheus.yml', ...props });
    for (const name of ['a', 'b']) new PrometheusRules(shop, name, { groups: [{ name: 'same', rules: [{ record: `shop:${name}:rate5m`, query: 'sum(rate(istio_requests_total[5m]))' }] }] });
    return { mesh, files: (emitted(mesh, 'ConfigMap')[0] as unknown as { readonly data: Record<string, string> }).data };
  };

  test('it says what the monitors say, and the rules stand beside it', () => {
    const { mesh, files } = written({ alertmanager: 'http://alertmanager.observability:9093' });
    golden('file.yaml', emitted(mesh, 'ConfigMap'));
    expect(Object.keys(files)).toEqual(['prometheus.yml', 'shop.a.rules.yml', 'shop.b.rules.yml']);
    expect(emitted(mesh).filter(({ kind }) => kind.endsWith('Monitor'))).toEqual([]);
  });

  testWithPromtool('the real promtool reads it and its rules', () => {
    const said = promtoolCheckConfig(written().files);
    expect(said).toContain('SUCCESS: prometheus.yml is valid prometheus config file syntax');
    expect(said.match(/SUCCESS: 1 rules found/g)).toHaveLength(2);
  });

  testWithPromtool('the real promtool refuses it with a step that is wrong', () => {
    const files = written().files;
    expect(() => promtoolCheckConfig({ ...files, 'prometheus.yml': files['prometheus.yml']?.replace('action: keep', 'action: kept') ?? '' })).toThrow('unknown relabel action');
  });

  test.each<[string, MeshMonitoringProps, string]>([
    ['a password', { alertmanager: 'http://a:secret@b:1' }, 'alertmanager must be an http URL without path and password'],
    ['an Alertmanager for the operator', { as: 'monitors', alertmanager: 'http://a.b:9093' }, 'the operator knows its Alertmanager itself'],
  ])('%s is refused', (_, props, message) => {
    expect(() => written(props)).toThrow(message);
    expect(() => written(props)).not.toThrow('secret');
  });
});

test('ambient workloads let Prometheus in by its identity, at the port of their metrics alone', () => {
  const { mesh, shop, monitoring } = monitored({ prometheus: { namespace: 'monitoring', serviceAccount: 'kube-prometheus' } });
  reviewsOf(shop);
  monitoring.admitTo(shop);
  expect(emitted(mesh, 'AuthorizationPolicy').find(({ metadata }) => metadata.name === 'allow-prometheus')).toMatchObject({
    metadata: { namespace: 'shop' },
    spec: { action: 'ALLOW', rules: [{ from: [{ source: { principals: ['cluster.local/ns/monitoring/sa/kube-prometheus'] } }], to: [{ operation: { ports: ['8000'] } }] }] },
  });
  // Prometheus itself is installed by others.
  expect(findings(mesh).filter(finding => !finding.includes('namespace observability has no workload'))).toEqual([]);
});

describe('a mistake fails at once, with the construct path', () => {
  test('a grant where none is asked for', () => {
    const { mesh, monitoring } = monitored();
    expect(() => { monitoring.admitTo(mesh.namespace('web')); }).toThrow('mesh/web is not ambient (dataPlane "sidecar"), so its metrics can be read without a grant');
  });
  test('a label that is none', () => {
    expect(() => monitored({ labels: { 'a b': 'c' } })).toThrow('"a b" is no name of a label');
  });
});
