import type { Telemetry } from '../../mesh/index.ts';
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
  reads: ['Telemetry'],
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

  *check(mesh) {
    const byNamespace = new Map<string, Telemetry[]>();
    for (const telemetry of mesh.telemetries) {
      if ((telemetry.selector?.size ?? 0) === 0 && telemetry.targetRefs.length === 0) byNamespace.set(telemetry.namespace, [...(byNamespace.get(telemetry.namespace) ?? []), telemetry]);
    }
    for (const [namespace, telemetries] of byNamespace) {
      for (const on of telemetries.length > 1 ? telemetries : []) yield { on, message: `${telemetries.map(({ name }) => name).join(', ')} of namespace ${namespace} all have no selector` };
    }
  },
});
