import { mtlsModeOfNamespace, type MtlsMode } from '../../mesh/index.ts';
import { isMeshNamespace } from '../mesh-namespace.ts';
import { defineRule, yaml } from '../rule.ts';

export const mtlsNotStrict = defineRule({
  id: 'MW0401',
  name: 'mtls-not-strict',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'Workloads take connections without mutual TLS',
  why: 'Whoever reaches the pod over the network may call it without an identity, read what is sent, and be anyone to policies that ask for none.',
  fix: 'Set mode STRICT for the mesh once every client has a proxy; make exceptions for single ports.',
  source: 'https://istio.io/latest/docs/ops/best-practices/security/#mutual-tls',
  of: ['PeerAuthentication', 'Namespace'],
  examples: {
    bad: yaml`
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: { name: default, namespace: shop }
      spec: { mtls: { mode: PERMISSIVE } }
    `,
    good: yaml`
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: { name: default, namespace: shop }
      spec: { mtls: { mode: STRICT } }
    `,
  },

  *check(on, mesh) {
    if (!('portModes' in on)) {
      if (isMeshNamespace(mesh, on) && mtlsModeOfNamespace(mesh, on.name).from === undefined) yield { message: `no PeerAuthentication asks for mutual TLS in namespace ${on.name}, so plaintext is taken too` };
      return;
    }
    if (takesPlaintext(on.mode)) yield { at: 'spec.mtls.mode', message: `mode ${on.mode} takes plaintext` };
    for (const [port, mode] of on.portModes) if (takesPlaintext(mode)) yield { at: `spec.portLevelMtls["${port}"].mode`, message: `mode ${mode} takes plaintext on port ${port}` };
  },
});

function takesPlaintext(mode: MtlsMode): boolean {
  return mode === 'PERMISSIVE' || mode === 'DISABLE';
}
