import type { Mesh } from '../mesh.ts';
import type { ServiceEntry } from '../entities/service-entry.ts';
import type { Service } from '../entities/service.ts';
import { isVisible } from '../entities/visibility.ts';

/** Who answers to a host: a Kubernetes Service or a ServiceEntry, whichever stands first. */
export type HostOwner = Service | ServiceEntry;

/** Those who answer to a host for clients in a namespace, the most specific first. */
export function* ownersOf(mesh: Mesh, fullHost: string, namespace: string): Generator<HostOwner> {
  for (const { values } of mesh.hosts.covering(fullHost)) {
    for (const owner of values) if (isVisible(owner.visibility, namespace)) yield owner;
  }
}

/** The ports that a host offers. */
export function portsOf(owner: HostOwner): readonly number[] {
  return owner.ports.map(port => port.number);
}
