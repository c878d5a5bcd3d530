import { serviceEntryByName } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';
import type { HostOwner } from './known-host.ts';

/** The Service of a name in a namespace, else the ServiceEntry. */
export function ownerNamed(mesh: Mesh, namespace: string, name: string): HostOwner | undefined {
  return mesh.service(namespace, name) ?? mesh.at(serviceEntryByName, `${namespace}/${name}`)[0];
}
