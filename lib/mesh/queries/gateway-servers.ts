import type { From } from '../conditions.ts';
import type { Gateway, Server } from '../entities/gateway.ts';
import { protocolNamed } from '../entities/protocol.ts';
import { selects } from '../entities/selector.ts';
import type { Mesh } from '../mesh.ts';
import { servicesTargeting, type Target, type Targeting } from './services-targeting.ts';

/** A server of a Gateway, on the port that it is opened at. */
export interface GatewayServer {
  readonly gateway: Gateway;
  readonly server: Server;
  /** That the proxy listens on. */
  readonly port: number;
  readonly from: From;
}

/** The servers of one port of a proxy, as Istio merges them. */
export interface MergedServers {
  /** HTTP in plaintext: one route table for all. */
  readonly http: readonly GatewayServer[];
  /** The one server of other plaintext connections. */
  readonly tcp: GatewayServer | undefined;
  /** Each with its own chain. */
  readonly tls: readonly GatewayServer[];
  /** What is left out, and why. */
  readonly dropped: readonly { readonly server: GatewayServer; readonly why: string }[];
}

/**
 * The servers that a gateway's proxy opens, by port.
 *
 * Source: istio/istio pilot/pkg/model/gateway.go
 */
export function gatewayServers(mesh: Mesh, proxy: Target): ReadonlyMap<number, MergedServers> {
  return mesh.derived(`gateway servers of ${gatewayKey(proxy)}`, () => merged(opened(mesh, proxy)));
}

/** What of a proxy its servers go by, as text. */
export function gatewayKey(proxy: Target): string {
  return JSON.stringify([proxy.namespace, [...proxy.labels], proxy.ips, proxy.workload?.kind, proxy.workload?.name]);
}

function opened(mesh: Mesh, proxy: Target): readonly GatewayServer[] {
  const targeting = servicesTargeting(mesh, proxy);
  return mesh.gateways.flatMap(gateway => {
    const named = gateway.annotations.get('internal.istio.io/gateway-service')?.split(',');
    const services = named ? targeting.filter(({ host, owner }) => named.includes(host) && owner.namespace === gateway.namespace) : targeting;
    if (named ? services.length === 0 : !selects(gateway.selector, proxy.labels)) return [];
    return gateway.servers.flatMap(server => portsOf(server.port, services, named !== undefined).map(port => ({ gateway, server, port, from: { on: gateway, at: server.path } })));
  });
}

/** A number that is a port of the gateway's Service is opened at the target of it, by the first Service that has it; else at the number itself. */
function portsOf(number: number, targeting: readonly Targeting[], named: boolean): readonly number[] {
  const translating = named ? targeting : targeting.filter(({ owner }) => !owner.labels.has('experimental.istio.io/disable-gateway-port-translation'));
  const targets = translating.flatMap(({ ports }) => ports.filter(port => port.number === number).map(({ workloadPort }) => workloadPort)).filter(port => port !== undefined);
  if (named) return [...new Set(targets)];
  return [targets[0] ?? number];
}

function merged(servers: readonly GatewayServer[]): ReadonlyMap<number, MergedServers> {
  const ports = new Map<number, GatewayServer[]>();
  for (const server of servers) {
    const list = ports.get(server.port);
    if (list) list.push(server);
    else ports.set(server.port, [server]);
  }
  return new Map([...ports].map(([port, list]) => [port, mergedAt(list)]));
}

function mergedAt(servers: readonly GatewayServer[]): MergedServers {
  const http: GatewayServer[] = [];
  const tls: GatewayServer[] = [];
  const dropped: { server: GatewayServer; why: string }[] = [];
  const tlsHosts = new Set<string>();
  let tcp: GatewayServer | undefined;
  for (const entry of servers) {
    const { server } = entry;
    const drop = (why: string): unknown => dropped.push({ server: entry, why });
    if (isTlsServer(server)) {
      if (http.length > 0 || tcp) drop('an older server of the port takes plaintext');
      else if (server.hosts.some(host => tlsHosts.has(hostKey(host)))) drop('an older server of the port has the same host');
      else {
        for (const host of server.hosts) tlsHosts.add(hostKey(host));
        tls.push(entry);
      }
    } else if (isHttpServer(server)) {
      if (tls.length > 0 || tcp) drop(`an older server of the port takes ${tcp ? 'TCP' : 'TLS'}`);
      else http.push(entry);
    } else if (tcp ?? (http.length > 0 || tls.length > 0)) drop('an older server has the port');
    else tcp = entry;
  }
  return { http, tcp, tls, dropped };
}

/** With the namespace: Istio does not see that `a/x` and `b/x` are one name, and Envoy then refuses the listener. */
function hostKey({ namespace, host }: { readonly namespace: string; readonly host: string }): string {
  return `${namespace}/${host}`;
}

export function isHttpServer({ protocol }: Server): boolean {
  const named = protocolNamed(protocol);
  return named === 'HTTP' || named === 'HTTP2' || named === 'GRPC' || named === 'GRPC-WEB';
}

/** Whether connections are TLS: HTTP servers with TLS settings only redirect. */
export function isTlsServer(server: Server): boolean {
  return server.hasTls && !isHttpServer(server);
}

export function isPassthrough({ tlsMode }: Server): boolean {
  return tlsMode === 'PASSTHROUGH' || tlsMode === 'AUTO_PASSTHROUGH';
}
