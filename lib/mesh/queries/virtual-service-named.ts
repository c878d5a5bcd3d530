import type { VirtualService } from '../entities/virtual-service.ts';
import { virtualServiceByName } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';

/** The VirtualService of a name, as delegates are named. */
export function virtualServiceNamed(mesh: Mesh, namespace: string, name: string): VirtualService | undefined {
  return mesh.at(virtualServiceByName, `${namespace}/${name}`)[0];
}
