import { hasSidecar, type Mesh, type Service, type Workload } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const workloadPortProtocolsDiffer = defineRule({
  id: 'IST0116',
  name: 'workload-port-protocols-differ',
  category: 'services',
  severity: 'warning',
  title: 'Services of one Deployment give the same port different protocols',
  why: 'A workload has one listener for a port; which protocol it gets is not defined.',
  fix: 'Give the port one protocol in all Services of the Deployment.',
  analyzers: ['deployment.MultiServiceAnalyzer'],
  reads: ['Deployment', 'Service', 'Namespace'],
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
      spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080, protocol: TCP }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: two, namespace: shop }
      spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080, protocol: UDP }] }
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
      spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080 }] }
    `,
  },

  *check(mesh) {
    for (const { on, services } of meshDeployments(mesh)) {
      const byPort = new Map<number, Map<string, string[]>>();
      for (const service of services) {
        for (const { number, transport } of service.ports) {
          const transports = byPort.get(number) ?? new Map<string, string[]>();
          byPort.set(number, transports.set(transport, [...(transports.get(transport) ?? []), service.name]));
        }
      }
      for (const [port, transports] of byPort) {
        if (transports.size > 1) yield { on, message: `port ${port} is ${[...transports].map(([transport, names]) => `${transport} in ${names.join(', ')}`).join(' and ')}` };
      }
    }
  },
});

/** The Deployments with a sidecar, and the Services of each. */
export function* meshDeployments(mesh: Mesh): Generator<{ readonly on: Workload; readonly services: readonly Service[] }> {
  for (const on of mesh.deployments) {
    if (on.labels.get('gateway.istio.io/managed') !== 'istio.io-mesh-controller' && hasSidecar(mesh, on)) yield { on, services: mesh.servicesOf(on) };
  }
}
