import type { HTTPRoute, VirtualServiceSpec } from '../l1.ts';
import { httpRoute, type RouteDefaults } from './http-route.ts';
import { isWithin, type Alternative, type RequestSet } from './request-set.ts';
import type { LaidRoute, Routing } from './routing.ts';

/**
 * Prints the HTTP routes of a service for one place: the mesh, or a gateway and the paths under which it exposes the
 * service. Everywhere, requests meet the same routes in the same order.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/
 */
export function httpRoutes(routing: Routing, place: RequestSet, defaults: RouteDefaults, port: { readonly asked?: number | undefined; readonly atGateway?: number | undefined } = {}): HTTPRoute[] {
  return reachable(routing.routes(place, port.atGateway), port.asked).map(route => httpRoute(route, defaults));
}

/** Prints a VirtualService, each part of it only where there is something to say. */
export function virtualServiceSpec({ hosts, gateways, exportTo, http = [], tls = [], tcp = [] }: VirtualServiceSpec): VirtualServiceSpec {
  return {
    hosts: hosts ?? [],
    ...(gateways ? { gateways } : {}),
    ...(exportTo ? { exportTo } : {}),
    ...(http.length === 0 ? {} : { http }),
    ...(tls.length === 0 ? {} : { tls }),
    ...(tcp.length === 0 ? {} : { tcp }),
  };
}

/** At a gateway that exposes a few paths, a route for more may find all of them taken; so may one for every port where there is one. */
function reachable(routes: readonly LaidRoute[], port: number | undefined): LaidRoute[] {
  const kept: LaidRoute[] = [];
  const known: Alternative = port === undefined ? [] : [{ on: 'port', port }];
  for (const route of routes) {
    if (route.isKept === true) {
      kept.push(route);
      continue;
    }
    const matches = route.matches.filter(alternative => !kept.some(earlier => isWithin([[...alternative, ...known]], earlier.matches)));
    if (matches.length > 0) kept.push({ ...route, matches });
  }
  return kept;
}
