import type { DestinationRule, Mesh } from '../../mesh/index.ts';
import { indexes, selects, selectorText } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';
import { ownersOfRule } from './destination-rule-host-unknown.ts';

export const subsetSelectsNothing = defineRule({
  id: 'IST0173',
  name: 'subset-selects-nothing',
  category: 'traffic',
  severity: 'error',
  title: 'A subset selects no workload',
  why: 'Requests routed to the subset fail with 503 (UH): Envoy has no endpoint to send them to.',
  fix: 'Give the subset labels that a workload behind the host carries. Where no workload at all is among the objects, this is not asked.',
  alsoKnownAs: ['KIA0203'],
  analyzers: ['destinationrule.SubsetSelectPodAnalyzer'],
  of: ['DestinationRule'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      spec: { selector: { app: reviews }, ports: [{ name: http, port: 80 }] }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews-v1, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews, version: v1 } } } }
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: reviews, namespace: shop }
      spec: { host: reviews, subsets: [{ name: v3, labels: { version: v3 } }] }
    `,
    good: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      spec: { selector: { app: reviews }, ports: [{ name: http, port: 80 }] }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews-v1, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews, version: v1 } } } }
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: reviews, namespace: shop }
      spec: { host: reviews, subsets: [{ name: v1, labels: { version: v1 } }] }
    `,
  },

  when: ({ subsets }, mesh) => subsets.length > 0 && mesh.hasWorkloads,

  *check(on, mesh) {
    if (!mesh.hasWorkloads) return;
    const endpoints = endpointLabels(mesh, on);
    if (!endpoints) return;
    for (const { name, labels, path } of on.subsets) {
      if (!endpoints.some(carried => selects(labels, carried))) {
        yield { at: `${path}.labels`, message: `subset "${name}" of ${on.host} selects nothing: no workload behind the host carries ${selectorText(labels) || 'any label'}` };
      }
    }
  },
});

/** The labels of all that stands behind the host of a rule; undefined where nothing can be known of it. */
function endpointLabels(mesh: Mesh, rule: DestinationRule): ReadonlyMap<string, string>[] | undefined {
  const owners = new Set(ownersOfRule(mesh, rule));
  if (owners.size === 0) return undefined;
  const found: ReadonlyMap<string, string>[] = [];
  for (const owner of owners) {
    if ('hosts' in owner) {
      for (const { labels } of owner.endpoints) found.push(labels);
      if (owner.workloadSelector) {
        for (const { podLabels } of mesh.workloadsSelectedBy(owner.workloadSelector, owner.namespace)) found.push(podLabels);
        for (const { workloadLabels } of mesh.at(indexes.workloadEntriesOf, owner.namespace)) if (selects(owner.workloadSelector, workloadLabels)) found.push(workloadLabels);
      }
      // Its endpoints may be found by DNS; then nothing is known of their labels.
      if (owner.endpoints.length === 0 && !owner.workloadSelector && !mesh.has('Pod')) return undefined;
    } else if (owner.selector.size > 0) {
      for (const workload of mesh.workloadsOf(owner)) found.push(withTopology(mesh, workload.podLabels, workload.nodeName));
    } else if (!mesh.has('Pod')) {
      // Endpoints of a Service without a selector are made by hand.
      return undefined;
    }
  }
  return found;
}

/** Istio adds the labels of the node's place to those of the pod. */
function withTopology(mesh: Mesh, labels: ReadonlyMap<string, string>, nodeName: string): ReadonlyMap<string, string> {
  const node = nodeName === '' ? undefined : mesh.at(indexes.nodeByName, nodeName)[0];
  if (!node) return labels;
  const place = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'topology.istio.io/subzone'].flatMap((key): [string, string][] => {
    const value = node.labels.get(key);
    return (value ?? '') === '' ? [] : [[key, value ?? '']];
  });
  return new Map([...labels, ...place, ['kubernetes.io/hostname', nodeName]]);
}

