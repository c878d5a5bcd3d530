import { overlaps } from '../overlapping.ts';
import { indexes, type Policy } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const telemetriesOverlap = defineRule({
  id: 'IST0159',
  name: 'telemetries-overlap',
  category: 'telemetry',
  severity: 'error',
  title: 'Two Telemetries take the same pod',
  why: 'Which of them applies is not defined.',
  fix: 'Let one Telemetry take the pod: narrow a selector, or make them one.',
  analyzers: ['telemetry.SelectorAnalyzer'],
  of: ['Telemetry'],
  examples: {
    bad: yaml`
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: reviews, namespace: shop }
      spec: { selector: { matchLabels: { app: reviews } }, tracing: [{ randomSamplingPercentage: 10 }] }
      ---
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: v1, namespace: shop }
      spec: { selector: { matchLabels: { version: v1 } }, tracing: [{ randomSamplingPercentage: 1 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: reviews, namespace: shop, labels: { app: reviews, version: v1 } }
    `,
    good: yaml`
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: reviews, namespace: shop }
      spec: { selector: { matchLabels: { app: reviews } }, tracing: [{ randomSamplingPercentage: 10 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: reviews, namespace: shop, labels: { app: reviews, version: v1 } }
    `,
  },

  *check(on, mesh) {
    yield* overlaps<Policy>(mesh, on, indexes.policiesBySelector, `Telemetry ${on.namespace}`, 'spec.selector');
  },
});
