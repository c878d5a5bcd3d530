import { selectorText, workloadPort, workloadsOfGateway, type Gateway, type Mesh } from '../../mesh/index.ts';
import { listed } from '../listed.ts';
import { defineRule, yaml } from '../rule.ts';

export const gatewayPortNotOnService = defineRule({
  id: 'IST0162',
  name: 'gateway-port-not-on-service',
  category: 'gateway',
  severity: 'warning',
  title: 'A Gateway opens a port that no Service of its pods leads to',
  why: 'The proxy listens, but nobody reaches the port through the Service of the gateway.',
  fix: 'Add a port to the Service that is that of the server or leads to it, or use one that is there.',
  analyzers: ['gateway.IngressGatewayPortAnalyzer'],
  of: ['Gateway'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: ingress }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 8443, name: https, protocol: HTTP }, hosts: [shop.example.com] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: edge, namespace: ingress, labels: { istio: edge } }
      spec: { containers: [{ name: istio-proxy, image: auto }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: edge, namespace: ingress }
      spec: { selector: { istio: edge }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: ingress }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 8080, name: http, protocol: HTTP }, hosts: [shop.example.com] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: edge, namespace: ingress, labels: { istio: edge } }
      spec: { containers: [{ name: istio-proxy, image: auto }] }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: edge, namespace: ingress }
      spec: { selector: { istio: edge }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
    `,
  },

  *check(on, mesh) {
    const open = openPorts(mesh, on);
    if (!open) return;
    for (const server of on.servers) {
      // A named port of a pod is whatever its container says.
      if (server.port === 0 || open.has(server.port) || open.named) continue;
      yield { at: `${server.path}.port`, message: `port ${server.port} is neither port nor target port of a Service that selects ${selectorText(on.selector)}; those are ${listed([...open].map(String)) || 'none'}` };
    }
  },
});

/** The ports of the gateway's pods that a Service leads to; undefined where there are no pods, or no Service at all. */
function openPorts(mesh: Mesh, gateway: Gateway): (Set<number> & { named?: boolean }) | undefined {
  const pods = workloadsOfGateway(mesh, gateway);
  if (pods.length === 0) return undefined;
  const ports: Set<number> & { named?: boolean } = new Set<number>();
  for (const pod of pods) {
    for (const service of mesh.servicesOf(pod)) {
      for (const { transport, number, targetPort } of service.ports) {
        if (transport !== 'TCP') continue;
        // Istio takes the port of a Service for its target port as well.
        ports.add(number);
        const port = workloadPort(pod, targetPort);
        if (port === undefined) ports.named = true;
        else ports.add(port);
      }
    }
  }
  return ports;
}
