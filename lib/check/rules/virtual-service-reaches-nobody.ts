import { workloadsOfGateway, type Mesh, type VirtualService } from '../../mesh/index.ts';
import { listed } from '../listed.ts';
import { defineRule, yaml } from '../rule.ts';
import { gatewayNamed } from './gateway-unknown.ts';

export const virtualServiceReachesNobody = defineRule({
  id: 'MW0303',
  name: 'virtual-service-reaches-nobody',
  category: 'traffic',
  severity: 'warning',
  title: 'A VirtualService affects no request: no proxy gets it, or none asks for its hosts',
  why: 'It looks like configuration and does nothing.',
  fix: 'Export it to the namespaces of its clients or gateways, use the hosts that they ask for, or remove it.',
  of: ['VirtualService'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      spec: { ports: [{ name: http, port: 9080 }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [review]
        http: [{ route: [{ destination: { host: reviews } }] }]
    `,
    good: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      spec: { ports: [{ name: http, port: 9080 }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http: [{ route: [{ destination: { host: reviews } }] }]
    `,
  },

  when: ({ isDelegate, visibility, gatewaysWritten, fullHosts }, mesh) => !isDelegate && (!visibility.everywhere || gatewaysWritten.length > 0 || fullHosts.some(host => mesh.hosts.at(host).length === 0)),

  *check(on, mesh) {
    if (on.isDelegate) return;
    const { everywhere, namespaces } = on.visibility;
    if (!everywhere && namespaces.size === 0) {
      yield { at: 'spec.exportTo', message: 'it is exported to no namespace' };
      return;
    }
    const unseen = on.gatewaysWritten.length > 0 && !on.appliesToMesh && on.gateways.every(name => isUnseenAt(mesh, on, name));
    if (unseen) yield { at: 'spec.exportTo', message: `the pods of ${listed(on.gateways)} are in namespaces that it is not exported to` };
    else if (on.appliesToMesh && on.gateways.length === 1 && on.fullHosts.every((host, i) => isUnknownService(mesh, host, on.hosts[i] ?? host))) {
      yield { at: 'spec.hosts', message: `${listed(on.hosts)} ${on.hosts.length === 1 ? 'is no Service' : 'are no Services'}, so that nobody in the mesh asks for ${on.hosts.length === 1 ? 'it' : 'them'}` };
    }
  },
});

/** Whether the pods of a gateway are known, and in no namespace that the VirtualService is exported to. */
function isUnseenAt(mesh: Mesh, { visibility }: VirtualService, name: string): boolean {
  const gateway = gatewayNamed(mesh, name);
  if (visibility.everywhere || !gateway) return false;
  const pods = 'listeners' in gateway ? [] : workloadsOfGateway(mesh, gateway);
  return pods.length > 0 && pods.every(({ namespace }) => !visibility.namespaces.has(namespace));
}

/** A host inside the cluster that there is no Service for. Others may be asked for by clients, whoever answers to them. */
function isUnknownService(mesh: Mesh, fullHost: string, written: string): boolean {
  if (!mesh.has('Service') || fullHost.includes('*') || !fullHost.endsWith(`.svc.${mesh.config.clusterDomain}`)) return false;
  // A namespace of which nothing is here may hold what is asked for.
  const namespace = fullHost.split('.')[1] ?? '';
  return mesh.knowsNamespace(namespace) && ![fullHost, written].some(host => mesh.hosts.find(host, () => true) !== undefined);
}
