import { hasSidecar, isAmbient, mayBeGatewayElsewhere, selectorText, type Mesh, type Workload } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const authorizationPolicySelectsNothing = defineRule({
  id: 'IST0127',
  name: 'authorization-policy-selects-nothing',
  category: 'security',
  severity: 'warning',
  title: 'An AuthorizationPolicy applies to no workload of the mesh',
  why: 'It protects nothing: what it was meant for is open, or has another name.',
  fix: 'Use labels that workloads in the mesh carry. Where no workload at all is among the objects, this is not asked.',
  alsoKnownAs: ['KIA0004'],
  analyzers: ['auth.AuthorizationPoliciesAnalyzer'],
  of: ['AuthorizationPolicy'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews } } } }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { selector: { matchLabels: { app: revews } } }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews } } } }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { selector: { matchLabels: { app: reviews } } }
    `,
  },

  *check(on, mesh) {
    if (!mesh.hasWorkloads) return;
    const { selector, namespace } = on;
    const everywhere = namespace === mesh.config.rootNamespace;
    if (on.targetRefs.length > 0 || (everywhere && !selector) || mayBeGatewayElsewhere(mesh, namespace, selector)) return;
    const selected = mesh.workloadsSelectedBy(selector ?? new Map(), everywhere ? undefined : namespace);
    if (!selected.some(workload => isInMesh(mesh, workload))) {
      yield { at: selector ? 'spec.selector.matchLabels' : undefined, message: selector ? `no workload in the mesh carries ${selectorText(selector)}` : `namespace ${namespace} has no workload in the mesh` };
    }
  },
});

function isInMesh(mesh: Mesh, workload: Workload): boolean {
  return hasSidecar(mesh, workload) || isAmbient(mesh, workload);
}
