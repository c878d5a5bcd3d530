import { Construct } from 'constructs';
import type { ExternalService } from '../gateway/external-service.ts';
import type { MeshService } from '../platform/mesh-service.ts';
import { freeId } from '../values/name.ts';
import { portNumber } from '../values/numbers.ts';
import type { Destination } from '../values/to.ts';
import { carries } from '../platform/service-port.ts';
import { sharesOf } from './shares.ts';

/** Connections that look alike, and where they go. */
export interface TcpRouteProps<Version extends string> {
  /** Where they go: a version, or destinations with their shares. */
  readonly to: Version | Destination<Version> | readonly Destination<Version>[];
  /** The port of the service. @default - every port */
  readonly port?: number | undefined;
  /** Addresses that were dialled, or ranges of them. @default - all */
  readonly destinationSubnets?: readonly string[] | undefined;
  /** Labels of the workloads that dial. @default - any */
  readonly sourceLabels?: Readonly<Record<string, string>> | undefined;
  /** The namespace of the workloads that dial. @default - any */
  readonly sourceNamespace?: string | undefined;
}

/** TLS connections that look alike, and where they go. */
export interface TlsRouteProps<Version extends string> extends TcpRouteProps<Version> {
  /** Names that clients ask for. @default - the host of the service */
  readonly sniHosts?: readonly string[] | undefined;
}

/**
 * Says where connections of a service go that carry no HTTP.
 *
 * @example
 * new TcpRoute(mongo, 'canary', { port: 27017, to: [To.version('v1', { percent: 90 }), To.version('v2', { percent: 10 })] });
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/tcp-traffic-shifting/
 */
export class TcpRoute<Version extends string> extends Construct {
  /** @throws when the service has no such port, or one that carries HTTP */
  constructor(service: MeshService<Version> | ExternalService<Version>, id: string, props: TcpRouteProps<NoInfer<Version>>) {
    super(service, freeId(service, id));
    connect(this.node.path, service, 'tcp', props, []);
  }
}

/**
 * Says where TLS connections of a service go, by the name that clients ask for; nothing is decrypted.
 *
 * @example
 * new TlsRoute(vault, 'blue', { port: 8200, to: 'v1' });
 */
export class TlsRoute<Version extends string> extends Construct {
  /** @throws when the service has no such port, or one that carries no TLS */
  constructor(service: MeshService<Version> | ExternalService<Version>, id: string, props: TlsRouteProps<NoInfer<Version>>) {
    super(service, freeId(service, id));
    connect(this.node.path, service, 'tls', props, props.sniHosts ?? [service.host]);
  }
}

function connect(where: string, service: MeshService | ExternalService, kind: 'tcp' | 'tls', props: TcpRouteProps<string>, sniHosts: readonly string[]): void {
  const { port, to, destinationSubnets = [], sourceLabels, sourceNamespace } = props;
  const traffic = service.traffic(where);
  if (port !== undefined) portNumber(where, 'port', port);
  const ports = service.ports.filter(each => carries(each) === kind);
  if (!ports.some(each => port === undefined || each.port === port)) {
    const has = service.ports.map(each => `${each.port} (${each.protocol})`).join(', ');
    throw new Error(`${where}: ${service.name} has no ${kind === 'tls' ? 'TLS' : 'TCP'} port${port === undefined ? '' : ` ${port}`}; it has ${has}${kind === 'tcp' ? ': requests of an HTTP port are routed with Route' : ''}`);
  }
  traffic.connect({ kind, port, sniHosts, destinationSubnets, sourceLabels, sourceNamespace, shares: sharesOf(where, service, to), declaredBy: where });
}
