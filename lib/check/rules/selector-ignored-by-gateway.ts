import { selects } from '../../mesh/index.ts';
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
  reads: ['AuthorizationPolicy', 'RequestAuthentication', 'Telemetry', 'WasmPlugin', 'Pod', 'Deployment'],
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

  *check(mesh) {
    const gateways = mesh.workloads.filter(({ podLabels }) => podLabels.has('gateway.networking.k8s.io/gateway-name'));
    for (const on of gateways.length === 0 ? [] : [...mesh.authorizationPolicies, ...mesh.requestAuthentications, ...mesh.telemetries, ...mesh.wasmPlugins]) {
      const { selector } = on;
      if (!selector || on.targetRefs.length > 0) continue;
      for (const { podLabels, namespace } of gateways) {
        if (namespace === on.namespace && selects(selector, podLabels)) {
          yield { on, at: 'spec.selector', message: `the selector has no effect on Gateway ${podLabels.get('gateway.networking.k8s.io/gateway-name') ?? ''}` };
        }
      }
    }
  },
});
