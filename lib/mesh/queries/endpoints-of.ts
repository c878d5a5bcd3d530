import { field, list, number, text, textMap } from '../../manifest/index.ts';
import type { Entity } from '../entities/entity.ts';
import { selects, type Selector } from '../entities/selector.ts';
import type { Endpoint, WorkloadEntry } from '../entities/service-entry.ts';
import type { Service } from '../entities/service.ts';
import { workloadPort, type Workload } from '../entities/workload.ts';
import { endpointSlicesOf, workloadEntriesOf } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';
import { isService, type RegisteredPort, type RegisteredService } from './registered-service.ts';

/** Where requests to a service may end. */
export interface ServiceEndpoint {
  /** Undefined for an address that no pod of the mesh has. */
  readonly workload: Workload | undefined;
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly serviceAccount: string;
  /** '' where the manifest does not say. */
  readonly address: string;
  /** The port of the workload. */
  readonly port: number;
  /** How many pods it stands for. */
  readonly count: number;
  /** What it is called: `namespace/name`, or the address. */
  readonly name: string;
}

/** The endpoints of a port of a service that carry the labels of a subset. */
export function endpointsOf(mesh: Mesh, service: RegisteredService, port: RegisteredPort, labels: Selector): readonly ServiceEndpoint[] {
  return service.owners.flatMap(owner => (isService(owner) ? ofService(mesh, owner, port) : ofEntry(mesh, service, owner, port)))
    .filter(endpoint => endpoint.count > 0 && selects(labels, endpoint.labels));
}

/** Whether anything at all runs among the objects: where nothing does, that a service has no endpoints says nothing. */
export function knowsWorkloads(mesh: Mesh): boolean {
  return mesh.hasWorkloads || mesh.has('WorkloadEntry', 'EndpointSlice');
}

function ofService(mesh: Mesh, service: Service, port: RegisteredPort): ServiceEndpoint[] {
  const slices = mesh.at(endpointSlicesOf, `${service.namespace}/${service.name}`);
  const pods = mesh.workloadsOf(service).flatMap(workload => ofWorkload(workload, port));
  const entries = service.selector.size === 0 ? [] : entriesSelected(mesh, service.selector, service.namespace).map(entry => ofWorkloadEntry(entry, port));
  return [...pods, ...entries, ...(pods.length === 0 ? slices.flatMap(slice => ofSlice(slice, service, port)) : [])];
}

function ofWorkload(workload: Workload, { targetPort }: RegisteredPort): ServiceEndpoint[] {
  const port = workloadPort(workload, targetPort);
  if (port === undefined) return [];
  return [{
    workload, namespace: workload.namespace, labels: workload.podLabels, serviceAccount: workload.serviceAccount, address: workload.ips[0] ?? '', port,
    count: workload.replicas, name: `${workload.namespace}/${workload.name}`,
  }];
}

function ofEntry(mesh: Mesh, service: RegisteredService, entry: Exclude<RegisteredService['owners'][number], Service>, port: RegisteredPort): ServiceEndpoint[] {
  if (!entry.ports.some(({ number: own }) => own === port.number)) return [];
  if (entry.workloadSelector && entry.workloadSelector.size > 0) {
    return [
      ...mesh.workloadsSelectedBy(entry.workloadSelector, entry.namespace).flatMap(workload => ofWorkload(workload, port)),
      ...entriesSelected(mesh, entry.workloadSelector, entry.namespace).map(found => ofWorkloadEntry(found, port)),
    ];
  }
  if (entry.endpoints.length > 0) return entry.endpoints.map(endpoint => ofEndpoint(endpoint, entry.namespace, port));
  // By DNS the host itself is the address; by none the address is the one that was dialled.
  const anywhere = entry.resolution !== 'STATIC';
  return anywhere ? [{ workload: undefined, namespace: entry.namespace, labels: noLabels, serviceAccount: '', address: service.host, port: toNumber(port), count: 1, name: service.host }] : [];
}

const noLabels: ReadonlyMap<string, string> = new Map();

function ofEndpoint({ address, labels, ports, serviceAccount, weight }: Endpoint, namespace: string, port: RegisteredPort): ServiceEndpoint {
  return { workload: undefined, namespace, labels, serviceAccount: serviceAccount === '' ? 'default' : serviceAccount, address, port: ports.get(port.name) ?? toNumber(port), count: weight, name: address };
}

function ofWorkloadEntry(entry: WorkloadEntry, port: RegisteredPort): ServiceEndpoint {
  return { ...ofEndpoint({ ...entry, labels: entry.workloadLabels }, entry.namespace, port), name: `${entry.namespace}/${entry.name}` };
}

function toNumber({ targetPort, number: own }: RegisteredPort): number {
  return typeof targetPort === 'number' ? targetPort : own;
}

function entriesSelected(mesh: Mesh, selector: Selector, namespace: string): readonly WorkloadEntry[] {
  return mesh.at(workloadEntriesOf, namespace).filter(({ workloadLabels }) => selects(selector, workloadLabels));
}

function ofSlice({ manifest }: Entity, service: Service, port: RegisteredPort): ServiceEndpoint[] {
  const at = list(manifest.object.ports).find(item => (text(field(item, 'name')) ?? '') === port.name);
  if (at === undefined) return [];
  return list(manifest.object.endpoints).flatMap(endpoint => list(field(endpoint, 'addresses')).map(address => ({
    workload: undefined, namespace: service.namespace, labels: textMap(field(endpoint, 'labels')), serviceAccount: 'default',
    address: text(address) ?? '', port: number(field(at, 'port')) ?? port.number, count: 1, name: text(address) ?? '',
  })));
}
