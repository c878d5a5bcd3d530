import { hasAmbient } from '../../mesh/index.ts';
import { ambientAlone } from '../ambient-alone.ts';
import { defineRule, yaml } from '../rule.ts';

export const mtlsDisabledInAmbient = defineRule({
  id: 'MW0164',
  name: 'mtls-disabled-in-ambient',
  category: 'ambient',
  severity: 'warning',
  title: 'A PeerAuthentication disables mutual TLS for workloads in ambient mode',
  why: 'ztunnel takes DISABLE for PERMISSIVE: other members of the mesh still come in through its tunnel.',
  fix: 'Say PERMISSIVE, which is what holds, or take the workloads out of the mesh with `istio.io/dataplane-mode: none`.',
  source: 'https://istio.io/latest/docs/reference/config/security/peer_authentication/',
  of: ['PeerAuthentication'],
  examples: {
    bad: example('DISABLE'),
    good: example('PERMISSIVE'),
  },

  when: ({ mode, portModes }, mesh) => (mode === 'DISABLE' || portModes.size > 0) && hasAmbient(mesh),

  *check(on, mesh) {
    const [port] = [...on.portModes].find(([, mode]) => mode === 'DISABLE') ?? [];
    const at = on.mode === 'DISABLE' ? 'spec.mtls.mode' : port === undefined ? undefined : `spec.portLevelMtls["${port}"].mode`;
    const who = at === undefined || on.namespace === mesh.config.rootNamespace ? undefined : ambientAlone(mesh, on.namespace, on.selector);
    if (who !== undefined) yield { at, message: `${who} is in ambient mode, where DISABLE is PERMISSIVE` };
  },
});

function example(mode: string): string {
  return yaml`
    apiVersion: v1
    kind: Namespace
    metadata: { name: shop, labels: { istio.io/dataplane-mode: ambient } }
    ---
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata: { name: default, namespace: shop }
    spec: { mtls: { mode: ${mode} } }
  `;
}
