import { indexes } from '../../mesh/index.ts';
import { listed } from '../listed.ts';
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
  of: ['Sidecar'],
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

  *check({ namespace, workloadSelector }, mesh) {
    if ((workloadSelector?.size ?? 0) > 0) return;
    const rivals = mesh.at(indexes.sidecarsSelecting.whole, namespace);
    if (rivals.length > 1) yield { message: `${listed(rivals.map(({ name }) => name))} of namespace ${namespace} all have no selector` };
  },
});
