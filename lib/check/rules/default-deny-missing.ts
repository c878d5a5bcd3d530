import { indexes, type AuthorizationPolicy } from '../../mesh/index.ts';
import { isMeshNamespace } from '../mesh-namespace.ts';
import { defineRule, yaml } from '../rule.ts';

export const defaultDenyMissing = defineRule({
  id: 'MW0402',
  name: 'default-deny-missing',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'Nothing denies by default in a namespace of the mesh',
  why: 'A workload that no AuthorizationPolicy is for may be called by everyone, and so may each new one.',
  fix: 'Write an AuthorizationPolicy with `spec: {}` in the namespace, or in the root namespace for the whole mesh, and allow what is needed besides.',
  source: 'https://istio.io/latest/docs/ops/best-practices/security/#use-default-deny-patterns',
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
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: nothing, namespace: shop }
      spec: {}
    `,
  },

  *check(on, mesh) {
    if (!isMeshNamespace(mesh, on)) return;
    const policies = [mesh.config.rootNamespace, on.name].flatMap(place => mesh.at(indexes.policiesBySelector.whole, `AuthorizationPolicy ${place}`));
    if (!policies.some(policy => 'rules' in policy && deniesTheRest(policy))) yield { message: `no AuthorizationPolicy denies by default in namespace ${on.name}` };
  },
});

/** An ALLOW policy for all workloads denies what it does not allow. */
function deniesTheRest({ action, dryRun, rules }: AuthorizationPolicy): boolean {
  return action === 'ALLOW' && !dryRun && !rules.some(({ from, to, when }) => from.length + to.length + when.length === 0);
}
