import type { Mesh } from '../mesh.ts';
import { inNamespace } from './in-namespace.ts';
import type { HostOwner } from './known-host.ts';

/** The Service of a name in a namespace, else the ServiceEntry. */
export function ownerNamed(mesh: Mesh, namespace: string, name: string): HostOwner | undefined {
  return mesh.service(namespace, name) ?? inNamespace(mesh.serviceEntries, namespace).find(entry => entry.name === name);
}
