import type { Entity } from '../entities/entity.ts';
import type { KubernetesGateway } from '../entities/gateway-api.ts';
import type { Workload } from '../entities/workload.ts';
import { gatewayClassByName } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';
import { admits } from './gateway-api/listeners-of.ts';
import type { HostOwner } from './known-host.ts';

/** What traffic is for: the address of a service, or a pod directly. */
export type WaypointTraffic = 'service' | 'workload';

/** The waypoint that an object asks for, whether or not it can have it. */
export interface WaypointRequest {
  readonly namespace: string;
  readonly name: string;
  /** Whose label asks: the object's own, or its Namespace's. */
  readonly by: Entity;
}

/** Why an object does not have the waypoint that it asks for. */
export type WaypointTrouble = 'missing' | 'not admitted' | 'other traffic';

/** The waypoint that an object asks for, and whether it has it. */
export interface Waypoint extends WaypointRequest {
  /** Undefined where it is not among the objects. */
  readonly gateway: KubernetesGateway | undefined;
  /** Undefined where the object has its waypoint. One with a trouble has none: Istio does not fall back to that of the namespace. */
  readonly trouble: WaypointTrouble | undefined;
}

/**
 * The waypoint that a service or a workload asks for; undefined where it asks for none. Whether a Gateway is ready is not
 * asked, as manifests do not say it.
 *
 * Source: https://istio.io/latest/docs/ambient/usage/waypoint/, and istio/istio pilot/pkg/serviceregistry/kube/controller/ambient/waypoints.go
 */
export function waypointOf(mesh: Mesh, on: HostOwner | Workload): Waypoint | undefined {
  const [labels, traffic]: [Entity['labels'], WaypointTraffic] = 'podLabels' in on ? [on.podLabels, 'workload'] : [on.labels, 'service'];
  const own = requestOf(on, labels, on.namespace);
  const request = own === 'nothing said' ? requestOfNamespace(mesh, on.namespace) : own;
  return request && waypointRequested(mesh, request, on.namespace, traffic);
}

/** The waypoint that traffic to a service passes. */
export function waypointOfService(mesh: Mesh, service: HostOwner): KubernetesGateway | undefined {
  return serving(waypointOf(mesh, service));
}

/** The waypoint that traffic to the address of a pod passes. */
export function waypointOfWorkload(mesh: Mesh, workload: Workload): KubernetesGateway | undefined {
  return serving(waypointOf(mesh, workload));
}

/** Whether gateways send traffic to a service through its waypoint too. */
export function ingressUsesWaypoint(mesh: Mesh, { namespace, labels }: HostOwner): boolean {
  return (labels.get('istio.io/ingress-use-waypoint') ?? mesh.namespace(namespace)?.labels.get('istio.io/ingress-use-waypoint')) === 'true';
}

/** The waypoint that a Namespace asks for, for what stands in it. */
export function waypointOfNamespace(mesh: Mesh, name: string, traffic: WaypointTraffic): Waypoint | undefined {
  const request = requestOfNamespace(mesh, name);
  return request && waypointRequested(mesh, request, name, traffic);
}

function serving(waypoint: Waypoint | undefined): KubernetesGateway | undefined {
  return waypoint?.trouble === undefined && waypoint?.gateway?.isWaypoint ? waypoint.gateway : undefined;
}

function requestOfNamespace(mesh: Mesh, name: string): WaypointRequest | undefined {
  const namespace = mesh.namespace(name);
  const request = namespace && requestOf(namespace, namespace.labels, name);
  return request === 'nothing said' ? undefined : request;
}

/** `none` asks for none, whatever the namespace says. */
function requestOf(by: Entity, labels: ReadonlyMap<string, string>, namespace: string): WaypointRequest | 'nothing said' | undefined {
  const name = labels.get('istio.io/use-waypoint') ?? '';
  if (name === '') return 'nothing said';
  return name === 'none' ? undefined : { namespace: labels.get('istio.io/use-waypoint-namespace') ?? namespace, name, by };
}

function waypointRequested(mesh: Mesh, request: WaypointRequest, namespace: string, traffic: WaypointTraffic): Waypoint {
  const gateway = mesh.kubernetesGateway(request.namespace, request.name);
  return { ...request, gateway, trouble: gateway ? troubleWith(mesh, gateway, namespace, traffic) : 'missing' };
}

function troubleWith(mesh: Mesh, gateway: KubernetesGateway, namespace: string, traffic: WaypointTraffic): WaypointTrouble | undefined {
  const listener = gateway.listeners.find(({ protocol, port }) => protocol === 'HBONE' && port === 15008);
  if (!admits(mesh, listener?.allowedNamespaces ?? { from: 'Same', selector: undefined }, gateway.namespace, namespace)) return 'not admitted';
  const taken = waypointTraffic(mesh, gateway);
  return taken === traffic || taken === 'all' ? undefined : 'other traffic';
}

/** The traffic that a waypoint takes, as its Gateway says, else its GatewayClass: `service`, `workload`, `all` or `none`. */
export function waypointTraffic(mesh: Mesh, { labels, className }: KubernetesGateway): string {
  return labels.get('istio.io/waypoint-for') ?? mesh.at(gatewayClassByName, className)[0]?.labels.get('istio.io/waypoint-for') ?? 'service';
}
