import {
  accessThroughZtunnel, accessTo, addressText, clientTls, destinationRuleFor, effectivePolicy, endpointsOf, inboundPort, isHttp, portText, refusalWithoutProxy, requestAuthenticationsFor, type Access,
  type ClientTls, type Dimension, type JwtRule, type Mesh, type RegisteredPort, type RegisteredService,
} from '../mesh/index.ts';
import type { Values } from './evaluate.ts';
import { policyTarget } from './policy-target.ts';
import { identityOf, type Proxy } from './proxy.ts';
import { proxyOfEndpoint } from './sender.ts';
import { admit } from './server/admission.ts';
import type { Arrival, Transport } from './server/arrival.ts';
import { identified } from './server/serve.ts';
import { transportOf } from './stages/destination.ts';
import { transportTo } from './stages/direct.ts';
import { readable } from './stages/inbound.ts';
import { tunnelled, waypointFor } from './stages/waypoint-for.ts';
import { waypointProxy } from './stages/waypoint-policies.ts';

/** A proxy on the way to a service that asks who comes, and what it asks. */
export interface Hop {
  readonly at: Proxy;
  /** What the port takes; undefined at a waypoint, which takes the mesh's own tunnel alone. */
  readonly mode: 'STRICT' | 'PERMISSIVE' | 'DISABLE' | undefined;
  /** Whether it reads requests; else it sees connections. */
  readonly reads: boolean;
  readonly access: Access;
  readonly jwtRules: readonly JwtRule[];
  /** Why it takes no connection of such a client; undefined where it does. */
  readonly refusal: string | undefined;
  /** Who the client is to it: the one that sends, a proxy before it, or nobody that it knows. */
  readonly identity: 'client' | { readonly of: string } | undefined;
  /** What it knows of every request beside that. */
  readonly known: Values;
}

/** How requests of one kind of client come to some of the workloads of a service. */
export interface Way {
  readonly hops: readonly Hop[];
  /** `namespace/name` of the workloads at its end. */
  readonly workloads: readonly string[];
  /** How the client's side secures the connection. */
  readonly tls: ClientTls['mode'];
  /** Why no connection comes about; undefined where one does. */
  readonly fails: string | undefined;
}

/**
 * How requests of a client come to the workloads behind a port of a service, past all routes: who asks whom, by which TLS.
 * Workloads that run gateways are left out, since what they do with a request is up to their routes.
 */
export function waysTo(mesh: Mesh, client: Proxy, service: RegisteredService, port: RegisteredPort, asHttp: boolean): readonly Way[] {
  const waypoint = waypointFor(mesh, client, service);
  if (!waypoint) return toEndpoints(mesh, client, service, port, asHttp);
  const at = waypointProxy(waypoint);
  const reads = asHttp && (isHttp(port.protocol) || port.protocol === 'AUTO');
  const hop = hopAt(mesh, { at, port: port.number, asHttp, readsHttp: reads, transport: tunnelled(mesh, client), service, address: service.addresses[0], client });
  return toEndpoints(mesh, at, service, port, asHttp).map(way => ({ ...way, tls: 'istio mutual', hops: [hop, ...way.hops.map(next => ({ ...next, identity: next.identity === 'client' ? { of: identityOf(at, mesh.config.trustDomain) } : next.identity }))] }));
}

function toEndpoints(mesh: Mesh, client: Proxy, service: RegisteredService, port: RegisteredPort, asHttp: boolean): readonly Way[] {
  const routed = client.kind === 'sidecar' || client.kind === 'gateway' || client.kind === 'waypoint';
  const policy = effectivePolicy(routed ? destinationRuleFor(mesh, service.host, service.namespace, client) : undefined, '', port.number);
  const endpoints = endpointsOf(mesh, service, port, new Map());
  const servers = endpoints.map(endpoint => ({ endpoint, at: proxyOfEndpoint(mesh, endpoint) }));
  const kinds = [...new Set(servers.map(({ at }) => at.kind))];
  return servers.filter(({ at }) => at.kind !== 'gateway').map(({ endpoint, at }): Way => {
    const tls = routed ? clientTls(mesh, { client, policy, service, port }, endpoint, at, kinds) : undefined;
    const transport = tls ? transportOf(mesh, client, tls, { service, port, subset: '', host: service.host }, undefined) : transportTo(mesh, at, { sender: client, tls: undefined });
    const way = { workloads: [endpoint.name], tls: tls?.mode ?? (transport.tls === 'mutual' ? 'istio mutual' as const : 'none' as const) };
    if (tls?.trouble !== undefined) return { ...way, hops: [], fails: tls.trouble };
    if (at.kind === 'none') return { ...way, hops: [], fails: tls && refusalWithoutProxy(tls, service, port) };
    const { protocol } = inboundPort(mesh, at, endpoint.port);
    const readsHttp = isHttp(protocol) || (asHttp && readable(mesh, protocol, at, endpoint.port, transport));
    return { ...way, hops: [hopAt(mesh, { at, port: endpoint.port, asHttp, readsHttp, transport, service, address: endpoint.address === '' ? undefined : endpoint.address, client })], fails: undefined };
  });
}

interface Arriving {
  readonly at: Proxy;
  readonly port: number;
  readonly asHttp: boolean;
  readonly readsHttp: boolean;
  readonly transport: Transport;
  readonly service: RegisteredService;
  readonly address: string | undefined;
  readonly client: Proxy;
}

function hopAt(mesh: Mesh, { at, port, asHttp, readsHttp, transport, service, address, client }: Arriving): Hop {
  const [owner] = service.owners;
  const name = owner && `${owner.namespace}/${owner.name}`;
  const arrival: Arrival = { at, port, carries: asHttp ? 'http' : 'tcp', readsHttp, transport, peerIp: '', remoteIp: undefined, destinationIp: address, http: undefined, tokens: [], service: name };
  const { steps, answer } = admit(mesh, arrival);
  const [step] = steps;
  const admission = step?.kind === 'admission' ? step : undefined;
  const seen = identified(arrival, steps).transport;
  const target = policyTarget(mesh, at, name);
  const reads = at.kind !== 'ambient' && asHttp && readsHttp;
  const known = new Map<Dimension, readonly string[]>([['destination.port', [portText(port)]]]);
  const destinationIp = address === undefined ? undefined : addressText(address);
  if (destinationIp !== undefined) known.set('destination.ip', [destinationIp]);
  if (seen.tls !== 'none' && seen.sni !== undefined) known.set('sni', [seen.sni]);
  return {
    at,
    mode: admission?.mode,
    reads,
    access: at.kind === 'ambient' ? accessThroughZtunnel(mesh, target) : accessTo(mesh, target, reads ? 'http' : 'tcp'),
    jwtRules: reads ? requestAuthenticationsFor(mesh, target).flatMap(({ jwtRules }) => jwtRules) : [],
    refusal: answer && (admission?.note ?? 'the connection is refused'),
    identity: seen.tls !== 'mutual' || seen.identity === undefined ? undefined : seen.identity === identityOf(client, mesh.config.trustDomain) ? 'client' : { of: seen.identity },
    known,
  };
}
