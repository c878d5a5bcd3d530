import { runsGateway } from '../entities/workload.ts';
import type { Mesh } from '../mesh.ts';
import { isAmbient } from './in-mesh.ts';
import type { HostOwner } from './known-host.ts';

/** Whether what answers for a service is in ambient mode: one of its workloads, or where none is known its namespace. */
export function isAmbientService(mesh: Mesh, owner: HostOwner): boolean {
  const workloads = 'hosts' in owner ? [] : mesh.workloadsOf(owner);
  if (workloads.length === 0) return mesh.namespace(owner.namespace)?.ambient ?? false;
  return workloads.some(workload => !runsGateway(workload) && isAmbient(mesh, workload));
}
