import {
  hasAmbient, isAmbientService, isVisible, ownerNamed, routeKindNames, waypointOf, type DestinationRule, type HostOwner, type KubernetesRoute, type Mesh, type TrafficPolicy,
  type VirtualService,
} from '../../mesh/index.ts';
import { mapping, text } from '../../manifest/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const routeWithoutWaypoint = defineRule({
  id: 'MW0152',
  name: 'route-without-waypoint',
  category: 'ambient',
  severity: 'warning',
  title: 'Traffic in ambient mode is to be routed, and no waypoint is there to do it',
  why: 'ztunnel looks at no VirtualService, DestinationRule or HTTPRoute: for clients in ambient mode they have no effect.',
  fix: 'Label the Service or its namespace with `istio.io/use-waypoint`.',
  alsoKnownAs: ['KIA0210', 'KIA0211', 'KIA1109', 'KIA1113'],
  of: ['VirtualService', 'DestinationRule', ...routeKindNames],
  examples: {
    bad: example(''),
    good: example(', istio.io/use-waypoint: waypoint'),
  },

  when: (_, mesh) => hasAmbient(mesh),

  *check(on, mesh) {
    for (const { owner, at } of ownersRouted(mesh, on)) {
      if (isAmbientService(mesh, owner) && !waypointOf(mesh, owner)) yield { at, message: `only a waypoint can do this, and ${owner.kind} ${owner.namespace}/${owner.name}, which is in ambient mode, uses none` };
    }
  },
});

/** The services inside the mesh that something says how to reach, and where it does. */
export function* ownersRouted(mesh: Mesh, on: VirtualService | DestinationRule | KubernetesRoute): Generator<{ readonly owner: HostOwner; readonly at: string }> {
  if ('parents' in on) {
    for (const { kind, namespace, name, path } of on.parents) {
      const owner = kind === 'Service' || kind === 'ServiceEntry' ? ownerNamed(mesh, namespace, name) : undefined;
      if (owner?.kind === kind) yield { owner, at: path };
    }
  } else if ('subsets' in on) {
    const at = featureOf(on);
    const owner = at === undefined ? undefined : ownerOf(mesh, on.fullHost, on.namespace);
    if (owner && at !== undefined) yield { owner, at };
  } else if (on.appliesToMesh) {
    for (const [i, host] of on.fullHosts.entries()) {
      const owner = ownerOf(mesh, host, on.namespace);
      if (owner) yield { owner, at: `spec.hosts[${i}]` };
    }
  }
}

function ownerOf(mesh: Mesh, host: string, namespace: string): HostOwner | undefined {
  return mesh.hosts.at(host).find(({ visibility }) => isVisible(visibility, namespace));
}

/** Where a DestinationRule asks for something that ztunnel does not do anyway. Subsets count where a route leads to them. */
function featureOf({ policy, subsets }: DestinationRule): string | undefined {
  return [policy, ...subsets.map(subset => subset.policy)].filter(one => one !== undefined).map(featureOfPolicy).find(at => at !== undefined);
}

function featureOfPolicy({ raw, tlsMode, ports, path }: TrafficPolicy): string | undefined {
  const field = ['loadBalancer', 'connectionPool', 'outlierDetection', 'tunnel', 'proxyProtocol', 'retryBudget'].find(name => mapping(mapping(raw)?.[name]) !== undefined || text(mapping(raw)?.[name]) !== undefined);
  if (field !== undefined) return `${path}.${field}`;
  if (tlsMode === 'SIMPLE' || tlsMode === 'MUTUAL') return `${path}.tls`;
  return ports[0]?.path;
}

function example(label: string): string {
  return yaml`
    apiVersion: v1
    kind: Namespace
    metadata: { name: shop, labels: { istio.io/dataplane-mode: ambient${label} } }
    ---
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
      http: [{ timeout: 2s, route: [{ destination: { host: reviews } }] }]
  `;
}
