import { defineRule, yaml } from '../rule.ts';

export const lightstepProvider = defineRule({
  id: 'IST0002',
  name: 'lightstep-provider',
  category: 'telemetry',
  severity: 'warning',
  title: 'A Telemetry traces to a Lightstep provider',
  why: 'Istio has removed the provider; nothing is traced.',
  fix: 'Use an opentelemetry provider: Lightstep takes OTLP.',
  analyzers: ['telemetry.LightstepAnalyzer'],
  reads: ['Telemetry', 'ConfigMap', 'IstioOperator', 'Istio'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: istio, namespace: istio-system }
      data:
        mesh: |
          extensionProviders: [{ name: lightstep, lightstep: { service: a, port: 80 } }]
      ---
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: traces, namespace: istio-system }
      spec: { tracing: [{ providers: [{ name: lightstep }] }] }
    `,
    good: yaml`
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: istio, namespace: istio-system }
      data:
        mesh: |
          extensionProviders: [{ name: collector, opentelemetry: { service: a, port: 4317 } }]
      ---
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: traces, namespace: istio-system }
      spec: { tracing: [{ providers: [{ name: collector }] }] }
    `,
  },

  *check(mesh) {
    const names = new Set(mesh.config.extensionProviders.filter(({ type }) => type === 'lightstep').map(({ name }) => name));
    for (const on of names.size > 0 ? mesh.telemetries : []) {
      for (const { providers, path } of on.tracing) {
        for (const name of providers) if (names.has(name)) yield { on, at: path, message: `provider "${name}" is Lightstep, which Istio has removed` };
      }
    }
  },
});
