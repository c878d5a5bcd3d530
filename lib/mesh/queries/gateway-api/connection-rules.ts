import type { Clause } from '../../conditions.ts';
import type { KubernetesRoute } from '../../entities/gateway-api.ts';
import { routeRulesOf, type RouteRule } from '../../entities/route-rules.ts';
import type { Mesh } from '../../mesh.ts';
import type { ConnectionRule, ConnectionStage, ConnectionTreatment, Target } from '../../treatments.ts';
import type { AttachedRoute } from './attached-routes.ts';
import { backendTarget } from './backend-target.ts';

/** The TLSRoutes and TCPRoutes of a listener as rules of connections; undefined where there is none. `bySni`: the connection stays encrypted. */
export function connectionStage(mesh: Mesh, attached: readonly AttachedRoute[], bySni: boolean): ConnectionStage | undefined {
  const rules = attached.flatMap(({ route, hosts }) => connectionRules(mesh, route, bySni ? hosts : ['*'], true));
  return rules.length === 0 ? undefined : { rules, otherwise: { kind: 'unknown traffic' } };
}

/** The rules of a TLSRoute or TCPRoute for some server names. One set of backends a rule; without any left the connection fails. */
export function connectionRules(mesh: Mesh, route: KubernetesRoute, hosts: readonly string[], atGateway: boolean): readonly ConnectionRule[] {
  const all = hosts.includes('*') ? [] : [sniClause(hosts)];
  return routeRulesOf(route).map(rule => ({ all, ...forward(mesh, route, rule, atGateway), from: { on: route, at: rule.path } }));
}

function sniClause(hosts: readonly string[]): Clause {
  return { dim: 'sni', any: hosts.map(value => ({ dim: 'sni', test: 'host', value, whenMissing: false })) };
}

function forward(mesh: Mesh, route: KubernetesRoute, { backends }: RouteRule, atGateway: boolean): { readonly treatment: ConnectionTreatment; readonly shares: ConnectionRule['shares'] } {
  const taken = backends.filter(({ weight }) => weight > 0).map(backend => {
    const to = backendTarget(mesh, route, backend, atGateway);
    return { to: 'invalid' in to ? unreachable : to, weight: backend.weight, from: { on: route, at: backend.path } };
  });
  return {
    treatment: { kind: 'forward', destinations: taken.length === 0 ? [{ to: unreachable, weight: 1 }] : taken.map(({ to, weight }) => ({ to, weight })) },
    shares: taken.map(({ from }) => from),
  };
}

const unreachable: Target = { answers: 500 };
