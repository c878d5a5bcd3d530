import { indexes } from '../../mesh/index.ts';
import { isMeshNamespace } from '../mesh-namespace.ts';
import { defineRule, yaml } from '../rule.ts';

export const networkPolicyMissing = defineRule({
  id: 'MW0425',
  name: 'network-policy-missing',
  category: 'security',
  severity: 'info',
  advice: true,
  title: 'No NetworkPolicy stands behind the policies of the mesh',
  why: 'A proxy guards what passes it. What it does not capture, and what reaches a pod while its proxy is broken, only the network can keep out.',
  fix: 'Write NetworkPolicies for the namespace: a second line that takes no proxy at its word.',
  source: 'https://istio.io/latest/docs/ops/best-practices/security/#defense-in-depth-with-networkpolicy',
  of: ['Namespace'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: within, namespace: shop }
      spec: { podSelector: {}, policyTypes: [Ingress], ingress: [{ from: [{ namespaceSelector: {} }] }] }
    `,
  },

  *check(on, mesh) {
    if (isMeshNamespace(mesh, on) && mesh.at(indexes.networkPoliciesOf, on.name).length === 0) yield { message: `namespace ${on.name} has no NetworkPolicy` };
  },
});
