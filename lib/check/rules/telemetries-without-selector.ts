import { indexes, type Telemetry } from '../../mesh/index.ts';
import { listed } from '../listed.ts';
import { defineRule, yaml } from '../rule.ts';

export const telemetriesWithoutSelector = defineRule({
  id: 'IST0160',
  name: 'telemetries-without-selector',
  category: 'telemetry',
  severity: 'error',
  title: 'A namespace has two Telemetries without a selector',
  why: 'Only one of them applies, and which is not defined.',
  fix: 'Make them one, or give one a selector.',
  analyzers: ['telemetry.DefaultSelectorAnalyzer'],
  of: ['Telemetry'],
  examples: {
    bad: yaml`
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: one, namespace: shop }
      spec: { tracing: [{ randomSamplingPercentage: 10 }] }
      ---
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: two, namespace: shop }
      spec: { tracing: [{ randomSamplingPercentage: 1 }] }
    `,
    good: yaml`
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: default, namespace: shop }
      spec: { tracing: [{ randomSamplingPercentage: 10 }] }
    `,
  },

  *check(on, mesh) {
    const isWide = ({ selector, targetRefs }: Telemetry): boolean => (selector?.size ?? 0) === 0 && targetRefs.length === 0;
    if (!isWide(on)) return;
    const rivals = mesh.at(indexes.telemetriesOf, on.namespace).filter(isWide);
    if (rivals.length > 1) yield { message: `${listed(rivals.map(({ name }) => name))} of namespace ${on.namespace} all have no selector` };
  },
});
