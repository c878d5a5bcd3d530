import { indexes } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const workloadGroupAccountUnknown = defineRule({
  id: 'MW0135',
  name: 'workload-group-account-unknown',
  category: 'services',
  severity: 'warning',
  title: 'A WorkloadGroup names a service account that does not exist',
  why: 'Machines of the group get no certificate, so that they cannot join the mesh.',
  fix: 'Name a ServiceAccount of its namespace. Where none of that namespace is among the objects, this is not asked.',
  alsoKnownAs: ['KIA1701'],
  of: ['WorkloadGroup'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: ServiceAccount
      metadata: { name: machines, namespace: shop }
      ---
      apiVersion: networking.istio.io/v1
      kind: WorkloadGroup
      metadata: { name: machines, namespace: shop }
      spec: { template: { serviceAccount: machine } }
    `,
    good: yaml`
      apiVersion: v1
      kind: ServiceAccount
      metadata: { name: machines, namespace: shop }
      ---
      apiVersion: networking.istio.io/v1
      kind: WorkloadGroup
      metadata: { name: machines, namespace: shop }
      spec: { template: { serviceAccount: machines } }
    `,
  },

  *check({ namespace, serviceAccount }, mesh) {
    if (serviceAccount === '' || serviceAccount === 'default' || mesh.at(indexes.serviceAccountsOf, namespace).length === 0) return;
    if (mesh.at(indexes.serviceAccountByName, `${namespace}/${serviceAccount}`).length === 0) yield { at: 'spec.template.serviceAccount', message: `namespace ${namespace} has no ServiceAccount ${serviceAccount}` };
  },
});
