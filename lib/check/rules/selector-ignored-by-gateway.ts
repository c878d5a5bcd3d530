import { indexes } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const selectorIgnoredByGateway = defineRule({
  id: 'IST0166',
  name: 'selector-ignored-by-gateway',
  category: 'gateway',
  severity: 'warning',
  title: 'A policy selects the pods of a Kubernetes Gateway by label',
  why: 'Gateways of the Gateway API take policies by targetRefs; the selector has no effect on them.',
  fix: 'Use targetRefs with the Gateway\'s name.',
  alsoKnownAs: ['KIA0110', 'KIA1115', 'KIA1116', 'KIA1117'],
  analyzers: ['k8sgateway.SelectorAnalyzer'],
  of: ['AuthorizationPolicy', 'RequestAuthentication', 'Telemetry', 'WasmPlugin'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Pod
      metadata: { name: edge, namespace: shop, labels: { app: edge, gateway.networking.k8s.io/gateway-name: edge } }
      spec: { containers: [{ name: istio-proxy, image: proxyv2 }] }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: edge, namespace: shop }
      spec: { selector: { matchLabels: { app: edge } } }
    `,
    good: yaml`
      apiVersion: v1
      kind: Pod
      metadata: { name: edge, namespace: shop, labels: { app: edge, gateway.networking.k8s.io/gateway-name: edge } }
      spec: { containers: [{ name: istio-proxy, image: proxyv2 }] }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: edge, namespace: shop }
      spec: { targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: edge }] }
    `,
  },

  when: ({ selector }, mesh) => selector !== undefined && mesh.hasAt(indexes.gatewayWorkloads, ''),

  *check(on, mesh) {
    const { selector, namespace } = on;
    if (!selector || on.targetRefs.length > 0) return;
    for (const { podLabels } of mesh.workloadsSelectedBy(selector, namespace)) {
      const gateway = podLabels.get('gateway.networking.k8s.io/gateway-name');
      if (gateway !== undefined) yield { at: 'spec.selector', message: `the selector has no effect on Gateway ${gateway}` };
    }
  },
});
