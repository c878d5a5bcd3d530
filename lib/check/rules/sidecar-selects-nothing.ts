import { selectorText } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const sidecarSelectsNothing = defineRule({
  id: 'IST0101',
  name: 'sidecar-selects-nothing',
  category: 'traffic',
  severity: 'error',
  title: 'The selector of a Sidecar takes no pod',
  why: 'It applies to nothing: the proxies that it was meant for see what the namespace or the mesh lets them see.',
  fix: 'Use labels that pods of its namespace carry. Where no workload at all is among the objects, this is not asked.',
  alsoKnownAs: ['KIA0004'],
  analyzers: ['sidecar.SelectorAnalyzer'],
  of: ['Sidecar'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: reviews, namespace: shop }
      spec: { workloadSelector: { labels: { app: revews } }, egress: [{ hosts: ["./*"] }] }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews } } } }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: reviews, namespace: shop }
      spec: { workloadSelector: { labels: { app: reviews } }, egress: [{ hosts: ["./*"] }] }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews } } } }
    `,
  },

  *check({ workloadSelector: selector, namespace }, mesh) {
    if (!selector || selector.size === 0 || !mesh.hasWorkloads || mesh.workloadsSelectedBy(selector, namespace).length > 0) return;
    yield { at: 'spec.workloadSelector.labels', message: `no pod of namespace ${namespace} carries ${selectorText(selector)}` };
  },
});
