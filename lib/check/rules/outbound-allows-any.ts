import { sidecarFor } from '../../mesh/index.ts';
import { isMeshNamespace, limitsEgress } from '../mesh-namespace.ts';
import { defineRule, yaml } from '../rule.ts';

export const outboundAllowsAny = defineRule({
  id: 'MW0414',
  name: 'outbound-allows-any',
  category: 'security',
  severity: 'info',
  advice: true,
  title: 'Workloads may call any address outside the mesh',
  why: 'Whoever takes a workload over can send what it finds anywhere.',
  fix: 'Set outboundTrafficPolicy REGISTRY_ONLY and declare what is called with ServiceEntries; in ambient mode limit egress with a NetworkPolicy.',
  source: 'https://istio.io/latest/docs/ops/best-practices/security/#understand-traffic-capture-limitations',
  of: ['Namespace', 'Sidecar'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: { name: default, namespace: shop }
      spec: { outboundTrafficPolicy: { mode: ALLOW_ANY } }
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
    `,
  },

  *check(on, mesh) {
    if ('outboundModeWritten' in on) {
      if (on.outboundMode !== undefined && on.outboundMode !== 'REGISTRY_ONLY') yield { at: 'spec.outboundTrafficPolicy.mode', message: `mode ${on.outboundMode} lets everything out` };
      return;
    }
    if (!isMeshNamespace(mesh, on)) return;
    if (on.ambient) {
      if (!limitsEgress(mesh, on.name)) yield { message: `ztunnel lets everything out of namespace ${on.name}, and no NetworkPolicy limits egress` };
      return;
    }
    if (sidecarFor(mesh, on.name, new Map())?.outboundMode === undefined && mesh.config.outboundTrafficPolicy !== 'REGISTRY_ONLY') yield { message: `the outboundTrafficPolicy of namespace ${on.name} is ${mesh.config.outboundTrafficPolicy}` };
  },
});
