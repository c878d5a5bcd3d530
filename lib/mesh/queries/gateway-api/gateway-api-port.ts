import type { From } from '../../conditions.ts';
import type { KubernetesGateway, KubernetesRoute, ListenerTls } from '../../entities/gateway-api.ts';
import { covers } from '../../entities/hosts.ts';
import type { Mesh } from '../../mesh.ts';
import type { ConnectionChain, GatewayPort, GatewayVirtualHost, HttpChain, TlsChain } from '../gateway-port.ts';
import { hostName } from '../service-domains.ts';
import { attachedRoutes, type AttachedRoute } from './attached-routes.ts';
import { connectionStage } from './connection-rules.ts';
import { listenersOf, type GatewayListener } from './listeners-of.ts';
import { rulesOfRoutes } from './route-rules.ts';

/**
 * What a Kubernetes Gateway does at a port; undefined where nothing listens. Plaintext listeners share one set of virtual
 * hosts; each with TLS has its own.
 *
 * Source: istio/istio pilot/pkg/config/kube/gateway/route_collections.go
 */
export function gatewayApiPort(mesh: Mesh, gateway: KubernetesGateway, port: number): GatewayPort | undefined {
  const { listeners, byHost, dropped } = mesh.derived(`gateway api ${gateway.namespace}/${gateway.name} ${port}`, () => opened(mesh, gateway, port));
  if (listeners.length === 0) return undefined;
  const plain = listeners.find(({ listener }) => listener.protocol === 'HTTP');
  const tcp = listeners.find(({ listener }) => listener.protocol === 'TCP');
  const chain = (hosts: HostRoutes, listener: GatewayListener): HttpChain => ({
    kind: 'http', virtualHost: authority => virtualHost(mesh, hosts, authority), declaredPort: port, from: listener.from,
  });
  const plaintext = plain ? chain(byHost, plain.listener) : tcp && connections(mesh, tcp, false);
  const tls = listeners.flatMap((open): TlsChain[] => {
    const { listener, hosts } = open;
    if (!listener.tls) return [];
    const mode = modeOf(listener.tls);
    const inside = listener.protocol === 'HTTPS' ? chain(hosts, listener) : connections(mesh, open, mode === 'PASSTHROUGH');
    return inside ? [{ names: [anyIfEmpty(listener.hostname)], mode, inside, from: listener.from }] : [];
  });
  return { port, plaintext, tls, dropped };
}

/** The routes that answer for each host; none for one that another listener answers for. */
type HostRoutes = ReadonlyMap<string, { readonly routes: readonly KubernetesRoute[]; readonly listener: GatewayListener }>;

interface Open {
  readonly listener: GatewayListener;
  readonly attached: readonly AttachedRoute[];
  readonly hosts: HostRoutes;
}

interface Opened {
  readonly listeners: readonly Open[];
  /** Of all plaintext listeners. */
  readonly byHost: HostRoutes;
  readonly dropped: GatewayPort['dropped'];
}

function opened(mesh: Mesh, gateway: KubernetesGateway, port: number): Opened {
  const found = listenersOf(mesh, gateway).filter(listener => listener.port === port);
  const kept: GatewayListener[] = [];
  const dropped: { from: From; why: string }[] = [];
  for (const listener of found) {
    const why = kept.map(earlier => conflict(earlier, listener)).find(reason => reason !== undefined);
    if (why === undefined) kept.push(listener);
    else dropped.push({ from: listener.from, why });
  }
  const listeners = kept.map((listener): Open => {
    const attached = attachedRoutes(mesh, gateway, listener);
    return { listener, attached, hosts: new Map([...ofOthers(listener, kept), ...hostRoutes([{ listener, attached }])]) };
  });
  return {
    listeners,
    byHost: hostRoutes(listeners.filter(({ listener }) => listener.protocol === 'HTTP')),
    dropped,
  };
}

/** Why a listener cannot stand beside an earlier one of the port: those of the Gateway come before those of its ListenerSets. */
function conflict(earlier: GatewayListener, later: GatewayListener): string | undefined {
  if (classOf(earlier) !== classOf(later)) return `an earlier listener of the port takes ${earlier.protocol}`;
  return classOf(later) === 'TCP' || earlier.hostname.toLowerCase() === later.hostname.toLowerCase() ? 'an earlier listener of the port has the same hostname' : undefined;
}

/** Protocols that one port can take side by side are of one class: names tell apart what is TLS. */
function classOf({ protocol, tls }: GatewayListener): string {
  return tls ? 'TLS' : protocol;
}

function hostRoutes(open: readonly Pick<Open, 'listener' | 'attached'>[]): HostRoutes {
  const found = new Map<string, { routes: KubernetesRoute[]; listener: GatewayListener }>();
  for (const { listener, attached } of open) {
    for (const { route, hosts } of attached) {
      for (const host of hosts) {
        const known = found.get(host.toLowerCase());
        if (!known) found.set(host.toLowerCase(), { routes: [route], listener });
        else if (!known.routes.includes(route)) known.routes.push(route);
      }
    }
  }
  return found;
}

/** Hosts of an HTTPS listener that belong to another, whose hostname is narrower: no route answers for them here. */
function ofOthers({ hostname, protocol }: GatewayListener, listeners: readonly GatewayListener[]): HostRoutes {
  const own = anyIfEmpty(hostname);
  return new Map(listeners.filter(other => other.protocol === protocol && other.hostname !== '' && other.hostname !== own && covers(own, other.hostname))
    .map(listener => [listener.hostname.toLowerCase(), { routes: [], listener }]));
}

/** The virtual host of the narrowest name that covers a Host. */
function virtualHost(mesh: Mesh, hosts: HostRoutes, authority: string): GatewayVirtualHost | undefined {
  for (const domain of namesAbove(hostName(authority))) {
    const found = hosts.get(domain);
    if (!found) continue;
    const { routes: [first], routes, listener } = found;
    const rules = rulesOfRoutes(mesh, routes, true);
    // Routes that Istio refuses leave no virtual host.
    if (first && rules.length === 0) continue;
    return { domains: [domain], stage: { rules, otherwise: { kind: 'not found' } }, from: first ? { on: first, at: '' } : listener.from, httpsOnly: undefined };
  }
  return undefined;
}

/** A name, the wildcards above it, longest first, and `*`. */
function* namesAbove(name: string): Generator<string> {
  yield name;
  for (let at = name.indexOf('.'); at !== -1; at = name.indexOf('.', at + 1)) yield `*${name.slice(at)}`;
  yield '*';
}

function connections(mesh: Mesh, { listener, attached }: Open, bySni: boolean): ConnectionChain | undefined {
  const stage = connectionStage(mesh, attached, bySni);
  return stage && { kind: 'connections', stage, from: listener.from };
}

function anyIfEmpty(hostname: string): string {
  return hostname === '' ? '*' : hostname;
}

function modeOf({ mode, options, clientCertificate }: ListenerTls): TlsChain['mode'] {
  if (mode === 'Passthrough') return 'PASSTHROUGH';
  const asked = options.get('gateway.istio.io/tls-terminate-mode');
  if (asked === 'MUTUAL' || asked === 'OPTIONAL_MUTUAL' || asked === 'ISTIO_MUTUAL') return asked;
  return ({ 'not asked': 'SIMPLE', optional: 'OPTIONAL_MUTUAL', required: 'MUTUAL' } as const)[clientCertificate];
}
