import { field, list, number, text, texts } from '../../manifest/index.ts';
import { specOf, type Entity } from './entity.ts';

/** A listener of a Kubernetes Gateway. */
export interface Listener {
  readonly name: string;
  readonly hostname: string;
  readonly port: number;
  readonly protocol: string;
  readonly path: string;
}

/** A Gateway of the Kubernetes Gateway API. */
export interface KubernetesGateway extends Entity {
  readonly className: string;
  readonly listeners: readonly Listener[];
  /** A gateway for traffic inside an ambient mesh. */
  readonly isWaypoint: boolean;
}

export function kubernetesGatewayOf(entity: Entity): KubernetesGateway {
  const spec = specOf(entity.manifest);
  const className = text(spec.gatewayClassName) ?? '';
  return {
    ...entity,
    className,
    listeners: list(spec.listeners).map((item, i) => ({
      name: text(field(item, 'name')) ?? '',
      hostname: text(field(item, 'hostname')) ?? '',
      port: number(field(item, 'port')) ?? 0,
      protocol: text(field(item, 'protocol')) ?? '',
      path: `spec.listeners[${i}]`,
    })),
    isWaypoint: className.startsWith('istio-waypoint'),
  };
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

/** An HTTPRoute, GRPCRoute, TLSRoute, TCPRoute or UDPRoute. */
export interface KubernetesRoute extends Entity {
  readonly parents: readonly Reference[];
  readonly hostnames: readonly string[];
  readonly backends: readonly Reference[];
}

export function kubernetesRouteOf(entity: Entity): KubernetesRoute {
  const spec = specOf(entity.manifest);
  const reference = (value: unknown, path: string, group: string, kind: string): Reference => ({
    group: text(field(value, 'group')) ?? group,
    kind: text(field(value, 'kind')) ?? kind,
    namespace: text(field(value, 'namespace')) ?? entity.namespace,
    name: text(field(value, 'name')) ?? '',
    port: number(field(value, 'port')),
    path,
  });
  return {
    ...entity,
    parents: list(spec.parentRefs).map((ref, i) => reference(ref, `spec.parentRefs[${i}]`, 'gateway.networking.k8s.io', 'Gateway')),
    hostnames: texts(spec.hostnames),
    backends: list(spec.rules).flatMap((rule, i) => list(field(rule, 'backendRefs')).map((ref, j) => reference(ref, `spec.rules[${i}].backendRefs[${j}]`, '', 'Service'))),
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
