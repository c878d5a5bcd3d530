import type { Workload } from '../entities/workload.ts';
import type { Mesh } from '../mesh.ts';
import { hasSidecar, isAmbient } from './in-mesh.ts';

/** What stands between an application and the network. `ambient`: the node's ztunnel. `none`: nothing of the mesh. */
export type ProxyKind = 'sidecar' | 'gateway' | 'waypoint' | 'ambient' | 'none';

/** Which proxy a workload has, or is. */
export function proxyKindOf(mesh: Mesh, workload: Workload): ProxyKind {
  if (mesh.gatewayWorkloads.includes(workload)) return isWaypoint(mesh, workload) ? 'waypoint' : 'gateway';
  return hasSidecar(mesh, workload) ? 'sidecar' : isAmbient(mesh, workload) ? 'ambient' : 'none';
}

function isWaypoint(mesh: Mesh, { namespace, podLabels }: Workload): boolean {
  return mesh.kubernetesGateway(namespace, podLabels.get('gateway.networking.k8s.io/gateway-name') ?? '')?.isWaypoint ?? false;
}
