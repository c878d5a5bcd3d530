import type { From } from '../../conditions.ts';
import type { KubernetesGateway, KubernetesRoute, ListenerTls } from '../../entities/gateway-api.ts';
import { covers } from '../../entities/hosts.ts';
import type { Mesh } from '../../mesh.ts';
import type { ConnectionStage, VirtualHost } from '../../treatments.ts';
import { attachedRoutes, type AttachedRoute } from './attached-routes.ts';
import { connectionStage } from './connection-rules.ts';
import { listenersOf, type GatewayListener } from './listeners-of.ts';
import { rulesOfRoutes } from './route-rules.ts';

/** What a port of a gateway does with connections for some server names. */
export interface GatewayChain {
  readonly from: From;
  readonly protocol: 'HTTP' | 'HTTPS' | 'TLS' | 'TCP';
  readonly tls: 'none' | 'one-way' | 'mutual' | 'optional mutual' | 'istio mutual' | 'passthrough';
  /** The server name that leads here: exact, `*.a.com`, or `*` for any. Of several that fit, the narrowest. */
  readonly sni: string;
  /** Of HTTP and HTTPS: a host that none of them has is answered with 404. */
  readonly hosts: readonly VirtualHost[];
  /** Of TLS and TCP; undefined for the others, and where no route is attached. */
  readonly connections: ConnectionStage | undefined;
}

/**
 * The chains of one port of a Kubernetes Gateway; none where nothing listens. Plaintext listeners share one set of virtual
 * hosts; each with TLS has its own.
 *
 * Source: istio/istio pilot/pkg/config/kube/gateway/route_collections.go
 */
export function gatewayChains(mesh: Mesh, gateway: KubernetesGateway, port: number): readonly GatewayChain[] {
  const listeners = listenersOf(mesh, gateway).filter(listener => listener.port === port);
  const chains: GatewayChain[] = [];
  const plain = listeners.filter(({ protocol }) => protocol === 'HTTP');
  const [first] = plain;
  if (first) {
    const routes = plain.flatMap(listener => attachedRoutes(mesh, gateway, listener));
    chains.push({ from: first.from, protocol: 'HTTP', tls: 'none', sni: '*', hosts: virtualHosts(mesh, routes), connections: undefined });
  }
  for (const listener of listeners) {
    const protocol = (['HTTPS', 'TLS', 'TCP'] as const).find(one => one === listener.protocol);
    if (!protocol) continue;
    const sni = listener.hostname === '' ? '*' : listener.hostname;
    // Of two listeners with one hostname the later is dropped.
    if (chains.some(chain => chain.protocol !== 'HTTP' && chain.sni === sni)) continue;
    const routes = attachedRoutes(mesh, gateway, listener);
    const tls = tlsOf(listener);
    const base = { from: listener.from, protocol, tls, sni };
    chains.push(protocol === 'HTTPS' ? { ...base, hosts: [...virtualHosts(mesh, routes), ...ofOthers(listener, listeners)], connections: undefined } : { ...base, hosts: [], connections: connectionStage(mesh, routes, tls === 'passthrough') });
  }
  return chains;
}

/** The virtual hosts of attached routes, each with the rules of all routes for it. */
function virtualHosts(mesh: Mesh, attached: readonly AttachedRoute[]): readonly VirtualHost[] {
  const byHost = new Map<string, KubernetesRoute[]>();
  for (const { route, hosts } of attached) {
    for (const host of hosts) {
      const name = host.toLowerCase();
      const routes = byHost.get(name) ?? [];
      if (!routes.includes(route)) routes.push(route);
      byHost.set(name, routes);
    }
  }
  return [...byHost].flatMap(([host, routes]) => {
    const rules = rulesOfRoutes(mesh, routes, true);
    const [first] = routes;
    return rules.length === 0 || !first ? [] : [{ domains: [host], stage: { rules, otherwise: { kind: 'not found' } }, from: { on: first, at: '' } }];
  });
}

/** Hosts that belong to another listener, since its hostname is narrower: no route answers for them here. */
function ofOthers({ hostname, protocol }: GatewayListener, listeners: readonly GatewayListener[]): readonly VirtualHost[] {
  const own = hostname === '' ? '*' : hostname;
  return listeners.filter(other => other.protocol === protocol && other.hostname !== '' && other.hostname !== own && covers(own, other.hostname))
    .map(({ hostname: host, from }) => ({ domains: [host.toLowerCase()], stage: { rules: [], otherwise: { kind: 'not found' } }, from }));
}

function tlsOf({ tls }: GatewayListener): GatewayChain['tls'] {
  if (!tls) return 'none';
  if (tls.mode === 'Passthrough') return 'passthrough';
  return terminated(tls);
}

function terminated({ options, asksForCertificate }: ListenerTls): GatewayChain['tls'] {
  switch (options.get('gateway.istio.io/tls-terminate-mode')) {
    case 'MUTUAL': return 'mutual';
    case 'OPTIONAL_MUTUAL': return 'optional mutual';
    case 'ISTIO_MUTUAL': return 'istio mutual';
    default: return asksForCertificate ? 'mutual' : 'one-way';
  }
}
