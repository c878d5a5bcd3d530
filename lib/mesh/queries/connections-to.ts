import type { KubernetesGateway } from '../entities/gateway-api.ts';
import { isHttp } from '../entities/protocol.ts';
import type { Workload } from '../entities/workload.ts';
import type { Mesh } from '../mesh.ts';
import { clientTls, type ClientTls } from './client-tls.ts';
import { destinationRuleFor } from './destination-rule-for.ts';
import { effectivePolicy, type EffectivePolicy } from './effective-policy.ts';
import { endpointsOf, type ServiceEndpoint } from './endpoints-of.ts';
import { inboundPort } from './inbound-port.ts';
import { refusalOf, refusalWithoutProxy, type SentTls } from './mtls-refusal.ts';
import { mtlsModeOf, type MtlsDecision } from './peer-authentication.ts';
import { proxyKindOf, type ProxyKind } from './proxy-kind.ts';
import type { RegisteredPort, RegisteredService } from './registered-service.ts';
import { ingressUsesWaypoint, waypointOfService } from './waypoint-of.ts';

/** Who connects. */
export interface ConnectingClient {
  readonly kind: ProxyKind;
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
}

/**
 * How a connection is secured: mutual TLS of the mesh, TLS of someone else's certificates, not at all, or it fails. Of one to
 * a gateway its Gateway decides.
 */
export type Security = 'mutual TLS' | 'TLS' | 'plain text' | 'broken' | 'up to its Gateway';

/** A connection from a client to one endpoint of a service. */
export interface Connection {
  readonly endpoint: ServiceEndpoint;
  readonly security: Security;
  /** What the client's side sends. */
  readonly client: ClientTls;
  /** What the endpoint takes; undefined where no proxy of the mesh asks. */
  readonly server: MtlsDecision | undefined;
  /** The waypoint that it passes, which is met in mutual TLS; the sides are then those behind it. */
  readonly via: KubernetesGateway | undefined;
  /** Why it fails. */
  readonly why: string | undefined;
}

/** A workload as one who connects. */
export function connecting(mesh: Mesh, workload: Workload): ConnectingClient {
  return { kind: proxyKindOf(mesh, workload), namespace: workload.namespace, labels: workload.podLabels };
}

/**
 * How a client is connected to each endpoint of a port of a service, past its routes: what a DestinationRule or auto mTLS makes
 * it send, against the mode of the endpoint's port. A client without a proxy sends plain text.
 *
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/tls-configuration/
 */
export function connectionsTo(mesh: Mesh, client: ConnectingClient, service: RegisteredService, port: RegisteredPort, subset = ''): readonly Connection[] {
  const via = waypointBetween(mesh, client, service);
  if (via) {
    const waypoint: ConnectingClient = { kind: 'waypoint', namespace: via.namespace, labels: new Map([['gateway.networking.k8s.io/gateway-name', via.name]]) };
    return connectionsTo(mesh, waypoint, service, port).map(behind => ({ ...behind, via }));
  }
  const asProxy = client.kind !== 'none' && client.kind !== 'ambient';
  const rule = asProxy ? destinationRuleFor(mesh, service.host, service.namespace, client) : undefined;
  const policy = effectivePolicy(rule, subset, port.number);
  const endpoints = endpointsOf(mesh, service, port, rule?.subsets.get(subset)?.subset.labels ?? noLabels);
  const kinds = [...new Set(endpoints.map(endpoint => endpointKind(mesh, endpoint)))];
  return endpoints.map(endpoint => connection(mesh, { client, service, port, policy, kinds }, endpoint));
}

/** Which proxy an endpoint has. A machine outside Kubernetes that is in the mesh says so in a label. */
export function endpointKind(mesh: Mesh, { workload, labels }: Pick<ServiceEndpoint, 'workload' | 'labels'>): ProxyKind {
  if (workload) return proxyKindOf(mesh, workload);
  return labels.get('security.istio.io/tlsMode') === 'istio' ? 'sidecar' : 'none';
}

const noLabels: ReadonlyMap<string, string> = new Map();

function waypointBetween(mesh: Mesh, { kind }: ConnectingClient, { owners: [owner] }: RegisteredService): KubernetesGateway | undefined {
  if (!owner) return undefined;
  return kind === 'ambient' || kind === 'sidecar' || (kind === 'gateway' && ingressUsesWaypoint(mesh, owner)) ? waypointOfService(mesh, owner) : undefined;
}

interface Between {
  readonly client: ConnectingClient;
  readonly service: RegisteredService;
  readonly port: RegisteredPort;
  readonly policy: EffectivePolicy;
  readonly kinds: readonly ProxyKind[];
}

function connection(mesh: Mesh, between: Between, endpoint: ServiceEndpoint): Connection {
  const server = endpointKind(mesh, endpoint);
  const client = sent(mesh, between, endpoint, server);
  const is = (security: Security, why?: string): Connection => ({ endpoint, security, client, server: undefined, via: undefined, why });
  if (client.trouble !== undefined) return is('broken', client.trouble);
  if (server === 'gateway') return is('up to its Gateway');
  if (server === 'none') {
    const why = refusalWithoutProxy(client, between.service, between.port);
    return why === undefined ? is(secured[client.mode]) : is('broken', why);
  }
  return { ...is(secured[client.mode]), ...receptionOf(mesh, client.mode, endpoint, server) };
}

/** What becomes of a connection at the proxy of an endpoint. */
export type Reception = Pick<Connection, 'security' | 'server' | 'why'>;

/** How the proxy of an endpoint takes a connection that is secured in some way, by the mode of its port. */
export function receptionOf(mesh: Mesh, mode: ClientTls['mode'], endpoint: ServiceEndpoint, proxy: 'sidecar' | 'ambient' | 'waypoint'): Reception {
  if (proxy === 'waypoint') return { security: secured[mode], server: undefined, why: undefined };
  const { namespace, labels, workload, address } = endpoint;
  const server = mtlsModeOf(mesh, { namespace, labels }, endpoint.port);
  const is = (security: Security, why?: string): Reception => ({ security, server, why });
  const inbound = inboundPort(mesh, { namespace, labels, workload, ips: address === '' ? [] : [address] }, endpoint.port);
  const own = server.mode === 'DISABLE' && proxy === 'sidecar' ? inbound.listener?.tlsMode : undefined;
  if (own !== undefined) {
    const taken = mode === 'mutual' || mode === 'istio mutual' || (mode === 'one-way' && own === 'SIMPLE');
    return taken ? is('TLS') : is('broken', `the Sidecar's ingress listener takes TLS of its own (${own})`);
  }
  const tls = transport[mode];
  const reads = isHttp(inbound.protocol) || (inbound.protocol === 'AUTO' && (tls.tls === 'none' || (tls.istio && server.mode !== 'DISABLE')));
  const refusal = refusalOf(proxy, server.mode, tls, reads);
  if (refusal) return is('broken', refusal.why);
  if (mode === 'istio mutual' && server.mode === 'DISABLE' && proxy === 'sidecar') return is('broken', 'the application is handed mutual TLS of the mesh, which it cannot read');
  return is(secured[mode]);
}

/** What a client sends. ztunnel tunnels to those who take its tunnel, and passes on as it is to others. */
function sent(mesh: Mesh, { client, service, port, policy, kinds }: Between, endpoint: ServiceEndpoint, server: ProxyKind): ClientTls {
  if (client.kind === 'none') return { mode: 'none', auto: false, from: undefined, note: 'the client has no proxy' };
  if (client.kind !== 'ambient') return clientTls(mesh, { client, policy, service, port }, endpoint, { kind: server }, kinds);
  const tunnels = server === 'ambient' || server === 'waypoint' || (server === 'sidecar' && endpoint.labels.get('networking.istio.io/tunnel') === 'http');
  return tunnels ? { mode: 'istio mutual', auto: true, from: undefined, note: undefined } : { mode: 'none', auto: true, from: undefined, note: 'the endpoint takes no tunnel of ambient mode' };
}

const secured: Readonly<Record<ClientTls['mode'], Security>> = { none: 'plain text', 'one-way': 'TLS', mutual: 'TLS', 'istio mutual': 'mutual TLS' };

const transport: Readonly<Record<ClientTls['mode'], SentTls>> = {
  none: { tls: 'none', istio: false, identified: false },
  'one-way': { tls: 'one-way', istio: false, identified: false },
  mutual: { tls: 'mutual', istio: false, identified: false },
  'istio mutual': { tls: 'mutual', istio: true, identified: true },
};
