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
  of: ['Telemetry'],
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

  *check(on, mesh) {
    const isLightstep = (name: string): boolean => mesh.config.extensionProviders.some(provider => provider.name === name && provider.type === 'lightstep');
    for (const { providers, path } of on.tracing) {
      for (const name of providers) if (isLightstep(name)) yield { at: path, message: `provider "${name}" is Lightstep, which Istio has removed` };
    }
  },
});
