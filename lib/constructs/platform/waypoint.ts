import { Construct } from 'constructs';
import { KubernetesGateway } from '../l1.ts';
import { dnsLabel, freeId } from '../values/name.ts';
import type { MeshNamespace } from './mesh-namespace.ts';
import type { WaypointTraffic } from './waypoints.ts';

/** What a waypoint handles, for whom, and who runs it. */
export interface WaypointProps {
  /** @default - the one that the namespace names */
  readonly name?: string | undefined;
  /** Whose requests come through it: those for services, for pods by their addresses, both, or none. @default service */
  readonly for?: WaypointTraffic | undefined;
  /** Who may use it beside its own namespace: `all`, or namespaces by name. @default - nobody */
  readonly from?: 'all' | readonly string[] | undefined;
  /** The revision or tag of the control plane that runs it. @default - the default revision */
  readonly revision?: string | undefined;
}

/**
 * A waypoint: the Gateway that namespaces and services name in `waypoint`. Istio runs it, with a ServiceAccount of its
 * name. During a `waypointUpgrade` of the namespace, it is both Gateways.
 *
 * @example
 * const shop = mesh.namespace('shop', { dataPlane: 'ambient', waypoint: 'waypoint' });
 * new Waypoint(shop, 'waypoint');
 *
 * @see https://istio.io/latest/docs/ambient/usage/waypoint/
 */
export class Waypoint extends Construct {
  /** @throws when nothing could come through it, or the namespace has a waypoint of the name */
  constructor(namespace: MeshNamespace, id: string, props: WaypointProps = {}) {
    super(namespace, freeId(namespace, id));
    const where = this.node.path;
    const { from = [], for: traffic = 'service', revision } = props;
    checkPlace(where, namespace, props);
    if (revision !== undefined) dnsLabel(where, 'revision', revision);
    if (from !== 'all') for (const name of from) dnsLabel(where, 'from', name);
    const named = [namespace.waypoint, ...namespace.waypointsRunning].filter(waypoint => waypoint?.namespace === namespace.name).map(waypoint => waypoint?.name ?? '');
    const own = [...new Set(named)];
    const names = props.name === undefined || own.includes(props.name) ? own : [dnsLabel(where, 'name', props.name)];
    for (const [i, name] of names.entries()) {
      namespace.mesh.waypoints.declare({ namespace: namespace.name, name, for: traffic, admits: from, declaredBy: where });
      const by = (name === namespace.waypointUpgrade?.to ? namespace.waypointUpgrade.revision : undefined) ?? revision;
      new KubernetesGateway(this, i === 0 ? 'gateway' : `gateway-${name}`, {
        metadata: { name, labels: { 'istio.io/waypoint-for': traffic, ...(by === undefined ? {} : { 'istio.io/rev': by }) } },
        spec: { gatewayClassName: 'istio-waypoint', listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE', ...admitting(namespace.name, from) }] },
      });
    }
  }
}

function checkPlace(where: string, { name, dataPlane, waypoint }: MeshNamespace, props: WaypointProps): void {
  const { from = [] } = props;
  if (from.length > 0 && props.name !== undefined) return;
  if (dataPlane !== 'ambient') throw new Error(`${where}: a waypoint serves ambient workloads, but the dataPlane of namespace ${name} is "${dataPlane}"; make it ambient, or give the waypoint a name and say for whom it is: from`);
  if (props.name !== undefined) return;
  if (waypoint === undefined) throw new Error(`${where}: namespace ${name} uses no waypoint, so nothing would come through it; name it in the namespace: waypoint: 'waypoint'`);
  if (waypoint.namespace !== name) throw new Error(`${where}: namespace ${name} uses waypoint ${waypoint.namespace}/${waypoint.name}, so nothing would come through one here; make it in namespace ${waypoint.namespace}, or give this one a name that services use`);
}

/** Who may use a waypoint: a listener admits its own namespace alone, unless it says otherwise. */
function admitting(own: string, from: 'all' | readonly string[]): { readonly allowedRoutes?: { readonly namespaces: object } } {
  if (from === 'all') return { allowedRoutes: { namespaces: { from: 'All' } } };
  if (from.length === 0) return {};
  const values = [...new Set([own, ...from])];
  return { allowedRoutes: { namespaces: { from: 'Selector', selector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] } } } };
}
