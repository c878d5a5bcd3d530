import { field, list, mapping, number, text, textMap, texts, type Fields } from '../../manifest/index.ts';
import { specOf, type Entity } from './entity.ts';
import { labelSelectorOf, type LabelSelector } from './selector.ts';

/** Who of other namespaces may attach to something. */
export interface AllowedNamespaces {
  /** `None` for listeners of others only. */
  readonly from: 'Same' | 'All' | 'Selector' | 'None';
  readonly selector: LabelSelector | undefined;
}

/** A listener of a Kubernetes Gateway, or of a ListenerSet. */
export interface Listener {
  readonly name: string;
  /** '' for any. */
  readonly hostname: string;
  readonly port: number;
  readonly protocol: string;
  /** Undefined where it has no TLS. */
  readonly tls: ListenerTls | undefined;
  readonly allowedNamespaces: AllowedNamespaces;
  /** The kinds of routes that may attach; empty for all that fit the protocol. */
  readonly allowedKinds: readonly { readonly group: string; readonly kind: string }[];
  readonly path: string;
}

export interface ListenerTls {
  readonly mode: 'Terminate' | 'Passthrough';
  readonly certificates: readonly Reference[];
  /** `gateway.istio.io/tls-terminate-mode` and the like. */
  readonly options: ReadonlyMap<string, string>;
  /** Whether a client is asked for a certificate, and let in without a good one. */
  readonly clientCertificate: 'not asked' | 'optional' | 'required';
}

/** A Gateway of the Kubernetes Gateway API. */
export interface KubernetesGateway extends Entity {
  readonly className: string;
  readonly listeners: readonly Listener[];
  /** Who may add listeners by a ListenerSet. */
  readonly allowedListeners: AllowedNamespaces;
  /** Where it listens, as written; empty where Istio makes its pods and their address. */
  readonly addresses: readonly string[];
  /** A gateway for traffic inside an ambient mesh. */
  readonly isWaypoint: boolean;
}

export function kubernetesGatewayOf(entity: Entity): KubernetesGateway {
  const spec = specOf(entity.manifest);
  const className = text(spec.gatewayClassName) ?? '';
  return {
    ...entity,
    className,
    listeners: list(spec.listeners).map((item, i) => listenerOf(item, `spec.listeners[${i}]`, entity.namespace, frontendOf(spec, number(field(item, 'port'))))),
    allowedListeners: allowedNamespacesOf(field(spec.allowedListeners, 'namespaces'), 'None'),
    addresses: list(spec.addresses).map(address => text(field(address, 'value')) ?? '').filter(address => address !== ''),
    isWaypoint: className.startsWith('istio-waypoint'),
  };
}

/** What a gateway asks of TLS clients at a port: settings of the port stand in for those of all. */
function frontendOf(spec: Fields, port: number | undefined): unknown {
  const frontend = field(spec.tls, 'frontend');
  const own = list(field(frontend, 'perPort')).find(item => number(field(item, 'port')) === port);
  return own === undefined ? field(frontend, 'default') : field(own, 'tls');
}

/** A ListenerSet: listeners that another namespace adds to a Gateway. */
export interface ListenerSet extends Entity {
  readonly gateway: Reference;
  readonly listeners: readonly Listener[];
}

export function listenerSetOf(entity: Entity): ListenerSet {
  const spec = specOf(entity.manifest);
  return {
    ...entity,
    gateway: referenceOf(spec.parentRef, 'spec.parentRef', entity.namespace, { group: 'gateway.networking.k8s.io', kind: 'Gateway' }),
    listeners: list(spec.listeners).map((item, i) => listenerOf(item, `spec.listeners[${i}]`, entity.namespace, undefined)),
  };
}

function listenerOf(item: unknown, path: string, namespace: string, frontend: unknown): Listener {
  const tls = field(item, 'tls');
  const protocol = text(field(item, 'protocol')) ?? '';
  const allowed = field(item, 'allowedRoutes');
  return {
    name: text(field(item, 'name')) ?? '',
    hostname: text(field(item, 'hostname')) ?? '',
    port: number(field(item, 'port')) ?? 0,
    protocol,
    tls: protocol === 'HTTPS' || protocol === 'TLS' ? {
      mode: field(tls, 'mode') === 'Passthrough' ? 'Passthrough' : 'Terminate',
      certificates: list(field(tls, 'certificateRefs')).map((ref, i) => referenceOf(ref, `${path}.tls.certificateRefs[${i}]`, namespace, { group: '', kind: 'Secret' })),
      options: textMap(field(tls, 'options')),
      clientCertificate: clientCertificateOf([field(tls, 'frontendValidation'), field(frontend, 'validation')]),
    } : undefined,
    allowedNamespaces: allowedNamespacesOf(field(allowed, 'namespaces'), 'Same'),
    allowedKinds: list(field(allowed, 'kinds')).map(kind => ({ group: text(field(kind, 'group')) ?? 'gateway.networking.k8s.io', kind: text(field(kind, 'kind')) ?? '' })),
    path,
  };
}

function clientCertificateOf(validations: readonly unknown[]): ListenerTls['clientCertificate'] {
  const [validation] = validations.filter(one => list(field(one, 'caCertificateRefs')).length > 0);
  if (validation === undefined) return 'not asked';
  return field(validation, 'mode') === 'AllowInsecureFallback' ? 'optional' : 'required';
}

function allowedNamespacesOf(value: unknown, byDefault: AllowedNamespaces['from']): AllowedNamespaces {
  const from = text(field(value, 'from'));
  return { from: from === 'All' || from === 'Selector' || from === 'Same' || from === 'None' ? from : byDefault, selector: labelSelectorOf(field(value, 'selector')) };
}

/** A reference to another object, its namespace filled in. */
export interface Reference {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly port: number | undefined;
  readonly path: string;
}

/** What a route is attached to. */
export interface ParentReference extends Reference {
  /** The listener; '' for all. */
  readonly section: string;
}

/** An HTTPRoute, GRPCRoute, TLSRoute, TCPRoute or UDPRoute. */
export interface KubernetesRoute extends Entity {
  readonly parents: readonly ParentReference[];
  readonly hostnames: readonly string[];
  /** Where its rules send requests, and copies of them. */
  readonly backends: readonly Reference[];
}

export function kubernetesRouteOf(entity: Entity): KubernetesRoute {
  const spec = specOf(entity.manifest);
  return {
    ...entity,
    parents: list(spec.parentRefs).map((ref, i) => ({
      ...referenceOf(ref, `spec.parentRefs[${i}]`, entity.namespace, { group: 'gateway.networking.k8s.io', kind: 'Gateway' }),
      section: text(field(ref, 'sectionName')) ?? '',
    })),
    hostnames: texts(spec.hostnames),
    backends: list(spec.rules).flatMap((rule, i) => [
      ...list(field(rule, 'backendRefs')).map((ref, j) => backendOf(ref, `spec.rules[${i}].backendRefs[${j}]`, entity.namespace)),
      ...list(field(rule, 'filters')).flatMap((filter, j) => {
        const mirror = mapping(field(field(filter, 'requestMirror'), 'backendRef'));
        return mirror ? [backendOf(mirror, `spec.rules[${i}].filters[${j}].requestMirror.backendRef`, entity.namespace)] : [];
      }),
    ]),
  };
}

function backendOf(ref: unknown, path: string, namespace: string): Reference {
  return referenceOf(ref, path, namespace, { group: '', kind: 'Service' });
}

/** Reads a reference; what it leaves out is of a kind and of the namespace of who refers. */
export function referenceOf(value: unknown, path: string, namespace: string, byDefault: { readonly group: string; readonly kind: string }): Reference {
  return {
    group: text(field(value, 'group')) ?? byDefault.group,
    kind: text(field(value, 'kind')) ?? byDefault.kind,
    namespace: text(field(value, 'namespace')) ?? namespace,
    name: text(field(value, 'name')) ?? '',
    port: number(field(value, 'port')),
    path,
  };
}

/** A ReferenceGrant: objects of which kinds and namespaces may refer to what stands in its namespace. */
export interface ReferenceGrant extends Entity {
  readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string; readonly path: string }[];
  readonly to: readonly { readonly group: string; readonly kind: string; readonly name: string | undefined }[];
}

export function referenceGrantOf(entity: Entity): ReferenceGrant {
  const spec = specOf(entity.manifest);
  return {
    ...entity,
    from: list(spec.from).map((item, i) => ({
      group: text(field(item, 'group')) ?? '', kind: text(field(item, 'kind')) ?? '', namespace: text(field(item, 'namespace')) ?? '', path: `spec.from[${i}]`,
    })),
    to: list(spec.to).map(item => ({ group: text(field(item, 'group')) ?? '', kind: text(field(item, 'kind')) ?? '', name: text(field(item, 'name')) })),
  };
}
