import { overlaps } from '../overlapping.ts';
import { indexes } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const sidecarsOverlap = defineRule({
  id: 'IST0110',
  name: 'sidecars-overlap',
  category: 'traffic',
  severity: 'error',
  title: 'Two Sidecars take the same pod',
  why: 'Only the oldest applies to the pod; Sidecars are never merged.',
  fix: 'Let one Sidecar take the pod: narrow a selector, or make them one.',
  alsoKnownAs: ['KIA0003'],
  analyzers: ['sidecar.SelectorAnalyzer'],
  of: ['Sidecar'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: reviews, namespace: shop }
      spec: { workloadSelector: { labels: { app: reviews } }, egress: [{ hosts: ["./*"] }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: v1, namespace: shop }
      spec: { workloadSelector: { labels: { version: v1 } }, egress: [{ hosts: ["./*"] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: reviews, namespace: shop, labels: { app: reviews, version: v1 } }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: reviews, namespace: shop }
      spec: { workloadSelector: { labels: { app: reviews } }, egress: [{ hosts: ["./*"] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: reviews, namespace: shop, labels: { app: reviews, version: v1 } }
    `,
  },

  *check(on, mesh) {
    yield* overlaps(mesh, on, indexes.sidecarsSelecting, on.namespace, 'spec.workloadSelector');
  },
});
