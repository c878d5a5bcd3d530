import { hasAmbient } from '../../mesh/index.ts';
import { ambientAlone } from '../ambient-alone.ts';
import { defineRule, yaml } from '../rule.ts';

export const envoyFilterInAmbient = defineRule({
  id: 'MW0162',
  name: 'envoy-filter-in-ambient',
  category: 'ambient',
  severity: 'warning',
  title: 'An EnvoyFilter for sidecars is for workloads in ambient mode',
  why: 'There is no sidecar that it could change: ztunnel is no Envoy, and waypoints take patches for the context WAYPOINT alone, by targetRefs.',
  fix: 'Remove it, take the workloads out of ambient mode, or attach patches for WAYPOINT to the Gateway of their waypoint by targetRefs.',
  source: 'https://istio.io/latest/docs/reference/config/networking/envoy-filter/',
  of: ['EnvoyFilter'],
  examples: {
    bad: example('istio.io/dataplane-mode: ambient'),
    good: example('istio-injection: enabled'),
  },

  when: (_, mesh) => hasAmbient(mesh),

  *check({ namespace, selector, targetRefs, patches }, mesh) {
    const at = patches.findIndex(({ context }) => context === 'SIDECAR_INBOUND' || context === 'SIDECAR_OUTBOUND');
    if (at < 0 || targetRefs.length > 0 || namespace === mesh.config.rootNamespace) return;
    const who = ambientAlone(mesh, namespace, selector);
    if (who !== undefined) yield { at: `spec.configPatches[${at}].match.context`, message: `it is for sidecars, and ${who}, which is in ambient mode, has none` };
  },
});

function example(mode: string): string {
  return yaml`
    apiVersion: v1
    kind: Namespace
    metadata: { name: shop, labels: { ${mode} } }
    ---
    apiVersion: networking.istio.io/v1alpha3
    kind: EnvoyFilter
    metadata: { name: connect-timeout, namespace: shop }
    spec: { configPatches: [{ applyTo: CLUSTER, match: { context: SIDECAR_OUTBOUND }, patch: { operation: MERGE, value: { connect_timeout: 1s } } }] }
  `;
}
