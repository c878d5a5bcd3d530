import { selectorText } from '../../mesh/index.ts';
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
  of: ['Telemetry'],
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

  *check({ selector, namespace }, mesh) {
    if (!selector || selector.size === 0 || !mesh.hasWorkloads || mesh.workloadsSelectedBy(selector, namespace).length > 0) return;
    yield { at: 'spec.selector.matchLabels', message: `no pod of namespace ${namespace} carries ${selectorText(selector)}` };
  },
});
