import { hasSidecar, type Mesh, type Service, type Workload } from '../../mesh/index.ts';
import { listed } from '../listed.ts';
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

  when: (on, mesh) => offersSeveralPorts(mesh, on),

  *check(on, mesh) {
    const services = servicesOfMeshDeployment(mesh, on);
    const byPort = new Map<number, Map<string, string[]>>();
    for (const service of services) {
      for (const { number, transport } of service.ports) {
        const transports = byPort.get(number) ?? new Map<string, string[]>();
        byPort.set(number, transports);
        const names = transports.get(transport);
        if (names) names.push(service.name);
        else transports.set(transport, [service.name]);
      }
    }
    for (const [port, transports] of byPort) {
      if (transports.size > 1) yield { message: `port ${port} is ${[...transports].map(([transport, names]) => `${transport} in ${listed(names)}`).join(' and ')}` };
    }
  },
});

/** Whether the Services of a workload have more than one port together. */
export function offersSeveralPorts(mesh: Mesh, on: Workload): boolean {
  return mesh.servicesOf(on).reduce((count, { ports }) => count + ports.length, 0) > 1;
}

/** The Services of a Deployment; none where it has no sidecar. */
export function servicesOfMeshDeployment(mesh: Mesh, on: Workload): readonly Service[] {
  return on.labels.get('gateway.istio.io/managed') !== 'istio.io-mesh-controller' && hasSidecar(mesh, on) ? mesh.servicesOf(on) : [];
}
