import { serviceEntriesByEndpoint, serviceEntriesSelecting } from '../indexes.ts';
import { selects } from '../entities/selector.ts';
import { workloadPort, type Workload } from '../entities/workload.ts';
import type { Mesh } from '../mesh.ts';
import type { HostOwner } from './known-host.ts';
import { ofOwner, type RegisteredPort } from './registered-service.ts';

/** A proxy, as services find it. */
export interface Target {
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly ips: readonly string[];
  readonly workload: Workload | undefined;
}

/** A service that has a workload among its endpoints, and at which ports. */
export interface Targeting {
  readonly owner: HostOwner;
  readonly host: string;
  readonly ports: readonly (RegisteredPort & { /** Of the workload; undefined where its name is not known. */ readonly workloadPort: number | undefined })[];
}

/** The services that a workload is behind. */
export function servicesTargeting(mesh: Mesh, target: Target): readonly Targeting[] {
  const { namespace, labels, ips, workload } = target;
  const services = mesh.servicesOf({ namespace, podLabels: labels });
  const selecting = mesh.at(serviceEntriesSelecting, namespace).filter(({ workloadSelector }) => workloadSelector && selects(workloadSelector, labels));
  const listing = ips.flatMap(ip => mesh.at(serviceEntriesByEndpoint, ip));
  return [...new Set<HostOwner>([...services, ...selecting, ...listing])].flatMap(owner => ofOwner(owner).map(({ host, ports }) => ({
    owner,
    host,
    ports: ports.map(port => ({ ...port, workloadPort: endpointPort(owner, port, ips) ?? (typeof port.targetPort === 'number' ? port.targetPort : workload && workloadPort(workload, port.targetPort)) })),
  })));
}

/** An endpoint of a ServiceEntry may have a port of its own. */
function endpointPort(owner: HostOwner, { name }: RegisteredPort, ips: readonly string[]): number | undefined {
  return 'endpoints' in owner ? owner.endpoints.find(({ address }) => ips.includes(address))?.ports.get(name) : undefined;
}
