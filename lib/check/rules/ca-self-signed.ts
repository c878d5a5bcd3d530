import type { Mesh } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const caSelfSigned = defineRule({
  id: 'MW0427',
  name: 'ca-self-signed',
  category: 'security',
  severity: 'info',
  advice: true,
  title: 'istiod signs with a root that it made by itself',
  why: 'The key that every identity of the mesh hangs on lies in a Secret of the cluster, and no other authority can revoke or rotate it.',
  fix: 'Plug in an intermediate certificate (Secret cacerts), or let istio-csr or SPIRE sign.',
  source: 'https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/',
  of: ['SailIstio', 'IstioOperator'],
  examples: {
    bad: yaml`
      apiVersion: sailoperator.io/v1
      kind: Istio
      metadata: { name: default }
      spec: { version: v1.30.3, namespace: istio-system, values: {} }
    `,
    good: yaml`
      apiVersion: sailoperator.io/v1
      kind: Istio
      metadata: { name: default }
      spec: { version: v1.30.3, namespace: istio-system, values: {} }
      ---
      apiVersion: external-secrets.io/v1
      kind: ExternalSecret
      metadata: { name: cacerts, namespace: istio-system }
      spec: { target: { name: cacerts } }
    `,
  },

  *check(on, mesh) {
    const { caAddress, pilotEnv, namesAuthorities } = on;
    if (caAddress !== '' || namesAuthorities || pilotEnv.has('EXTERNAL_CA') || pilotEnv.get('ENABLE_CA_SERVER') === 'false' || isPluggedIn(mesh)) return;
    yield { at: 'spec', message: 'neither a Secret cacerts nor another authority is known' };
  },
});

function isPluggedIn(mesh: Mesh): boolean {
  const namespace = mesh.config.rootNamespace;
  return mesh.secret(namespace, 'cacerts') !== undefined
    || [['external-secrets.io', 'ExternalSecret'], ['bitnami.com', 'SealedSecret']].some(([group = '', kind = '']) => mesh.get({ group, version: '', kind, namespace, name: 'cacerts' }) !== undefined);
}
