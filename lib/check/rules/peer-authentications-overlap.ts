import { indexes, selects, type Mesh, type PeerAuthentication, type Workload } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const peerAuthenticationsOverlap = defineRule({
  id: 'MW0102',
  name: 'peer-authentications-overlap',
  category: 'security',
  severity: 'error',
  title: 'Two PeerAuthentications are for the same pods',
  why: 'Only the oldest applies, so that pods may take plaintext where mutual TLS was meant to be asked for.',
  fix: 'Make them one, or give each pods of its own.',
  alsoKnownAs: ['KIA0002', 'KIA0003'],
  of: ['PeerAuthentication'],
  examples: {
    bad: yaml`
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: { name: default, namespace: shop }
      spec: { mtls: { mode: PERMISSIVE } }
      ---
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: { name: strict, namespace: shop }
      spec: { mtls: { mode: STRICT } }
    `,
    good: yaml`
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: { name: default, namespace: shop }
      spec: { mtls: { mode: STRICT } }
      ---
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: { name: reviews, namespace: shop }
      spec: { selector: { matchLabels: { app: reviews } }, mtls: { mode: PERMISSIVE } }
    `,
  },

  *check(on, mesh) {
    const { namespace, selector } = on;
    if (!selector || selector.size === 0) {
      const rivals = mesh.at(indexes.policiesBySelector, `PeerAuthentication ${namespace}`);
      if (rivals.length > 1) yield { message: `${rivals.map(({ name }) => name).join(', ')} of namespace ${namespace} all have no selector` };
      return;
    }
    for (const workload of mesh.workloadsSelectedBy(selector, namespace)) {
      const rivals = selecting(mesh, workload);
      if (rivals.length > 1) yield { at: 'spec.selector', message: `${rivals.map(({ name }) => name).sort().join(', ')} all take ${workload.kind} ${workload.name}` };
    }
  },
});

function selecting(mesh: Mesh, { namespace, podLabels }: Workload): PeerAuthentication[] {
  return [...podLabels].flatMap(([key, text]) => mesh.at(indexes.policiesBySelector, `PeerAuthentication ${namespace} ${key}=${text}`))
    .filter((policy): policy is PeerAuthentication => policy.selector !== undefined && selects(policy.selector, podLabels));
}
