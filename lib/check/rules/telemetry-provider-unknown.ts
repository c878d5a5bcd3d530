import { defineRule, yaml } from '../rule.ts';

/**
 * The providers that istiod has without being told.
 *
 * Source: https://istio.io/latest/docs/tasks/observability/telemetry/
 */
const builtIn = new Set(['prometheus', 'stackdriver', 'envoy']);

export const telemetryProviderUnknown = defineRule({
  id: 'MW0353',
  name: 'telemetry-provider-unknown',
  category: 'telemetry',
  severity: 'error',
  title: 'A Telemetry names a provider that the mesh config does not have',
  why: 'istiod leaves the provider out without a word, so that nothing is traced, logged or counted; and naming one takes the place of the provider that would have held.',
  fix: 'Add the provider to meshConfig.extensionProviders, or correct the name. Where no mesh config is among the objects, this is not asked.',
  of: ['Telemetry'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: istio, namespace: istio-system }
      data:
        mesh: |
          extensionProviders: [{ name: otel, opentelemetry: { service: collector.observability.svc.cluster.local, port: 4317 } }]
      ---
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: default, namespace: istio-system }
      spec: { tracing: [{ providers: [{ name: otel-tracing }] }] }
    `,
    good: yaml`
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: istio, namespace: istio-system }
      data:
        mesh: |
          extensionProviders: [{ name: otel, opentelemetry: { service: collector.observability.svc.cluster.local, port: 4317 } }]
      ---
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: default, namespace: istio-system }
      spec: { tracing: [{ providers: [{ name: otel }] }], accessLogging: [{ providers: [{ name: envoy }] }] }
    `,
  },

  *check({ tracing, accessLogging, metrics }, mesh) {
    if (Object.keys(mesh.config.raw).length === 0) return;
    for (const { providers, path } of [...tracing, ...accessLogging, ...metrics]) {
      for (const [i, name] of providers.entries()) {
        const isKnown = [...builtIn, ...mesh.config.extensionProviders.map(provider => provider.name)].some(known => known.toLowerCase() === name.toLowerCase());
        if (!isKnown && name !== '') yield { at: `${path}.providers[${i}].name`, message: `the mesh config has no provider "${name}"; ${had(mesh.config.extensionProviders.map(provider => provider.name))}` };
      }
    }
  },
});

function had(names: readonly string[]): string {
  return names.length === 0 ? 'it names none' : `it has ${names.join(', ')}`;
}
