import type { HTTPMatchRequest, HTTPRetry, GoDuration, HTTPRouteDestination, StringMatch, ToRoute, VirtualServiceSpec } from '../l1.ts';
import type { HeaderMatch } from '../values/match.ts';
import type { TextMatch } from '../values/text-match.ts';
import type { Exposure, Route, Routing, Share } from './routing.ts';

/** What a VirtualService says of every route of its service. */
export interface RouteDefaults {
  /** The service, as its own namespace calls it. */
  readonly host: string;
  readonly timeout: GoDuration | undefined;
  readonly retries: HTTPRetry | undefined;
}

/**
 * Prints the routing of a service in Istio's API. Inside the mesh and at each gateway, requests meet the same routes
 * in the same order; a gateway adds its paths to each.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/
 */
export function virtualServiceSpec(routing: Routing, { host, timeout, retries }: RouteDefaults): VirtualServiceSpec {
  const { exposures } = routing;
  return {
    hosts: [host, ...new Set(exposures.flatMap(exposure => exposure.hosts))],
    ...(exposures.length === 0 ? {} : { gateways: ['mesh', ...new Set(exposures.map(exposure => exposure.gateway))] }),
    http: routing.routes.map((route): ToRoute => {
      const match = matches(route, exposures);
      return {
        ...(match.length === 0 ? {} : { match }),
        route: destinations(host, route.shares),
        ...(timeout === undefined ? {} : { timeout }),
        ...(retries === undefined ? {} : { retries }),
      };
    }),
  };
}

function destinations(host: string, shares: readonly Share[]): HTTPRouteDestination[] {
  const [only] = shares;
  if (!only) return [{ destination: { host } }];
  if (shares.length === 1) return [{ destination: { host, subset: only.version } }];
  return shares.map(({ version, percent }) => ({ destination: { host, subset: version }, weight: percent }));
}

/** The alternatives of one route: each of its matches from inside the mesh, and at each path of each gateway. */
function matches(route: Route, exposures: readonly Exposure[]): HTTPMatchRequest[] {
  const conditions = route.matches.map(headers);
  // Gateways that take every path ask for nothing more than the mesh does.
  if (exposures.every(exposure => exposure.paths.length === 0)) return conditions;
  const entries: HTTPMatchRequest[] = [
    { gateways: ['mesh'] },
    ...exposures.flatMap(({ gateway, paths }): HTTPMatchRequest[] =>
      paths.length === 0
        ? [{ gateways: [gateway] }]
        : paths.map(path => ({ gateways: [gateway], uri: stringMatch(path) }))),
  ];
  return entries.flatMap(entry => (conditions.length === 0 ? [entry] : conditions.map(condition => ({ ...condition, ...entry }))));
}

function headers(tests: readonly HeaderMatch[]): HTTPMatchRequest {
  return { headers: Object.fromEntries(tests.map(({ header, test }) => [header, stringMatch(test)])) };
}

function stringMatch(test: TextMatch): StringMatch {
  switch (test.kind) {
    case 'exact': return { exact: test.value };
    case 'prefix': return { prefix: test.value };
    case 'regex': return { regex: test.value };
    // An empty match asks only that the header is there.
    case 'present': return {};
  }
}
