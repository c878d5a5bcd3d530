import { field, list, mapping, number, text, textMap, texts } from '../../manifest/index.ts';
import { specOf, type Entity } from './entity.ts';
import type { MeshConfig } from './mesh-config.ts';
import { selectorOf, type Selector } from './selector.ts';
import { visibilityOf, type Visibility } from './visibility.ts';

/** A port of a ServiceEntry. */
export interface ServiceEntryPort {
  readonly number: number;
  readonly name: string;
  /** As written; '' where nothing is. */
  readonly protocol: string;
  readonly targetPort: number;
}

/** An endpoint: of a ServiceEntry, or a WorkloadEntry. */
export interface Endpoint {
  readonly address: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly ports: ReadonlyMap<string, number>;
  readonly locality: string;
  readonly network: string;
  readonly weight: number;
  readonly serviceAccount: string;
}

/** A service that Kubernetes does not know. */
export interface ServiceEntry extends Entity {
  readonly hosts: readonly string[];
  readonly addresses: readonly string[];
  readonly ports: readonly ServiceEntryPort[];
  readonly location: 'MESH_EXTERNAL' | 'MESH_INTERNAL';
  readonly resolution: string;
  readonly endpoints: readonly Endpoint[];
  readonly workloadSelector: Selector | undefined;
  readonly visibility: Visibility;
  readonly exportTo: readonly string[];
}

export function serviceEntryOf(entity: Entity, config: MeshConfig): ServiceEntry {
  const spec = specOf(entity.manifest);
  const exportTo = texts(spec.exportTo);
  return {
    ...entity,
    hosts: texts(spec.hosts),
    addresses: texts(spec.addresses),
    ports: list(spec.ports).map(port => {
      const value = number(field(port, 'number')) ?? 0;
      return { number: value, name: text(field(port, 'name')) ?? '', protocol: text(field(port, 'protocol')) ?? '', targetPort: number(field(port, 'targetPort')) ?? value };
    }),
    location: spec.location === 'MESH_INTERNAL' ? 'MESH_INTERNAL' : 'MESH_EXTERNAL',
    resolution: text(spec.resolution) ?? 'NONE',
    endpoints: list(spec.endpoints).map(endpointOf),
    workloadSelector: selectorOf(spec.workloadSelector, 'labels'),
    visibility: visibilityOf(exportTo, entity.namespace, config.defaultExportTo.service),
    exportTo,
  };
}

/** A machine outside Kubernetes. */
export interface WorkloadEntry extends Entity, Omit<Endpoint, 'labels'> {
  /** The labels that selectors see: those of its spec, and of the object. */
  readonly workloadLabels: ReadonlyMap<string, string>;
}

export function workloadEntryOf(entity: Entity): WorkloadEntry {
  const { labels, ...rest } = endpointOf(specOf(entity.manifest));
  return { ...entity, ...rest, workloadLabels: new Map([...entity.labels, ...labels]) };
}

/** A template for WorkloadEntries. */
export interface WorkloadGroup extends Entity {
  readonly workloadLabels: ReadonlyMap<string, string>;
  readonly serviceAccount: string;
}

export function workloadGroupOf(entity: Entity): WorkloadGroup {
  const spec = specOf(entity.manifest);
  return {
    ...entity,
    workloadLabels: new Map([...textMap(field(spec.metadata, 'labels')), ...textMap(field(spec.template, 'labels'))]),
    serviceAccount: text(field(spec.template, 'serviceAccount')) ?? '',
  };
}

function endpointOf(value: unknown): Endpoint {
  return {
    address: text(field(value, 'address')) ?? '',
    labels: textMap(field(value, 'labels')),
    ports: new Map(Object.entries(mapping(field(value, 'ports')) ?? {}).filter((entry): entry is [string, number] => typeof entry[1] === 'number')),
    locality: text(field(value, 'locality')) ?? '',
    network: text(field(value, 'network')) ?? '',
    weight: number(field(value, 'weight')) ?? 1,
    serviceAccount: text(field(value, 'serviceAccount')) ?? '',
  };
}
