import type { Clause, Dimension, Test } from '../../conditions.ts';
import { compare } from '../../entities/entity.ts';
import type { KubernetesRoute } from '../../entities/gateway-api.ts';
import { routeRulesOf, type RouteMatch } from '../../entities/route-rules.ts';
import type { Mesh } from '../../mesh.ts';
import type { HttpRule } from '../../treatments.ts';
import { routeTreatment } from './route-treatment.ts';

/** The rules of several routes that answer for one host, in the order in which they are asked; what stands behind one that takes everything is left out. */
export function rulesOfRoutes(mesh: Mesh, routes: readonly KubernetesRoute[], atGateway: boolean): readonly HttpRule[] {
  const rules = routes.flatMap(route => compiled(mesh, route, atGateway)).sort(byPrecedence).map(({ rule }) => rule);
  const last = rules.findIndex(({ all }) => all.length === 0);
  return last === -1 ? rules : rules.slice(0, last + 1);
}

interface Ranked {
  readonly rule: HttpRule;
  readonly match: RouteMatch;
  readonly route: KubernetesRoute;
}

/** The rules of one route; none where Istio refuses it. */
function compiled(mesh: Mesh, route: KubernetesRoute, atGateway: boolean): readonly Ranked[] {
  let ofMesh = known.get(mesh);
  if (!ofMesh) known.set(mesh, ofMesh = [new WeakMap<KubernetesRoute, readonly Ranked[]>(), new WeakMap<KubernetesRoute, readonly Ranked[]>()]);
  const cache = ofMesh[atGateway ? 1 : 0];
  let ranked = cache.get(route);
  if (!ranked) cache.set(route, ranked = compile(mesh, route, atGateway));
  return ranked;
}

const known = new WeakMap<Mesh, readonly [WeakMap<KubernetesRoute, readonly Ranked[]>, WeakMap<KubernetesRoute, readonly Ranked[]>]>();

function compile(mesh: Mesh, route: KubernetesRoute, atGateway: boolean): readonly Ranked[] {
  const ranked: Ranked[] = [];
  for (const rule of routeRulesOf(route)) {
    for (const match of rule.matches) {
      const treated = routeTreatment(mesh, route, rule, match, atGateway);
      if (typeof treated === 'string') return [];
      ranked.push({
        match, route,
        rule: { all: clausesOf(match), ...treated, from: { on: route, at: match.path }, name: rule.name, statPrefix: '', entry: { on: route, at: rule.path } },
      });
    }
  }
  return ranked;
}

function clausesOf({ uri, method, headers, query }: RouteMatch): readonly Clause[] {
  const clause = (dim: Dimension, test: Test): Clause => ({ dim, any: [{ dim, ...test }] });
  return [
    ...(uri && !(uri.test === 'segmentPrefix' && uri.value === '/') ? [clause('path', uri)] : []),
    ...(method === '' ? [] : [clause('method', { test: 'exact', value: method })]),
    ...headers.map(({ name, test, value }) => clause(`header:${name.toLowerCase()}`, { test, value })),
    ...query.map(({ name, test, value }) => clause(`query:${name}`, { test, value })),
  ];
}

/**
 * Exact paths before prefixes before expressions, longer before shorter, then who asks for more; then older routes, then
 * by name.
 *
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
 */
function byPrecedence(a: Ranked, b: Ranked): number {
  const [x, y] = [a.match, b.match];
  return kinds[x.uri?.test ?? 'none'] - kinds[y.uri?.test ?? 'none']
    || (y.uri?.value.length ?? 0) - (x.uri?.value.length ?? 0)
    || Number(y.method !== '') - Number(x.method !== '')
    || y.headers.length - x.headers.length
    || y.query.length - x.query.length
    || compare(a.route.createdAt, b.route.createdAt)
    || compare(`${a.route.namespace}/${a.route.name}`, `${b.route.namespace}/${b.route.name}`);
}

const kinds = { exact: 0, segmentPrefix: 1, regex: 2, none: 3 };
