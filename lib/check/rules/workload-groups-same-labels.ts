import { indexOf, selectorText, type WorkloadGroup } from '../../mesh/index.ts';
import { listed } from '../listed.ts';
import { defineRule, yaml } from '../rule.ts';

export const workloadGroupsSameLabels = defineRule({
  id: 'MW0136',
  name: 'workload-groups-same-labels',
  category: 'services',
  severity: 'warning',
  title: 'Two WorkloadGroups of a namespace have the same labels',
  why: 'Whatever selects the machines of one takes those of the other too: they cannot be told apart.',
  fix: 'Give one of them a label of its own.',
  alsoKnownAs: ['KIA1702'],
  of: ['WorkloadGroup'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: WorkloadGroup
      metadata: { name: one, namespace: shop }
      spec: { metadata: { labels: { app: web } }, template: { serviceAccount: web } }
      ---
      apiVersion: networking.istio.io/v1
      kind: WorkloadGroup
      metadata: { name: two, namespace: shop }
      spec: { metadata: { labels: { app: web } }, template: { serviceAccount: web } }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: WorkloadGroup
      metadata: { name: one, namespace: shop }
      spec: { metadata: { labels: { app: web } }, template: { serviceAccount: web } }
      ---
      apiVersion: networking.istio.io/v1
      kind: WorkloadGroup
      metadata: { name: two, namespace: shop }
      spec: { metadata: { labels: { app: db } }, template: { serviceAccount: db } }
    `,
  },

  *check(on, mesh) {
    if (on.workloadLabels.size === 0) return;
    const rivals = mesh.at(workloadGroupsByLabels, labelsOf(on));
    if (rivals.length > 1) yield { message: `${listed(rivals.map(({ name }) => name))} of namespace ${on.namespace} all have the labels ${selectorText(on.workloadLabels)}` };
  },
});

const labelsOf = ({ namespace, workloadLabels }: WorkloadGroup): string => `${namespace} ${selectorText(workloadLabels)}`;
const workloadGroupsByLabels = indexOf('workload group labels', ['WorkloadGroup'], on => [labelsOf(on)]);
