import { indexes, type Policy } from '../../mesh/index.ts';
import { listed } from '../listed.ts';
import { overlaps } from '../overlapping.ts';
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
      const rivals = mesh.at(indexes.policiesBySelector.whole, `PeerAuthentication ${namespace}`);
      if (rivals.length > 1) yield { message: `${listed(rivals.map(({ name }) => name))} of namespace ${namespace} all have no selector` };
      return;
    }
    yield* overlaps<Policy>(mesh, on, indexes.policiesBySelector, `PeerAuthentication ${namespace}`, 'spec.selector');
  },
});
