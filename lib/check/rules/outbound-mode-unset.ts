import { defineRule, yaml } from '../rule.ts';

export const outboundModeUnset = defineRule({
  id: 'MW0122',
  name: 'outbound-mode-unset',
  category: 'traffic',
  severity: 'warning',
  title: 'The outboundTrafficPolicy of a Sidecar has no mode',
  why: 'Without one it is REGISTRY_ONLY, not what the mesh says: requests to hosts that the mesh does not know fail.',
  fix: 'Write the mode: ALLOW_ANY or REGISTRY_ONLY.',
  alsoKnownAs: ['KIA1007'],
  of: ['Sidecar'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: default, namespace: shop }
      spec: { outboundTrafficPolicy: {}, egress: [{ hosts: ["./*"] }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: default, namespace: shop }
      spec: { outboundTrafficPolicy: { mode: REGISTRY_ONLY }, egress: [{ hosts: ["./*"] }] }
    `,
  },

  *check({ outboundMode, outboundModeWritten }) {
    if (outboundMode !== undefined && !outboundModeWritten) yield { at: 'spec.outboundTrafficPolicy', message: 'without a mode it is REGISTRY_ONLY' };
  },
});
