import { describe, expect, test } from 'vitest';
import { MeshMonitoring, type MeshMonitoringProps } from '../../../lib/index.ts';
import { goldens } from '../../golden.ts';
import { findings } from '../accepted.ts';
import { reviewsOf, shopMesh } from '../bookinfo-shop.ts';
import { emitted } from '../emitted.ts';

const golden = goldens(import.meta.url);

function monitored(props: MeshMonitoringProps = {}) {
  const { mesh, shop } = shopMesh({ mtls: 'STRICT', access: 'deny-by-default' }, { dataPlane: 'ambient' });
  return { mesh, shop, monitoring: new MeshMonitoring(mesh.namespace('observability', { dataPlane: 'ambient' }), 'monitoring', props) };
}

test('monitors for proxies, services, istiod, ztunnel and the CNI node agent', () => {
  const { mesh } = monitored({ labels: { release: 'prometheus' } });
  golden('monitors.yaml', emitted(mesh).filter(({ apiVersion }) => apiVersion === 'monitoring.coreos.com/v1'));
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
