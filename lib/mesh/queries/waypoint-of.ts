import type { KubernetesGateway } from '../entities/gateway-api.ts';
import type { Workload } from '../entities/workload.ts';
import type { Mesh } from '../mesh.ts';
import { admits } from './gateway-api/listeners-of.ts';
import type { HostOwner } from './known-host.ts';

/**
 * The waypoint that traffic to a service passes: the one that its own label names, else its namespace's. One that cannot be
 * used is not replaced by another.
 *
 * Source: https://istio.io/latest/docs/ambient/usage/waypoint/
 */
export function waypointOfService(mesh: Mesh, service: HostOwner): KubernetesGateway | undefined {
  return waypoint(mesh, service.namespace, service.labels, 'service');
}

/** The waypoint that traffic to the address of a pod passes. */
export function waypointOfWorkload(mesh: Mesh, { namespace, podLabels }: Workload): KubernetesGateway | undefined {
  return waypoint(mesh, namespace, podLabels, 'workload');
}

/** Whether gateways send traffic to a service through its waypoint too. */
export function ingressUsesWaypoint(mesh: Mesh, { namespace, labels }: HostOwner): boolean {
  return (labels.get('istio.io/ingress-use-waypoint') ?? mesh.namespace(namespace)?.labels.get('istio.io/ingress-use-waypoint')) === 'true';
}

function waypoint(mesh: Mesh, namespace: string, own: ReadonlyMap<string, string>, what: 'service' | 'workload'): KubernetesGateway | undefined {
  const labels = own.has('istio.io/use-waypoint') ? own : mesh.namespace(namespace)?.labels;
  const name = labels?.get('istio.io/use-waypoint');
  if (name === undefined || name === 'none') return undefined;
  const place = labels?.get('istio.io/use-waypoint-namespace') ?? namespace;
  const gateway = mesh.kubernetesGateway(place, name);
  if (!gateway?.isWaypoint) return undefined;
  const speaksFor = gateway.labels.get('istio.io/waypoint-for') ?? 'service';
  if (speaksFor !== 'all' && speaksFor !== what) return undefined;
  return place === namespace || gateway.listeners.some(({ allowedNamespaces }) => admits(mesh, allowedNamespaces, place, namespace)) ? gateway : undefined;
}
