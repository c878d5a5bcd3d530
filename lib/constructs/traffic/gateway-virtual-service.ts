import type { HTTPRouteDestination, VirtualServiceSpec } from '../l1.ts';
import { carries } from '../platform/service-port.ts';
import { widestHosts } from '../values/name.ts';
import type { DeclaredTraffic } from './declared-traffic.ts';
import { layer4Routes } from './layer4.ts';
import type { Alternative } from './request-set.ts';
import type { Exposure } from './routing.ts';
import { httpRoutes, virtualServiceSpec } from './virtual-service-spec.ts';

/** A gateway through which a service can be reached, and how its connections arrive there. */
export interface GatewayExposure extends Exposure {
  /** The name of the gateway. */
  readonly gatewayName: string;
  readonly gatewayNamespace: string;
  /** The port of the service that requests are sent to. @default - its only one */
  readonly port?: number | undefined;
  /** `http`, or connections as they are: TLS by its server name, or TCP by the port of the gateway. */
  readonly carries: 'http' | 'tls' | 'tcp';
  readonly gatewayPort: number;
}

/** Prints what a gateway is told about the requests or connections of a service, for all exposures under the same hosts; `own` is the service as rules call it. */
export function gatewayVirtualService({ namespaceName, ports, routing, exportTo, defaults }: DeclaredTraffic, exposures: readonly GatewayExposure[], own: string): VirtualServiceSpec {
  const [first] = exposures as readonly [GatewayExposure];
  const near = first.gatewayNamespace === namespaceName;
  const shown = {
    hosts: widestHosts(first.hosts),
    gateways: [near ? first.gatewayName : first.gateway],
    ...(exportTo ? { exportTo: [near ? '.' : first.gatewayNamespace] } : {}),
  };
  // With several ports, a gateway would send requests to the one that it listens on itself.
  const port = first.port ?? (ports.length > 1 ? ports.find(given => carries(given) === first.carries)?.port : undefined);
  if (first.carries !== 'http') {
    const route = { kind: first.carries, port: first.gatewayPort, sniHosts: first.carries === 'tls' ? first.hosts : [], destinationSubnets: [], shares: routing.split?.shares ?? [], declaredBy: first.declaredBy };
    return virtualServiceSpec({ ...shown, ...layer4Routes([route], { host: own, port: () => port }) });
  }
  const place: Alternative = [{ on: 'place', place: first.gateway }];
  const paths = exposures.flatMap(exposure => exposure.paths);
  const limits = paths.length === 0 ? [place] : paths.map((path): Alternative => [...place, path]);
  return virtualServiceSpec({ ...shown, http: httpRoutes(routing, limits, defaults(port, own), { atGateway: port ?? ports[0]?.port }) });
}

/**
 * The code of Istio's analysis that wonders where a gateway sends requests to all of a service and the mesh has routes to versions
 * of it. Both are printed from the same routes, so where they differ, somebody asked for it: by the source, or by paths that are
 * not exposed.
 *
 * Source: https://istio.io/latest/docs/reference/config/annotations/#GalleyAnalyzeSuppress
 */
export function meansToDiffer(atGateway: VirtualServiceSpec, inMesh: VirtualServiceSpec, own: string): string | undefined {
  const versionless = destinations(atGateway).filter(({ subset }) => subset === undefined);
  // Where requests go to another service, its versions in the mesh may well be forgotten.
  if (versionless.length === 0 || versionless.some(({ host }) => host !== own)) return undefined;
  return destinations(inMesh).some(({ host, subset }) => host === own && subset !== undefined) ? 'IST0140' : undefined;
}

function destinations({ http = [] }: VirtualServiceSpec): { readonly host: string; readonly subset?: string | undefined }[] {
  return http.flatMap(({ route }) => (Array.isArray(route) ? (route as readonly HTTPRouteDestination[]) : []).map(({ destination }) => destination));
}
