import { portNumber } from '../values/numbers.ts';
import { dnsLabel } from '../values/name.ts';

/**
 * What travels through a port, as Istio reads it from `appProtocol`.
 *
 * Source: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export type AppProtocol = 'http' | 'http2' | 'grpc' | 'grpc-web' | 'https' | 'tls' | 'tcp' | 'mongo' | 'mysql' | 'redis';

/** Whether the proxy sees requests in it, and not only bytes. */
const carriesRequests: Readonly<Record<AppProtocol, boolean>> = {
  http: true, http2: true, grpc: true, 'grpc-web': true, https: false, tls: false, tcp: false, mongo: false, mysql: false, redis: false,
};

/** A port of a service. */
export interface ServicePort {
  readonly port: number;
  /** @default - the protocol */
  readonly name?: string | undefined;
  /** @default http */
  readonly protocol?: AppProtocol | undefined;
  /** The port of the container. @default - the same as port */
  readonly targetPort?: number | undefined;
}

/** A port of a service with nothing left open. */
export type ResolvedPort = { readonly [Key in keyof ServicePort]-?: NonNullable<ServicePort[Key]> };

/** Fills in what was left open, and refuses ports that cannot be. */
export function resolvePorts(where: string, given: number | ServicePort | readonly ServicePort[]): readonly ResolvedPort[] {
  const list = isList(given) ? given : [given];
  const ports = list.map(item => resolved(where, item));
  if (ports.length === 0) throw new Error(`${where}: a service needs a port, got none`);
  for (const key of ['port', 'name'] as const) {
    const twice = ports.find((port, i) => ports.findIndex(other => other[key] === port[key]) !== i);
    if (twice) throw new Error(`${where}: two ports have the ${key === 'port' ? 'number' : 'name'} ${twice[key]}; give each its own`);
  }
  return ports;
}

/** Whether requests can be routed and granted by what they look like at a port. */
export function isHttpPort({ protocol }: ResolvedPort): boolean {
  return carriesRequests[protocol];
}

function resolved(where: string, given: number | ServicePort): ResolvedPort {
  // From JavaScript it may be anything.
  if (typeof given !== 'number' && !isPort(given)) throw new Error(`${where}: a port must be a number or { port: … }, got ${JSON.stringify(given)}`);
  const { port, protocol = 'http', name = protocol, targetPort = port }: ServicePort = typeof given === 'number' ? { port: given } : given;
  if (!Object.hasOwn(carriesRequests, protocol)) {
    throw new Error(`${where}: the protocol of a port must be one of ${Object.keys(carriesRequests).join(', ')}, got ${JSON.stringify(protocol)}`);
  }
  return {
    port: portNumber(where, 'port', port),
    name: dnsLabel(where, 'the name of a port', name),
    protocol,
    targetPort: portNumber(where, 'targetPort', targetPort),
  };
}

function isPort(given: unknown): given is ServicePort {
  return typeof given === 'object' && given !== null;
}

function isList(given: number | ServicePort | readonly ServicePort[]): given is readonly ServicePort[] {
  return Array.isArray(given);
}

/** What a port carries, as rules tell it apart. */
export function carries(port: ResolvedPort): 'http' | 'tls' | 'tcp' {
  if (isHttpPort(port)) return 'http';
  return port.protocol === 'https' || port.protocol === 'tls' ? 'tls' : 'tcp';
}
