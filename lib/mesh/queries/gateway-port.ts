import type { From } from '../conditions.ts';
import { isVisible } from '../entities/visibility.ts';
import type { VirtualService } from '../entities/virtual-service.ts';
import { virtualServicesOfGateway } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';
import type { ConnectionStage, VirtualHost } from '../treatments.ts';
import { gatewayTcpRule, meetsServer, passthroughRules } from './connection-rules.ts';
import { gatewayKey, gatewayServers, isPassthrough, type GatewayServer } from './gateway-servers.ts';
import { gatewayVirtualHost } from './gateway-virtual-host.ts';
import type { Target } from './services-targeting.ts';
import { inOrder } from './virtual-services-for.ts';

/** What a gateway does with what comes to a port: a chain for plaintext, and chains by server name for TLS. */
export interface GatewayPort {
  /** That the proxy listens on. */
  readonly port: number;
  readonly plaintext: HttpChain | ConnectionChain | undefined;
  readonly tls: readonly TlsChain[];
  /** What Istio leaves out. */
  readonly dropped: readonly { readonly from: From; readonly why: string }[];
}

/** Requests are read, and routed by their Host. */
export interface HttpChain {
  readonly kind: 'http';
  /** Undefined where no host is known: 404. */
  virtualHost(authority: string): GatewayVirtualHost | undefined;
  /** The port that redirects to "the port of the request" and matches of ports mean. */
  readonly declaredPort: number;
  readonly from: From;
}

/** Connections are passed on. */
export interface ConnectionChain {
  readonly kind: 'connections';
  readonly stage: ConnectionStage;
  readonly from: From;
}

/** Connections to some server names. */
export interface TlsChain {
  /** `*` for all. */
  readonly names: readonly string[];
  readonly mode: 'SIMPLE' | 'MUTUAL' | 'OPTIONAL_MUTUAL' | 'ISTIO_MUTUAL' | 'PASSTHROUGH' | 'AUTO_PASSTHROUGH';
  readonly inside: HttpChain | ConnectionChain;
  readonly from: From;
}

/** A virtual host of a gateway. */
export interface GatewayVirtualHost extends VirtualHost {
  /** Who wants plaintext requests redirected to HTTPS; undefined for nobody. */
  readonly httpsOnly: From | undefined;
}

/** What a gateway's proxy does at a port; undefined where it does not listen. */
export function gatewayPort(mesh: Mesh, proxy: Target, port: number): GatewayPort | undefined {
  const made = mesh.about(nothingMade, mesh);
  const key = `${port} ${gatewayKey(proxy)}`;
  if (!made.has(key)) made.set(key, gatewayPortMade(mesh, proxy, port));
  return made.get(key);
}

/** A port may have thousands of chains, and is asked for with each request. */
function nothingMade(): Map<string, GatewayPort | undefined> {
  return new Map();
}

function gatewayPortMade(mesh: Mesh, proxy: Target, port: number): GatewayPort | undefined {
  const servers = gatewayServers(mesh, proxy).get(port);
  if (!servers) return undefined;
  const [first] = servers.http;
  const plaintext = first ? httpChain(mesh, proxy, servers.http, first) : servers.tcp && tcpChain(mesh, proxy, servers.tcp);
  const tls = servers.tls.flatMap(server => tlsChains(mesh, proxy, server));
  if (!plaintext && tls.length === 0) return undefined;
  return { port, plaintext, tls, dropped: servers.dropped.map(({ server, why }) => ({ from: server.from, why })) };
}

function httpChain(mesh: Mesh, proxy: Target, servers: readonly GatewayServer[], first: GatewayServer): HttpChain {
  return { kind: 'http', virtualHost: authority => gatewayVirtualHost(mesh, proxy, servers, authority), declaredPort: first.server.port, from: first.from };
}

function tcpChain(mesh: Mesh, proxy: Target, server: GatewayServer): ConnectionChain | undefined {
  const rule = gatewayTcpRule(mesh, boundTo(mesh, proxy, server), fullName(server), server.server.port);
  return rule && { kind: 'connections', stage: { rules: [rule], otherwise: { kind: 'unknown traffic' } }, from: server.from };
}

function tlsChains(mesh: Mesh, proxy: Target, server: GatewayServer): readonly TlsChain[] {
  const names = server.server.hosts.map(({ host }) => host);
  const { from } = server;
  const mode = server.server.tlsMode as TlsChain['mode'];
  if (mode === 'AUTO_PASSTHROUGH') return [{ names, mode, inside: { kind: 'connections', stage: { rules: [], otherwise: { kind: 'not modelled', what: 'AUTO_PASSTHROUGH' } }, from }, from }];
  if (isPassthrough(server.server)) {
    return passthroughRules(mesh, boundTo(mesh, proxy, server), fullName(server), server.server.port).map(rule => ({
      names: rule.all.flatMap(({ any }) => any.flatMap(pred => (pred.test === 'host' ? [pred.value] : []))),
      mode, inside: { kind: 'connections', stage: { rules: [rule], otherwise: { kind: 'unknown traffic' } }, from }, from: rule.from,
    }));
  }
  if (server.server.protocol === 'HTTPS') return [{ names, mode, inside: httpChain(mesh, proxy, [server], server), from }];
  const inside = tcpChain(mesh, proxy, server);
  return inside ? [{ names, mode, inside, from }] : [];
}

/** The VirtualServices that are bound to the Gateway of a server and have a host in common with it. */
function boundTo(mesh: Mesh, { namespace }: Target, { gateway, server }: GatewayServer): readonly VirtualService[] {
  const bound = mesh.at(virtualServicesOfGateway, `${gateway.namespace}/${gateway.name}`).filter(service => isVisible(service.visibility, namespace) && meetsServer(service, server.hosts));
  return inOrder(bound, namespace);
}

function fullName({ gateway }: GatewayServer): string {
  return `${gateway.namespace}/${gateway.name}`;
}
