import { isAmbient } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const sidecarInAmbient = defineRule({
  id: 'IST0167',
  name: 'sidecar-in-ambient',
  category: 'ambient',
  severity: 'warning',
  title: 'A Sidecar applies to workloads in ambient mode',
  why: 'There is no sidecar proxy that it could configure.',
  fix: 'Remove it, or take the workloads out of ambient mode.',
  analyzers: ['sidecar.SelectorAnalyzer'],
  of: ['Sidecar'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio.io/dataplane-mode: ambient } }
      ---
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: default, namespace: shop }
      spec: { egress: [{ hosts: ["./*"] }] }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: default, namespace: shop }
      spec: { egress: [{ hosts: ["./*"] }] }
    `,
  },

  *check(on, mesh) {
    const { workloadSelector: selector, namespace } = on;
    if (selector && selector.size > 0) {
      const ambient = mesh.workloadsSelectedBy(selector, namespace).find(workload => isAmbient(mesh, workload));
      if (ambient) yield { at: 'spec.workloadSelector', message: `it takes ${ambient.kind} ${ambient.name}, which is in ambient mode` };
    } else if (mesh.namespace(namespace)?.ambient) {
      yield { message: `namespace ${namespace} is in ambient mode` };
    }
  },
});
