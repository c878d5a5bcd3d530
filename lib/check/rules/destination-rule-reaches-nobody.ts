import { isVisible, ownersOf } from '../../mesh/index.ts';
import { listed } from '../listed.ts';
import { defineRule, yaml } from '../rule.ts';

export const destinationRuleReachesNobody = defineRule({
  id: 'MW0304',
  name: 'destination-rule-reaches-nobody',
  category: 'traffic',
  severity: 'warning',
  title: 'A DestinationRule holds for no client',
  why: 'Istio looks for it in the namespace of the client, then of the service, then in the root namespace; a rule anywhere else, or not exported to the clients, is never found.',
  fix: 'Put it into the namespace of the service, or of the clients that it is for.',
  of: ['DestinationRule'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080 }] }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews } } } }
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: reviews, namespace: mesh-config }
      spec: { host: reviews.shop.svc.cluster.local, trafficPolicy: { connectionPool: { http: { http1MaxPendingRequests: 1 } } } }
    `,
    good: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080 }] }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews } } } }
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: reviews, namespace: shop }
      spec: { host: reviews.shop.svc.cluster.local, trafficPolicy: { connectionPool: { http: { http1MaxPendingRequests: 1 } } } }
    `,
  },

  when: ({ visibility, workloadSelector, namespace }, mesh) => !visibility.everywhere || workloadSelector !== undefined || mesh.workloadsIn(namespace).length === 0,

  *check(on, mesh) {
    const { namespace, fullHost, visibility, workloadSelector } = on;
    if (!visibility.everywhere && visibility.namespaces.size === 0) {
      yield { at: 'spec.exportTo', message: 'it is exported to no namespace' };
      return;
    }
    if (workloadSelector) {
      if (mesh.hasWorkloads && mesh.workloadsSelectedBy(workloadSelector, namespace).length === 0) yield { at: 'spec.workloadSelector', message: `no workload of namespace ${namespace} is selected, and it is for no other` };
      return;
    }
    if (namespace === mesh.config.rootNamespace || !mesh.hasWorkloads || fullHost.startsWith('*') || mesh.workloadsIn(namespace).length > 0) return;
    const owners = [...ownersOf(mesh, fullHost, namespace)];
    // For a host that nobody answers to, that is what is said (IST0174).
    if (owners.length === 0 || owners.some(owner => owner.namespace === namespace && (visibility.everywhere || [...visibility.namespaces].some(name => isVisible(owner.visibility, name))))) return;
    yield { message: `namespace ${namespace} has no workloads, and ${on.host} belongs to ${listed([...new Set(owners.map(owner => `namespace ${owner.namespace}`))])}` };
  },
});
