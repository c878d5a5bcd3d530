import { defineRule, yaml } from '../rule.ts';

export const telemetryWithoutProvider = defineRule({
  id: 'IST0157',
  name: 'telemetry-without-provider',
  category: 'telemetry',
  severity: 'warning',
  title: 'A Telemetry asks for access logs of no provider, and the mesh has no default',
  why: 'Nothing is logged.',
  fix: 'Name a provider (`envoy` logs to standard output), or set defaultProviders.accessLogging in the mesh config.',
  analyzers: ['telemetry.ProviderAnalyzer'],
  of: ['Telemetry'],
  examples: {
    bad: yaml`
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: logs, namespace: istio-system }
      spec: { accessLogging: [{ disabled: false }] }
    `,
    good: yaml`
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: logs, namespace: istio-system }
      spec: { accessLogging: [{ providers: [{ name: envoy }] }] }
    `,
  },

  *check(on, mesh) {
    if (mesh.config.defaultProviders.accessLogging.length > 0) return;
    for (const { providers, disabled, path } of on.accessLogging) if (!disabled && providers.length === 0) yield { at: path, message: 'access logging names no provider, and the mesh has no default one' };
  },
});
