import type { VirtualService } from '../entities/virtual-service.ts';
import type { Mesh } from '../mesh.ts';

/** The VirtualService of a name, as delegates are named. */
export function virtualServiceNamed(mesh: Mesh, namespace: string, name: string): VirtualService | undefined {
  const all = mesh.virtualServices;
  let index = indexes.get(all);
  if (!index) indexes.set(all, index = new Map(all.map(service => [`${service.namespace}/${service.name}`, service])));
  return index.get(`${namespace}/${name}`);
}

const indexes = new WeakMap<readonly VirtualService[], ReadonlyMap<string, VirtualService>>();
