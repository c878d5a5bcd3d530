import { protocolNamed, type Protocol } from '../entities/protocol.ts';
import type { ServiceEntry } from '../entities/service-entry.ts';
import type { Service } from '../entities/service.ts';
import { isVisible } from '../entities/visibility.ts';
import type { Mesh } from '../mesh.ts';
import type { HostOwner } from './known-host.ts';

/** A port that clients may dial. */
export interface RegisteredPort {
  readonly number: number;
  readonly name: string;
  readonly protocol: Protocol;
  /** Of the workload. */
  readonly targetPort: number | string;
}

/** What answers to a host, whoever says so: what Istio keeps in its registry. */
export interface RegisteredService {
  readonly host: string;
  readonly namespace: string;
  /** Several ServiceEntries of one namespace may say one host together. */
  readonly owners: readonly HostOwner[];
  readonly ports: readonly RegisteredPort[];
  /**
   * How it is dialled: by an address of its own (also where the manifest does not say which), by the addresses of its pods, by whatever
   * address its name has, or under the name of another service.
   */
  readonly dialled: 'address' | 'pods' | 'any address' | 'alias';
  readonly addresses: readonly string[];
  /** Outside the mesh. */
  readonly external: boolean;
  /** Of a ServiceEntry: NONE, STATIC, DNS, DNS_ROUND_ROBIN. */
  readonly resolution: string | undefined;
}

/** Whether a service is imported. */
export type Imports = (namespace: string, host: string) => boolean;

/**
 * What a client sees behind a host, among what it imports: of several of one name the one of its own namespace, then a Kubernetes
 * Service, then the oldest.
 */
export function registeredService(mesh: Mesh, host: string, client: string, imports: Imports = () => true): RegisteredService | undefined {
  const owners = mesh.hosts.at(host).filter(owner => isVisible(owner.visibility, client) && imports(owner.namespace, host));
  const [first] = [owners.find(({ namespace }) => namespace === client), owners[0]].filter(owner => owner !== undefined);
  if (!first) return undefined;
  return isService(first) ? ofService(first) : ofEntries(host, owners.filter((owner): owner is ServiceEntry => !isService(owner) && owner.namespace === first.namespace));
}

export function isService(owner: HostOwner): owner is Service {
  return owner.kind === 'Service';
}

/** What one object says of each of its hosts, whoever else says them. */
export function ofOwner(owner: HostOwner): readonly RegisteredService[] {
  return isService(owner) ? [ofService(owner)] : owner.hosts.map(host => ofEntries(host, [owner]));
}

function ofService(service: Service): RegisteredService {
  return {
    host: service.host,
    namespace: service.namespace,
    owners: [service],
    ports: service.ports,
    dialled: service.type === 'ExternalName' ? 'alias' : service.headless ? 'pods' : 'address',
    addresses: service.clusterIps,
    external: service.type === 'ExternalName',
    resolution: undefined,
  };
}

function ofEntries(host: string, entries: readonly ServiceEntry[]): RegisteredService {
  const ports = new Map<number, RegisteredPort>();
  for (const entry of entries) for (const port of entry.ports) if (!ports.has(port.number)) ports.set(port.number, { ...port, protocol: protocolNamed(port.protocol) ?? 'AUTO' });
  const addresses = entries.flatMap(entry => entry.addresses);
  const [first] = entries;
  return {
    host: host.toLowerCase(),
    namespace: first?.namespace ?? '',
    owners: entries,
    ports: [...ports.values()],
    dialled: addresses.length > 0 ? 'address' : 'any address',
    addresses,
    external: first?.location === 'MESH_EXTERNAL',
    resolution: first?.resolution,
  };
}
