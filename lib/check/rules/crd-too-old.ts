import { defineRule, yaml } from '../rule.ts';

export const crdTooOld = defineRule({
  id: 'IST0176',
  name: 'crd-too-old',
  category: 'install',
  severity: 'warning',
  title: 'A CRD of the Gateway API is older than Istio needs',
  why: 'Istio then ignores the kind: its routes are never served.',
  fix: 'Install a newer release of the Gateway API.',
  analyzers: ['k8sgateway.CRDVersionAnalyzer'],
  of: ['CustomResourceDefinition'],
  examples: {
    bad: yaml`
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: { name: tlsroutes.gateway.networking.k8s.io, annotations: { gateway.networking.k8s.io/bundle-version: v1.4.0 } }
    `,
    good: yaml`
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: { name: tlsroutes.gateway.networking.k8s.io, annotations: { gateway.networking.k8s.io/bundle-version: v1.5.0 } }
    `,
  },

  *check(on) {
    const least = minimum.get(on.name);
    const version = on.annotations.get('gateway.networking.k8s.io/bundle-version');
    const parts = version === undefined ? null : /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+].*)?$/.exec(version);
    if (least && parts && before([1, 2, 3].map(i => Number(parts[i] ?? 0)), least)) {
      yield { at: 'metadata.annotations["gateway.networking.k8s.io/bundle-version"]', message: `${on.name} is of ${version ?? ''}, and Istio needs at least v${least.join('.')}` };
    }
  },
});

/** Source: istio/istio pkg/config/schema/gatewayapi (1.31). */
const minimum = new Map([
  ['grpcroutes.gateway.networking.k8s.io', [1, 1, 0]],
  ['backendtlspolicies.gateway.networking.k8s.io', [1, 4, 0]],
  ['tlsroutes.gateway.networking.k8s.io', [1, 5, 0]],
]);

function before(version: readonly number[], least: readonly number[]): boolean {
  const i = version.findIndex((part, at) => part !== least[at]);
  return i !== -1 && (version[i] ?? 0) < (least[i] ?? 0);
}
