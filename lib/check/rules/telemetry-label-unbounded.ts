import { valuesOf } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const telemetryLabelUnbounded = defineRule({
  id: 'MW0352',
  name: 'telemetry-label-unbounded',
  category: 'telemetry',
  severity: 'warning',
  title: 'A Telemetry gives a label values that have no end',
  why: 'Every distinct value is a series of every metric, for every caller and version, in the memory of proxies and of Prometheus; with an identifier or a path in it both grow until they fail. Whoever sends requests decides how many there are.',
  fix: 'Let the expression choose from a few values, as `request.path.startsWith("/api/") ? "api" : "other"`, or write the value into spans and access logs.',
  of: ['Telemetry'],
  examples: {
    bad: yaml`
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: default, namespace: istio-system }
      spec: { metrics: [{ providers: [{ name: prometheus }], overrides: [{ tagOverrides: { path: { value: request.path } } }] }] }
    `,
    good: yaml`
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: default, namespace: istio-system }
      spec: { metrics: [{ providers: [{ name: prometheus }], overrides: [{ tagOverrides: { method: { value: request.method } } }] }] }
    `,
  },

  when: ({ hasMetrics }) => hasMetrics,
  *check({ metrics }) {
    for (const { overrides } of metrics) {
      for (const { tags, disabled } of overrides) {
        if (disabled === true) continue;
        for (const { tag, value, path } of tags) {
          const unbounded = valuesOf(value)?.unbounded;
          if (unbounded !== undefined) yield { at: path, message: `label "${tag}" takes its values from ${unbounded}: every distinct value is a series` };
        }
      }
    }
  },
});
