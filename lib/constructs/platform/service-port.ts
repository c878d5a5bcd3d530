import { portNumber } from '../values/numbers.ts';
import { dnsLabel } from '../values/name.ts';

/**
 * What travels through a port, as Istio reads it from `appProtocol`.
 *
 * Source: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export type AppProtocol = 'http' | 'http2' | 'grpc' | 'grpc-web' | 'https' | 'tls' | 'tcp' | 'mongo' | 'mysql' | 'redis';

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
  const list = typeof given === 'number' ? [{ port: given }] : isList(given) ? given : [given];
  const ports = list.map(({ port, protocol = 'http', name = protocol, targetPort = port }: ServicePort): ResolvedPort => ({
    port: portNumber(where, 'port', port),
    name: dnsLabel(where, 'the name of a port', name),
    protocol,
    targetPort: portNumber(where, 'targetPort', targetPort),
  }));
  if (ports.length === 0) throw new Error(`${where}: a service needs a port, got none`);
  for (const key of ['port', 'name'] as const) {
    const twice = ports.find((port, i) => ports.findIndex(other => other[key] === port[key]) !== i);
    if (twice) throw new Error(`${where}: two ports have the ${key === 'port' ? 'number' : 'name'} ${twice[key]}; give each its own`);
  }
  return ports;
}

function isList(given: ServicePort | readonly ServicePort[]): given is readonly ServicePort[] {
  return Array.isArray(given);
}
