import { selectorText } from '../../mesh/index.ts';
import { selecting } from '../overlapping.ts';
import { defineRule, yaml } from '../rule.ts';

export const telemetrySelectsNothing = defineRule({
  id: 'IST0101',
  name: 'telemetry-selects-nothing',
  category: 'telemetry',
  severity: 'error',
  title: 'The selector of a Telemetry takes no pod',
  why: 'It applies to nothing.',
  fix: 'Use labels that pods of its namespace carry. Where no workload at all is among the objects, this is not asked.',
  alsoKnownAs: ['KIA0004'],
  analyzers: ['telemetry.SelectorAnalyzer'],
  reads: ['Telemetry', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job'],
  examples: {
    bad: yaml`
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: reviews, namespace: shop }
      spec: { selector: { matchLabels: { app: revews } }, tracing: [{ randomSamplingPercentage: 10 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: reviews, namespace: shop, labels: { app: reviews } }
    `,
    good: yaml`
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: reviews, namespace: shop }
      spec: { selector: { matchLabels: { app: reviews } }, tracing: [{ randomSamplingPercentage: 10 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: reviews, namespace: shop, labels: { app: reviews } }
    `,
  },

  *check(mesh) {
    for (const { on, workloads } of selecting(mesh, mesh.telemetries, ({ selector }) => selector)) {
      if (workloads.length === 0) yield { on, at: 'spec.selector.matchLabels', message: `no pod of namespace ${on.namespace} carries ${selectorText(on.selector ?? new Map())}` };
    }
  },
});
