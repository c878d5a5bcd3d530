import { sidecarFor } from '../../mesh/index.ts';
import { isMeshNamespace, limitsEgress } from '../mesh-namespace.ts';
import { defineRule, yaml } from '../rule.ts';

export const outboundNotEnforced = defineRule({
  id: 'MW0415',
  name: 'outbound-not-enforced',
  category: 'security',
  severity: 'info',
  advice: true,
  title: 'Only the sidecar keeps workloads from calling out',
  why: 'REGISTRY_ONLY is done by the proxy in the pod. An application that goes around it, by another user or by a protocol that is not captured, calls what it likes.',
  fix: 'Limit egress of the namespace with a NetworkPolicy, to an egress gateway where calls outside are to be seen.',
  source: 'https://istio.io/latest/docs/tasks/traffic-management/egress/egress-control/#security-note',
  of: ['Namespace'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: default, namespace: shop }
      spec: { outboundTrafficPolicy: { mode: REGISTRY_ONLY } }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: default, namespace: shop }
      spec: { outboundTrafficPolicy: { mode: REGISTRY_ONLY } }
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: { name: out, namespace: shop }
      spec: { podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ namespaceSelector: {} }] }] }
    `,
  },

  *check(on, mesh) {
    if (on.ambient || !isMeshNamespace(mesh, on) || limitsEgress(mesh, on.name)) return;
    const mode = sidecarFor(mesh, on.name, new Map())?.outboundMode ?? mesh.config.outboundTrafficPolicy;
    if (mode === 'REGISTRY_ONLY') yield { message: `the outboundTrafficPolicy of namespace ${on.name} is REGISTRY_ONLY, and no NetworkPolicy limits egress` };
  },
});
