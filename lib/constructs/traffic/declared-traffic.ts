import type { ResolvedPort } from '../platform/service-port.ts';
import type { RouteDefaults } from './http-route.ts';
import type { Layer4Route } from './layer4.ts';
import type { Routing } from './routing.ts';

/** Everything that is declared about the requests and connections of one service, for whoever prints it. */
export interface DeclaredTraffic {
  readonly namespaceName: string;
  readonly ports: readonly ResolvedPort[];
  readonly routing: Routing;
  readonly layer4: readonly Layer4Route[];
  readonly detour: Detour | undefined;
  /** Who is shown it. @default - all */
  readonly exportTo: readonly string[] | undefined;
  /** What routes to a port of a host say where they do not say otherwise. */
  readonly defaults: (port: number | undefined, host: string) => RouteDefaults;
}

/** Where the mesh sends what is meant for a host outside: to an egress gateway. */
export interface Detour {
  readonly host: string;
  readonly port: number;
  readonly version: string;
  readonly declaredBy: string;
}
