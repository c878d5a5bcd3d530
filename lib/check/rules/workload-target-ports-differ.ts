import { defineRule, yaml } from '../rule.ts';
import { offersSeveralPorts, servicesOfMeshDeployment } from './workload-port-protocols-differ.ts';

export const workloadTargetPortsDiffer = defineRule({
  id: 'IST0137',
  name: 'workload-target-ports-differ',
  category: 'services',
  severity: 'warning',
  title: 'Services of one Deployment lead to the same target port from different ports',
  why: 'A workload has one listener for a port; which of the Services it belongs to is not defined.',
  fix: 'Use the same port in all Services of the Deployment, or another target port.',
  analyzers: ['deployment.MultiServiceAnalyzer'],
  of: ['Deployment'],
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
      apiVersion: v1
      kind: Service
      metadata: { name: one, namespace: shop }
      spec: { selector: { app: reviews }, ports: [{ name: http, port: 80, targetPort: 9080 }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: two, namespace: shop }
      spec: { selector: { app: reviews }, ports: [{ name: http, port: 81, targetPort: 9080 }] }
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
      apiVersion: v1
      kind: Service
      metadata: { name: one, namespace: shop }
      spec: { selector: { app: reviews }, ports: [{ name: http, port: 80, targetPort: 9080 }, { name: grpc, port: 81, targetPort: 9081 }] }
    `,
  },

  when: (on, mesh) => offersSeveralPorts(mesh, on),

  *check(on, mesh) {
    const services = servicesOfMeshDeployment(mesh, on);
    const byTarget = new Map<string, Map<number, string>>();
    for (const service of services) {
      for (const { number, targetPort } of service.ports) {
        const ports = byTarget.get(String(targetPort)) ?? new Map<number, string>();
        byTarget.set(String(targetPort), ports.set(number, service.name));
      }
    }
    for (const [target, ports] of byTarget) {
      if (ports.size > 1) yield { message: `target port ${target} is reached by ${[...ports].map(([port, name]) => `${name}:${port}`).join(' and ')}` };
    }
  },
});
