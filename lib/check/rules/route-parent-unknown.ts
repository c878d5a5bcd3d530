import { admits, listenersOf, ownerNamed, routeKindNames, type KubernetesRoute, type Mesh, type ParentReference } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const routeParentUnknown = defineRule({
  id: 'MW0159',
  name: 'route-parent-unknown',
  category: 'gateway',
  severity: 'error',
  title: 'A route is attached to a Gateway or a service that is not there, or does not take it',
  why: 'The route serves no request there: the gateway answers 404, or has no listener at all, and calls to the service go as they would without it.',
  fix: 'Name a Gateway, and one of its listeners, whose `allowedRoutes` admit the namespace of the route; or a Service or ServiceEntry, and one of its ports. Where none at all, or nothing of its namespace, is among the objects, this is not asked.',
  alsoKnownAs: ['KIA1401', 'KIA1402'],
  of: routeKindNames,
  examples: {
    bad: example('publik'),
    good: example('public'),
  },

  *check(on, mesh) {
    for (const parent of on.parents) {
      const why = parent.group === 'gateway.networking.k8s.io' && parent.kind === 'Gateway' ? whyNot(mesh, on, parent) : whyNoService(mesh, parent);
      if (why !== undefined) yield { at: parent.path, message: why };
    }
  },
});

/** Of a route inside the mesh, which needs nobody's leave: one of another namespace than the service is for the clients of its own. */
function whyNoService(mesh: Mesh, { group, kind, namespace, name, port }: ParentReference): string | undefined {
  const isService = kind === 'Service' && (group === '' || group === 'core');
  if (!isService && !(kind === 'ServiceEntry' && group === 'networking.istio.io')) return undefined;
  const owner = isService ? mesh.service(namespace, name) : ownerNamed(mesh, namespace, name);
  if (!owner) return mesh.has(kind) && mesh.knowsNamespace(namespace) ? `there is no ${kind} ${namespace}/${name}` : undefined;
  return port === undefined || owner.ports.some(({ number }) => number === port) ? undefined : `${kind} ${namespace}/${name} has no port ${port}; it has ${owner.ports.map(({ number }) => number).join(', ') || 'none'}`;
}

function whyNot(mesh: Mesh, route: KubernetesRoute, { namespace, name, section, port }: ParentReference): string | undefined {
  const gateway = mesh.kubernetesGateway(namespace, name);
  if (!gateway) return mesh.has('KubernetesGateway') && mesh.knowsNamespace(namespace) ? `there is no Gateway ${namespace}/${name}` : undefined;
  // A route is attached to listeners of the Gateway itself; those that a ListenerSet adds take routes by its name.
  const listeners = listenersOf(mesh, gateway).filter(({ on }) => on === gateway);
  const meant = listeners.filter(listener => (section === '' || listener.name === section) && (port === undefined || listener.port === port));
  if (meant.length === 0) {
    if (section === '' && port === undefined) return undefined;
    return `Gateway ${namespace}/${name} has no listener${section === '' ? '' : ` "${section}"`}${port === undefined ? '' : ` on port ${port}`}; it has ${listeners.map(listener => `${listener.name} (${listener.port})`).join(', ') || 'none'}`;
  }
  if (meant.some(listener => mayAdmit(mesh, listener.allowedNamespaces, namespace, route.namespace))) return undefined;
  return `Gateway ${namespace}/${name} admits no route of namespace ${route.namespace}${section === '' ? '' : ` at listener "${section}"`}`;
}

/** Labels of a Namespace that is not among the objects may be any. */
function mayAdmit(mesh: Mesh, allowed: Parameters<typeof admits>[1], own: string, other: string): boolean {
  return admits(mesh, allowed, own, other) || (allowed.from === 'Selector' && !mesh.namespace(other));
}

function example(gateway: string): string {
  return yaml`
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: { name: public, namespace: shop }
    spec: { gatewayClassName: istio, listeners: [{ name: http, port: 80, protocol: HTTP }] }
    ---
    apiVersion: v1
    kind: Service
    metadata: { name: reviews, namespace: shop }
    spec: { ports: [{ name: http, port: 9080 }] }
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: { name: reviews, namespace: shop }
    spec: { parentRefs: [{ name: ${gateway} }], rules: [{ backendRefs: [{ name: reviews, port: 9080 }] }] }
  `;
}
