import { areApart, isWithin, type RequestSet } from './request-set.ts';

/** A route as its order sees it. */
export interface Ordered {
  readonly matches: RequestSet;
  /** The construct that declared it. */
  readonly declaredBy: string;
}

/** In which order the routes of a service are tried. */
export type RouteOrder = 'by-specificity' | 'as-declared';

/**
 * The order in which routes are tried. A route stands before one declared earlier only where it takes a part of the
 * other's requests and nothing else; where nobody can tell (two regular expressions), or the two merely overlap, the
 * declared order stays.
 *
 * @throws when a route could never match, naming it and the one that takes all of its requests
 */
export function inOrder<T extends Ordered>(routes: readonly T[], order: RouteOrder = 'by-specificity'): readonly T[] {
  const sorted = order === 'as-declared' ? routes : sortedBySpecificity(routes);
  sorted.forEach((route, i) => {
    const earlier = sorted.slice(0, i).filter(other => !areApart(other.matches, route.matches));
    const wider = earlier.find(other => isWithin(route.matches, other.matches));
    if (wider) throw new Error(neverMatches(route, [wider]));
    if (isWithin(route.matches, earlier.flatMap(other => other.matches))) throw new Error(neverMatches(route, earlier));
  });
  return sorted;
}

function sortedBySpecificity<T extends Ordered>(routes: readonly T[]): readonly T[] {
  const sorted = new Set<T>();
  const path: T[] = [];
  const visit = (route: T, i: number): void => {
    if (sorted.has(route)) return;
    if (path.includes(route)) throw new Error(cannotBeOrdered(path.slice(path.indexOf(route))));
    path.push(route);
    routes.forEach((other, j) => { if (i !== j && precedes(other, route, j < i)) visit(other, j); });
    path.pop();
    sorted.add(route);
  };
  routes.forEach(visit);
  return [...sorted];
}

/** Whether one route must be tried before another: it is narrower, or was declared earlier and shares requests with it. */
function precedes(first: Ordered, second: Ordered, declaredEarlier: boolean): boolean {
  const narrower = isWithin(first.matches, second.matches);
  const wider = isWithin(second.matches, first.matches);
  if (narrower !== wider) return narrower;
  return declaredEarlier && !areApart(first.matches, second.matches);
}

function neverMatches(route: Ordered, earlier: readonly Ordered[]): string {
  const [take, are] = earlier.length === 1 ? ['takes', 'is'] : ['together take', 'are'];
  return `${route.declaredBy}: its route can never match: ${earlier.map(({ declaredBy }) => declaredBy).join(' and ')} ${take} every request that it takes, and ${are} tried before it; remove it, or narrow what comes before`;
}

/** A cycle has a narrow route that was declared after a wide one, and others between the two. */
function cannotBeOrdered(cycle: readonly Ordered[]): string {
  const [narrow, wide] = cycle.flatMap(a => cycle.map(b => [a, b] as const))
    .find(([a, b]) => a !== b && isWithin(a.matches, b.matches) && !isWithin(b.matches, a.matches)) ?? [cycle[0], cycle[1]];
  const between = cycle.filter(route => route !== narrow && route !== wide).map(route => route.declaredBy).join(', ');
  return `${narrow?.declaredBy ?? ''}: its route can never match: ${wide?.declaredBy ?? ''} takes every request that it takes, and it cannot be tried first because ${between}, declared in between, shares requests with both; declare the narrower route first`;
}
