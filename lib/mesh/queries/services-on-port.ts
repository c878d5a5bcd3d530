import type { ServiceEntry } from '../entities/service-entry.ts';
import type { Service } from '../entities/service.ts';
import type { Mesh } from '../mesh.ts';
import type { HostOwner } from './known-host.ts';

/** A service by a host of it, at one port. */
export interface OnPort {
  readonly owner: HostOwner;
  readonly host: string;
}

/** Who offers a port, whether visible or not: Services before ServiceEntries, older before newer. */
export function servicesOnPort(mesh: Mesh, port: number): readonly OnPort[] {
  return [...indexOf(mesh.services, service => [service.host]).get(port) ?? [], ...indexOf(mesh.serviceEntries, entry => entry.hosts).get(port) ?? []];
}

const indexes = new WeakMap<readonly HostOwner[], ReadonlyMap<number, readonly OnPort[]>>();

function indexOf<Owner extends Service | ServiceEntry>(owners: readonly Owner[], hostsOf: (owner: Owner) => readonly string[]): ReadonlyMap<number, readonly OnPort[]> {
  const known = indexes.get(owners);
  if (known) return known;
  const index = new Map<number, OnPort[]>();
  for (const owner of owners) {
    for (const port of new Set(owner.ports.map(({ number }) => number))) {
      const list = index.get(port) ?? [];
      if (list.length === 0) index.set(port, list);
      for (const host of hostsOf(owner)) list.push({ owner, host });
    }
  }
  indexes.set(owners, index);
  return index;
}
