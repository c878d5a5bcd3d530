import type { HTTPRoute, VirtualServiceSpec } from '../l1.ts';
import { carries, type ResolvedPort } from '../platform/service-port.ts';
import type { DeclaredTraffic, Detour } from './declared-traffic.ts';
import { layer4Routes, type Layer4Route } from './layer4.ts';
import { httpRoutes, virtualServiceSpec } from './virtual-service-spec.ts';

/** Prints what workloads of the mesh are told about the requests and connections of one host of a service. */
export function meshVirtualService(declared: DeclaredTraffic, host: string): VirtualServiceSpec {
  const { exportTo, layer4, detour, ports } = declared;
  // A name that TLS is routed by must be among the hosts.
  const shown = { hosts: [...new Set([host, ...layer4.flatMap(({ sniHosts }) => sniHosts)])], ...(exportTo ? { exportTo } : {}) };
  if (detour) return virtualServiceSpec({ ...shown, ...leaving(ports, detour, host) });
  const connections = layer4Routes([...layer4.flatMap(route => aPort(ports, route)), ...dividedConnections(declared, host)], { host, port: ({ port }) => ownPort(ports, port) });
  return virtualServiceSpec({ ...shown, http: requestRoutes(declared, host), ...connections });
}

const inMesh = { on: 'place', place: 'mesh' } as const;

/** What was sent to one port goes on to the same one; where there are several for HTTP, each has routes of its own. */
function requestRoutes({ ports, routing, defaults }: DeclaredTraffic, host: string): HTTPRoute[] {
  const asked = ports.filter(port => carries(port) === 'http').map(({ port }) => port);
  if (asked.length > 1) return asked.flatMap(port => httpRoutes(routing, [[inMesh, { on: 'port', port }]], defaults(port, host)));
  return asked.flatMap(port => httpRoutes(routing, [[inMesh]], defaults(ownPort(ports, port), host), { asked: port }));
}

/** The port to name where a service has several. */
function ownPort(ports: readonly ResolvedPort[], port: number | undefined): number | undefined {
  return ports.length > 1 ? port : undefined;
}

function aPort(ports: readonly ResolvedPort[], route: Layer4Route): readonly Layer4Route[] {
  if (route.port !== undefined || ports.length === 1) return [route];
  return ports.filter(port => carries(port) === route.kind).map(({ port }) => ({ ...route, port }));
}

/** Connections are divided as requests are. */
function dividedConnections({ ports, routing: { split } }: DeclaredTraffic, host: string): Layer4Route[] {
  if (!split) return [];
  return ports.flatMap((port): Layer4Route[] => {
    const kind = carries(port);
    return kind === 'http' ? [] : [{ kind, port: port.port, sniHosts: kind === 'tls' ? [host] : [], destinationSubnets: [], shares: split.shares, declaredBy: split.declaredBy }];
  });
}

function leaving(ports: readonly ResolvedPort[], { host, port, version }: Detour, own: string): Pick<VirtualServiceSpec, 'http' | 'tls'> {
  const route = [{ destination: { host, subset: version, port: { number: port } } }];
  const tls = ports.filter(given => carries(given) === 'tls');
  if (ports.some(given => carries(given) === 'http')) return { http: [{ route }] };
  return tls.length === 0 ? {} : { tls: tls.map(given => ({ match: [{ port: given.port, sniHosts: [own] }], route })) };
}
