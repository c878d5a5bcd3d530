import { indexes, mayBeGatewayElsewhere, selects, selectorText, type Mesh, type Policy, type Selector } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const policySelectsNothing = defineRule({
  id: 'MW0103',
  name: 'policy-selects-nothing',
  category: 'security',
  severity: 'warning',
  title: 'The selector of a policy takes no workload',
  why: 'It applies to nothing: what it was meant for goes without it.',
  fix: 'Use labels that workloads of its namespace carry. Where no workload at all is among the objects, this is not asked.',
  alsoKnownAs: ['KIA0004'],
  of: ['PeerAuthentication', 'RequestAuthentication', 'WasmPlugin', 'EnvoyFilter'],
  examples: {
    bad: yaml`
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews } } } }
      ---
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: { name: reviews, namespace: shop }
      spec: { selector: { matchLabels: { app: revews } }, mtls: { mode: STRICT } }
    `,
    good: yaml`
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews } } } }
      ---
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: { name: reviews, namespace: shop }
      spec: { selector: { matchLabels: { app: reviews } }, mtls: { mode: STRICT } }
    `,
  },

  *check(on, mesh) {
    const { selector, namespace } = on;
    if (!selector || selector.size === 0 || on.targetRefs.length > 0 || !mesh.hasWorkloads || mayBeGatewayElsewhere(mesh, namespace, selector)) return;
    const everywhere = namespace === mesh.config.rootNamespace && on.kind !== 'PeerAuthentication';
    if (mesh.workloadsSelectedBy(selector, everywhere ? undefined : namespace).length > 0 || takesMachine(mesh, on, selector)) return;
    yield { at: on.kind === 'EnvoyFilter' ? 'spec.workloadSelector.labels' : 'spec.selector.matchLabels', message: `no workload${everywhere ? '' : ` of namespace ${namespace}`} carries ${selectorText(selector)}` };
  },
});

/** Machines outside Kubernetes carry labels by their WorkloadEntry, or by the group that makes it. */
function takesMachine(mesh: Mesh, { namespace }: Policy, selector: Selector): boolean {
  return [...mesh.at(indexes.workloadEntriesOf, namespace), ...mesh.at(indexes.workloadGroupsOf, namespace)].some(({ workloadLabels }) => selects(selector, workloadLabels));
}
