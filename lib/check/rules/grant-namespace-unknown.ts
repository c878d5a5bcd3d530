import { defineRule, yaml } from '../rule.ts';

export const grantNamespaceUnknown = defineRule({
  id: 'MW0134',
  name: 'grant-namespace-unknown',
  category: 'gateway',
  severity: 'warning',
  title: 'A ReferenceGrant is for a namespace that does not exist',
  why: 'It grants nothing: routes of the namespace that was meant answer 500 for what they may not refer to.',
  fix: 'Name a namespace that is there. Where no Namespace at all is among the objects, this is not asked.',
  alsoKnownAs: ['KIA1601'],
  of: ['ReferenceGrant'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: edge, labels: { istio-injection: enabled } }
      ---
      apiVersion: gateway.networking.k8s.io/v1beta1
      kind: ReferenceGrant
      metadata: { name: edge, namespace: shop }
      spec: { from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: egde }], to: [{ group: "", kind: Service }] }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: edge, labels: { istio-injection: enabled } }
      ---
      apiVersion: gateway.networking.k8s.io/v1beta1
      kind: ReferenceGrant
      metadata: { name: edge, namespace: shop }
      spec: { from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge }], to: [{ group: "", kind: Service }] }
    `,
  },

  *check({ from }, mesh) {
    for (const { namespace, path } of from) {
      if (namespace !== '' && mesh.has('Namespace') && !mesh.knowsNamespace(namespace)) yield { at: `${path}.namespace`, message: `there is no namespace ${namespace}` };
    }
  },
});
