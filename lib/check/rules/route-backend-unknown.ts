import { mayRefer, routeKindNames, type KubernetesRoute, type Mesh, type Reference } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const routeBackendUnknown = defineRule({
  id: 'MW0160',
  name: 'route-backend-unknown',
  category: 'traffic',
  severity: 'error',
  title: 'A backend of a route is no Service that the route can reach',
  why: 'Requests for it are answered with 500, or their connection is closed; copies for it go nowhere.',
  fix: 'Name a Service and one of its ports; for a route at a Gateway, one of another namespace needs a ReferenceGrant there. Where nothing of its namespace is among the objects, this is not asked.',
  alsoKnownAs: ['KIA1402'],
  of: routeKindNames,
  examples: {
    bad: example('revews'),
    good: example('reviews'),
  },

  *check(on, mesh) {
    const atGateway = on.parents.some(({ kind }) => kind === 'Gateway' || kind === 'ListenerSet');
    for (const backend of on.backends) {
      const why = backend.group === '' && backend.kind === 'Service' ? whyNot(mesh, on, backend, atGateway) : undefined;
      if (why !== undefined) yield { at: backend.path, message: why };
    }
  },
});

function whyNot(mesh: Mesh, route: KubernetesRoute, backend: Reference, atGateway: boolean): string | undefined {
  const { namespace, name, port } = backend;
  const service = mesh.service(namespace, name);
  if (!service) return mesh.has('Service') && mesh.knowsNamespace(namespace) ? `there is no Service ${namespace}/${name}` : undefined;
  if (port !== undefined && !service.ports.some(({ number }) => number === port)) return `Service ${namespace}/${name} has no port ${port}; it has ${service.ports.map(({ number }) => number).join(', ') || 'none'}`;
  return atGateway && !mayRefer(mesh, route, backend) ? `no ReferenceGrant in namespace ${namespace} lets a ${route.kind} of namespace ${route.namespace} refer to Service ${name}` : undefined;
}

function example(backend: string): string {
  return yaml`
    apiVersion: v1
    kind: Service
    metadata: { name: reviews, namespace: shop }
    spec: { ports: [{ name: http, port: 9080 }] }
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: { name: reviews, namespace: shop }
    spec: { parentRefs: [{ group: "", kind: Service, name: reviews }], rules: [{ backendRefs: [{ name: ${backend}, port: 9080 }] }] }
  `;
}
