import { field, list, mapping, number, text, texts } from '../../manifest/index.ts';
import { specOf, type Entity } from './entity.ts';
import { fullHost } from './hosts.ts';
import type { MeshConfig } from './mesh-config.ts';
import { visibilityOf, type Visibility } from './visibility.ts';

/** Where a route sends requests. */
export interface Destination {
  /** As written. */
  readonly host: string;
  /** The full name. */
  readonly fullHost: string;
  readonly subset: string;
  readonly port: number | undefined;
  /** What is written; undefined where nothing is. */
  readonly weight: number | undefined;
  /** The field that holds it, such as `spec.http[0].route[1].destination`. */
  readonly path: string;
}

/** One entry of http, tls or tcp. */
export interface Route {
  readonly kind: 'http' | 'tls' | 'tcp';
  readonly name: string;
  readonly path: string;
  readonly destinations: readonly Destination[];
  /** Of mirror and mirrors. */
  readonly mirrors: readonly Destination[];
  /** What is matched, as written: untrusted. Empty matches everything. */
  readonly matches: readonly unknown[];
  /** The route as written: untrusted. */
  readonly raw: unknown;
}

/** A VirtualService. */
export interface VirtualService extends Entity {
  /** As written. */
  readonly hosts: readonly string[];
  /** Full names, in the same order. */
  readonly fullHosts: readonly string[];
  /** `mesh`, or `namespace/name`; `mesh` alone where none is written. */
  readonly gateways: readonly string[];
  readonly gatewaysWritten: readonly string[];
  readonly appliesToMesh: boolean;
  readonly visibility: Visibility;
  readonly exportTo: readonly string[];
  readonly routes: readonly Route[];
  /** It has no hosts: others delegate to it. */
  readonly isDelegate: boolean;
}

export function virtualServiceOf(entity: Entity, config: MeshConfig): VirtualService {
  const spec = specOf(entity.manifest);
  const hosts = texts(spec.hosts);
  const gatewaysWritten = texts(spec.gateways);
  const gateways = gatewaysWritten.length === 0 ? ['mesh'] : gatewaysWritten.map(name => gatewayName(name, entity.namespace));
  const place = { namespace: entity.namespace, clusterDomain: config.clusterDomain };
  const exportTo = texts(spec.exportTo);
  return {
    ...entity,
    hosts,
    fullHosts: hosts.map(host => fullHost(host, entity.namespace, config.clusterDomain)),
    gateways,
    gatewaysWritten,
    appliesToMesh: gateways.includes('mesh'),
    visibility: visibilityOf(exportTo, entity.namespace, config.defaultExportTo.virtualService),
    exportTo,
    routes: (['http', 'tls', 'tcp'] as const).flatMap(kind => list(spec[kind]).map((raw, i) => routeOf(kind, raw, `spec.${kind}[${i}]`, place))),
    isDelegate: hosts.length === 0,
  };
}

/** `namespace/name` of a gateway as a VirtualService writes it; the form `name.namespace.svc…` is an old one. */
function gatewayName(written: string, namespace: string): string {
  if (written === 'mesh' || written.includes('/')) return written;
  return `${namespace}/${written}`;
}

interface Place {
  readonly namespace: string;
  readonly clusterDomain: string;
}

function routeOf(kind: Route['kind'], raw: unknown, path: string, place: Place): Route {
  const mirror = mapping(field(raw, 'mirror'));
  return {
    kind,
    name: text(field(raw, 'name')) ?? '',
    path,
    destinations: list(field(raw, 'route')).map((item, i) => destinationOf(field(item, 'destination'), number(field(item, 'weight')), `${path}.route[${i}].destination`, place)),
    mirrors: [
      ...(mirror ? [destinationOf(mirror, undefined, `${path}.mirror`, place)] : []),
      ...list(field(raw, 'mirrors')).map((item, i) => destinationOf(field(item, 'destination'), undefined, `${path}.mirrors[${i}].destination`, place)),
    ],
    matches: list(field(raw, 'match')),
    raw,
  };
}

function destinationOf(value: unknown, weight: number | undefined, path: string, { namespace, clusterDomain }: Place): Destination {
  const host = text(field(value, 'host')) ?? '';
  return {
    host,
    fullHost: fullHost(host, namespace, clusterDomain),
    subset: text(field(value, 'subset')) ?? '',
    port: number(field(field(value, 'port'), 'number')),
    weight,
    path,
  };
}
