import { hasSidecar, type Container, type Mesh, type ServicePort, type Workload } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const targetPortUnknown = defineRule({
  id: 'MW0113',
  name: 'target-port-unknown',
  category: 'services',
  severity: 'info',
  title: 'A Service leads to a port that no container of its workloads names',
  why: 'A target port with a name that no container has gets no endpoint, so that every request fails. A number need not be listed by a container, but a number that is missing among listed ones is often a slip.',
  fix: 'Make `targetPort` a port of the container, or list the port there.',
  alsoKnownAs: ['KIA0701'],
  of: ['Service'],
  examples: { bad: example('web'), good: example('http') },

  when: (on, mesh) => {
    const workloads = mesh.workloadsOf(on);
    return workloads.length > 0 && !on.ports.every(port => workloads.some(workload => mayServe(mesh, workload, port)));
  },

  *check(on, mesh) {
    const workloads = mesh.workloadsOf(on);
    if (workloads.length === 0) return;
    for (const [i, port] of on.ports.entries()) {
      if (workloads.some(workload => mayServe(mesh, workload, port))) continue;
      const names = `${workloads.slice(0, 3).map(({ kind, name }) => `${kind} ${name}`).join(', ')}${workloads.length > 3 ? ', …' : ''}`;
      const at = port.targetPort === port.number ? `spec.ports[${i}].port` : `spec.ports[${i}].targetPort`;
      if (typeof port.targetPort === 'string') yield { at, severity: 'error', message: `no container of ${names} has a ${port.transport} port named "${port.targetPort}", so that port ${port.number} has no endpoint` };
      else yield { at, message: `port ${port.number} leads to ${port.targetPort}, which is not among the ports that containers of ${names} list` };
    }
  },
});

/** Whether a workload has the port, or leaves open which ports it has. */
function mayServe(mesh: Mesh, workload: Workload, { targetPort, transport }: ServicePort): boolean {
  const isMeant = (port: Container['ports'][number]): boolean => port.protocol === transport && (typeof targetPort === 'string' ? port.name : port.port) === targetPort;
  if (workload.containers.some(({ ports }) => ports.some(isMeant))) return true;
  const containers = [...workload.containers, ...workload.initContainers];
  const ports = containers.flatMap(container => container.ports).filter(({ protocol }) => protocol === transport);
  if (typeof targetPort === 'string') return ports.some(({ name }) => name === targetPort) || (injected.has(targetPort) && hasSidecar(mesh, workload));
  // The injector writes the container of a gateway, and the proxy listens where Gateways say.
  return ports.length === 0 || ports.some(({ port }) => port === targetPort) || containers.every(({ name }) => name === 'istio-proxy');
}

/** Names of the ports that the proxy brings with it. */
const injected = new Set(['http-envoy-prom']);

function example(targetPort: string): string {
  return yaml`
    apiVersion: v1
    kind: Service
    metadata: { name: reviews, namespace: shop }
    spec: { selector: { app: reviews }, ports: [{ name: http, port: 80, targetPort: ${targetPort} }] }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: reviews, namespace: shop }
    spec:
      template:
        metadata: { labels: { app: reviews } }
        spec: { containers: [{ name: app, image: reviews, ports: [{ name: http, containerPort: 9080 }] }] }
  `;
}
