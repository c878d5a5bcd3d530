import type { Sidecar } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const sidecarsWithoutSelector = defineRule({
  id: 'IST0111',
  name: 'sidecars-without-selector',
  category: 'traffic',
  severity: 'error',
  title: 'A namespace has two Sidecars without a selector',
  why: 'Only the oldest applies; Sidecars are never merged.',
  fix: 'Make them one, or give one a selector.',
  alsoKnownAs: ['KIA0002'],
  analyzers: ['sidecar.SelectorAnalyzer'],
  reads: ['Sidecar', 'Namespace'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: one, namespace: shop }
      spec: { egress: [{ hosts: ["./*"] }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: two, namespace: shop }
      spec: { egress: [{ hosts: ["*/*"] }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: default, namespace: shop }
      spec: { egress: [{ hosts: ["./*"] }] }
    `,
  },

  *check(mesh) {
    const byNamespace = new Map<string, Sidecar[]>();
    for (const sidecar of mesh.sidecars) {
      if ((sidecar.workloadSelector?.size ?? 0) === 0) byNamespace.set(sidecar.namespace, [...(byNamespace.get(sidecar.namespace) ?? []), sidecar]);
    }
    for (const [namespace, sidecars] of byNamespace) {
      for (const on of sidecars.length > 1 ? sidecars : []) {
        yield { on, message: `${sidecars.map(({ name }) => name).join(', ')} of namespace ${namespace} all have no selector` };
      }
    }
  },
});
