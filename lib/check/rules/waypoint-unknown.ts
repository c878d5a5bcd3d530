import { waypointOf, waypointOfNamespace, waypointTraffic, workloadKindNames, type Mesh, type Waypoint } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const waypointUnknown = defineRule({
  id: 'MW0158',
  name: 'waypoint-unknown',
  category: 'ambient',
  severity: 'error',
  title: 'A waypoint is asked for that is not there, or does not serve who asks',
  why: 'Traffic then goes on without a waypoint: its policies are not enforced and its routes do nothing. Istio does not fall back to the waypoint of the namespace.',
  fix: 'Name a Gateway that is there; with `istio.io/use-waypoint-namespace` where it stands in another namespace, whose listener must then allow this one; and with `istio.io/waypoint-for` on it for pods. Where no Gateway at all is among the objects, this is not asked.',
  alsoKnownAs: ['KIA1313'],
  of: ['Namespace', 'Service', 'ServiceEntry', ...workloadKindNames],
  examples: {
    bad: example('waypont'),
    good: example('waypoint'),
  },

  when: (_, mesh) => mesh.has('KubernetesGateway'),

  *check(on, mesh) {
    if (!mesh.has('KubernetesGateway')) return;
    const waypoint = 'injection' in on ? ofNamespace(mesh, on.name) : waypointOf(mesh, on);
    // What a namespace asks for is said of the namespace.
    if (!waypoint || waypoint.by !== on || waypoint.trouble === undefined) return;
    const why = trouble(mesh, waypoint, 'injection' in on ? on.name : on.namespace, 'podLabels' in on ? 'pods' : 'services');
    if (why !== undefined) yield { at: 'podLabels' in on ? undefined : 'metadata.labels', message: why };
  },
});

/** For services where it can serve them, else for pods. */
function ofNamespace(mesh: Mesh, name: string): Waypoint | undefined {
  const waypoint = waypointOfNamespace(mesh, name, 'service');
  return waypoint?.trouble === 'other traffic' ? waypointOfNamespace(mesh, name, 'workload') : waypoint;
}

function trouble(mesh: Mesh, { namespace, name, gateway, trouble: kind }: Waypoint, asker: string, what: string): string | undefined {
  if (!gateway) return mesh.knowsNamespace(namespace) ? `there is no Gateway ${namespace}/${name}` : undefined;
  if (kind === 'not admitted') return `the listener of Gateway ${namespace}/${name} for HBONE admits no object of namespace ${asker}`;
  return `Gateway ${namespace}/${name} is a waypoint for "${waypointTraffic(mesh, gateway)}", which leaves out traffic to ${what}`;
}

function example(name: string): string {
  return yaml`
    apiVersion: v1
    kind: Namespace
    metadata: { name: shop, labels: { istio.io/dataplane-mode: ambient, istio.io/use-waypoint: ${name} } }
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: { name: waypoint, namespace: shop }
    spec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }
  `;
}
