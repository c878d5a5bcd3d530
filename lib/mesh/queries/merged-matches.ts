import type { From } from '../conditions.ts';
import type { HttpMatch, StringMatch } from '../entities/http-match.ts';

/** A match and where it stands. */
export interface PlacedMatch {
  readonly match: HttpMatch;
  readonly from: From;
}

/**
 * The matches of a delegate's route under those of its root: each of the delegate's with every one of the root's that does not
 * contradict it. Undefined where one of the delegate's contradicts them all, which drops the route.
 *
 * Source: istio/istio pilot/pkg/model/virtualservice.go
 */
export function mergedMatches(root: readonly PlacedMatch[], leaf: readonly PlacedMatch[]): readonly PlacedMatch[] | undefined {
  if (root.length === 0) return leaf;
  if (leaf.length === 0) return root;
  const merged: PlacedMatch[] = [];
  for (const own of leaf) {
    const fitting = root.filter(({ match }) => !contradict(match, own.match));
    if (fitting.length === 0) return undefined;
    merged.push(...fitting.map(({ match }) => ({ match: joined(match, own.match), from: own.from })));
  }
  return merged;
}

function joined(root: HttpMatch, leaf: HttpMatch): HttpMatch {
  return {
    name: root.name === '' ? leaf.name : leaf.name === '' ? root.name : `${root.name}-${leaf.name}`,
    statPrefix: leaf.statPrefix === '' ? root.statPrefix : leaf.statPrefix,
    uri: leaf.uri ?? root.uri,
    ignoreUriCase: leaf.ignoreUriCase || root.ignoreUriCase,
    scheme: leaf.scheme ?? root.scheme,
    method: leaf.method ?? root.method,
    authority: leaf.authority ?? root.authority,
    headers: new Map([...root.headers, ...leaf.headers]),
    withoutHeaders: new Map([...root.withoutHeaders, ...leaf.withoutHeaders]),
    queryParams: new Map([...root.queryParams, ...leaf.queryParams]),
    port: leaf.port ?? root.port,
    gateways: leaf.gateways.length === 0 ? root.gateways : leaf.gateways,
    sourceLabels: new Map([...root.sourceLabels, ...leaf.sourceLabels]),
    sourceNamespace: root.sourceNamespace === '' ? leaf.sourceNamespace : root.sourceNamespace,
    path: leaf.path,
  };
}

function contradict(root: HttpMatch, leaf: HttpMatch): boolean {
  return textsContradict(root.uri, leaf.uri) || textsContradict(root.scheme, leaf.scheme) || textsContradict(root.method, leaf.method)
    || textsContradict(root.authority, leaf.authority)
    || mapsContradict(root.headers, leaf.headers) || mapsContradict(root.withoutHeaders, leaf.withoutHeaders) || mapsContradict(root.queryParams, leaf.queryParams)
    || root.ignoreUriCase !== leaf.ignoreUriCase
    || (root.port !== undefined && leaf.port !== undefined && root.port !== leaf.port)
    || (root.sourceNamespace !== '' && root.sourceNamespace !== leaf.sourceNamespace)
    || [...leaf.sourceLabels].some(([key, value]) => root.sourceLabels.has(key) && root.sourceLabels.get(key) !== value)
    || (root.gateways.length > 0 && leaf.gateways.some(gateway => !root.gateways.includes(gateway)));
}

function mapsContradict(root: ReadonlyMap<string, StringMatch>, leaf: ReadonlyMap<string, StringMatch>): boolean {
  return [...leaf].some(([name, match]) => root.has(name) && textsContradict(root.get(name), match));
}

/** Two that Istio does not put together: it looks at prefixes and exact texts alone. */
function textsContradict(root: StringMatch | undefined, leaf: StringMatch | undefined): boolean {
  if (!root || !leaf) return false;
  if (root.test === 'present' || leaf.test === 'present' || root.test === 'regex' || leaf.test === 'regex') return true;
  if (root.test === 'exact') return leaf.test === 'prefix' || root.value !== leaf.value;
  return !leaf.value.startsWith(root.value);
}
