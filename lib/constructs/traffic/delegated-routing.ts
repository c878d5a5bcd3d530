import type { RequestTest } from '../values/match.ts';
import type { TextMatch } from '../values/text-match.ts';
import { fieldName, sameField, type Alternative, type RequestSet } from './request-set.ts';
import { Routing, type LaidRoute, type Overlay, type Route } from './routing.ts';

/** Routes for requests that other routes have taken already: these say where they come from. */
export class DelegatedRouting extends Routing {
  override add(route: Route): void {
    if (route.action.to === 'delegate') throw new Error(`${route.declaredBy}: a delegate cannot delegate again; send its requests to a service`);
    refusePlaces(route);
    super.add(route);
  }

  override lay(overlay: Overlay): void {
    refusePlaces(overlay);
    super.lay(overlay);
  }
}

/**
 * What is wrong with routes of a delegate that Istio drops, because one of their matches contradicts the route that leads to them.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#Delegate
 */
export function droppedUnder(root: { readonly matches: RequestSet; readonly declaredBy: string }, routes: readonly LaidRoute[]): string[] {
  if (root.matches.some(tests => tests.length === 0)) return [];
  return routes.filter(({ matches }) => matches.every(tests => tests.length > 0)).flatMap(({ matches, declaredBy }) => {
    const lost = matches.find(tests => !root.matches.some(wide => !contradiction(wide, tests)));
    const field = lost && root.matches[0] && contradiction(root.matches[0], lost);
    return field === undefined ? [] : [`${declaredBy}: its route can never match: Istio puts no match on ${field} together with that of ${root.declaredBy}, which leads to it; leave it out here, or ask for a longer prefix or one whole path under the one there`];
  });
}

function refusePlaces({ matches, declaredBy }: Pick<Overlay, 'matches' | 'declaredBy'>): void {
  if (matches.some(tests => tests.some(({ on }) => on === 'place'))) {
    throw new Error(`${declaredBy}: routes of a delegate hold where the route holds that leads to them; leave Match.gateway and Match.inMesh to that one`);
  }
}

/** The field of which Istio does not put two tests together, even where some request passes both. */
function contradiction(root: Alternative, leaf: Alternative): string | undefined {
  if (ignoresCase(root) !== ignoresCase(leaf)) return 'the case of the path';
  const namespace = root.find(test => test.on === 'namespace');
  if (namespace && !leaf.some(test => test.on === 'namespace' && test.namespace === namespace.namespace)) return 'the namespace';
  const found = leaf.find(own => root.some(wide => sameField(wide, own) && !goTogether(wide, own)));
  return found && fieldName(found);
}

function ignoresCase(tests: Alternative): boolean {
  return tests.some(test => test.on === 'path' && 'ignoreCase' in test.test && test.test.ignoreCase === true);
}

function goTogether(root: RequestTest, leaf: RequestTest): boolean {
  if (root.on === 'source' && leaf.on === 'source') return Object.entries(leaf.labels).every(([key, value]) => root.labels[key] === undefined || root.labels[key] === value);
  if (root.on === 'port' && leaf.on === 'port') return root.port === leaf.port;
  return !('test' in root && 'test' in leaf) || textsGoTogether(root.test, leaf.test);
}

function textsGoTogether(root: TextMatch, leaf: TextMatch): boolean {
  if (root.kind === 'present' || root.kind === 'regex' || leaf.kind === 'present' || leaf.kind === 'regex') return false;
  if (root.kind === 'exact') return leaf.kind === 'exact' && root.value === leaf.value;
  return leaf.value.startsWith(root.value);
}
