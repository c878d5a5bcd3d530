import { defineRule, yaml } from '../rule.ts';

export const rootSidecarWithSelector = defineRule({
  id: 'MW0121',
  name: 'root-sidecar-with-selector',
  category: 'traffic',
  severity: 'warning',
  title: 'A Sidecar in the root namespace has a selector',
  why: 'Only one without a selector is the default of the mesh; with one it is for pods of the root namespace alone.',
  fix: 'Take the selector away, or put the Sidecar into the namespace of the pods.',
  alsoKnownAs: ['KIA1006'],
  of: ['Sidecar'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: default, namespace: istio-system }
      spec: { workloadSelector: { labels: { app: reviews } }, egress: [{ hosts: ["./*"] }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: default, namespace: istio-system }
      spec: { egress: [{ hosts: ["./*"] }] }
    `,
  },

  *check({ namespace, workloadSelector }, { config }) {
    if (namespace === config.rootNamespace && workloadSelector && workloadSelector.size > 0) yield { at: 'spec.workloadSelector', message: `it is for pods of namespace ${namespace} alone, not for the mesh` };
  },
});
