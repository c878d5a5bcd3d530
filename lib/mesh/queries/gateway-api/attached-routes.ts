import type { KubernetesGateway, KubernetesRoute } from '../../entities/gateway-api.ts';
import { covers } from '../../entities/hosts.ts';
import { kubernetesRoutesOf } from '../../indexes.ts';
import type { Mesh } from '../../mesh.ts';
import { admits, listenersOf, type GatewayListener } from './listeners-of.ts';

/** A route at a listener, and the hosts that it answers for there: `*` for all. */
export interface AttachedRoute {
  readonly route: KubernetesRoute;
  readonly hosts: readonly string[];
}

/**
 * The routes that are attached to a listener of a gateway, oldest first.
 *
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/#allowedroutes
 */
export function attachedRoutes(mesh: Mesh, gateway: KubernetesGateway, listener: GatewayListener): readonly AttachedRoute[] {
  const { on } = listener;
  const parentKind = on.kind;
  const routes = mesh.at(kubernetesRoutesOf, `${parentKind} ${on.namespace}/${on.name}`);
  const others = listenersOf(mesh, gateway).filter(other => other.port === listener.port && other.protocol === listener.protocol);
  return routes.flatMap(route => {
    const refers = route.parents.some(({ group, kind, namespace, name, section, port }) => group === 'gateway.networking.k8s.io' && kind === parentKind && namespace === on.namespace && name === on.name
      && (section === '' || section === listener.name) && (port === undefined || port === listener.port));
    if (!refers || !fits(listener, route) || !admits(mesh, listener.allowedNamespaces, on.namespace, route.namespace)) return [];
    const hosts = hostsAt(listener, route).filter(host => !isForAnother(host, listener, others));
    return hosts.length === 0 ? [] : [{ route, hosts }];
  });
}

function fits({ protocol, tls, allowedKinds }: GatewayListener, { group, kind }: KubernetesRoute): boolean {
  if (allowedKinds.length > 0 && !allowedKinds.some(allowed => allowed.kind === kind && allowed.group === group)) return false;
  switch (protocol) {
    case 'HTTP': case 'HTTPS': return kind === 'HTTPRoute' || kind === 'GRPCRoute';
    case 'TLS': return kind === 'TLSRoute' || (kind === 'TCPRoute' && tls?.mode === 'Terminate');
    case 'TCP': return kind === 'TCPRoute';
    case 'HBONE': return kind !== 'UDPRoute';
    default: return false;
  }
}

/** The hosts that a route and a listener share: of two that meet the narrower. */
function hostsAt({ hostname }: GatewayListener, { hostnames }: KubernetesRoute): readonly string[] {
  const wide = hostname === '' ? '*' : hostname;
  if (hostnames.length === 0) return [wide];
  return [...new Set(hostnames.flatMap(host => (covers(wide, host) ? [host] : covers(host, wide) ? [wide] : [])))];
}

/** Listeners of one port keep to themselves: a host belongs to the one whose hostname is narrowest. */
function isForAnother(host: string, listener: GatewayListener, others: readonly GatewayListener[]): boolean {
  const own = listener.hostname === '' ? '*' : listener.hostname;
  return others.some(({ hostname }) => hostname !== '' && hostname !== own && covers(own, hostname) && covers(hostname, host));
}
