import { hostsBelow, ownersByPort } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';
import { covers } from '../entities/hosts.ts';
import type { HostOwner } from './known-host.ts';
import { isService } from './registered-service.ts';

/** A service by a host of it. */
export interface OnPort {
  readonly owner: HostOwner;
  readonly host: string;
}

/** Who offers a port, whether visible or not: Services before ServiceEntries, older before newer. */
export function* servicesOnPort(mesh: Mesh, port: number): Generator<OnPort> {
  for (const owner of mesh.at(ownersByPort, String(port))) for (const host of isService(owner) ? [owner.host] : owner.hosts) yield { owner, host };
}

/** Services whose host a wildcard covers, whatever their ports. */
export function* servicesUnder(mesh: Mesh, wildcard: string): Generator<OnPort> {
  const labelled = wildcard.startsWith('*.');
  const owners = labelled ? mesh.at(hostsBelow, wildcard) : [...mesh.services, ...mesh.serviceEntries];
  for (const owner of owners) for (const host of isService(owner) ? [owner.host] : owner.hosts) if (covers(wildcard, host)) yield { owner, host };
}
