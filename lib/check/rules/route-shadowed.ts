import { clausesOf, httpEntries, implies, type Clause, type HttpMatch, type Mesh, type VirtualService } from '../../mesh/index.ts';
import { list, field } from '../../manifest/index.ts';
import { defineRule, yaml } from '../rule.ts';
import { unreachable } from '../validation/unreachable-rules.ts';

export const routeShadowed = defineRule({
  id: 'MW0301',
  name: 'route-shadowed',
  category: 'traffic',
  severity: 'warning',
  title: 'A route can never be taken: one before it takes every request that it matches',
  why: 'Envoy tries routes in order and stops at the first that matches. Istio itself looks at equal matches and plain prefixes only.',
  fix: 'Put the narrower route first, or remove it.',
  of: ['VirtualService'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http:
          - match: [{ uri: { prefix: /reviews } }]
            route: [{ destination: { host: reviews, subset: v1 } }]
          - match: [{ uri: { exact: /reviews/0 }, headers: { end-user: { exact: jason } } }]
            route: [{ destination: { host: reviews, subset: v2 } }]
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http:
          - match: [{ uri: { exact: /reviews/0 }, headers: { end-user: { exact: jason } } }]
            route: [{ destination: { host: reviews, subset: v2 } }]
          - match: [{ uri: { prefix: /reviews } }]
            route: [{ destination: { host: reviews, subset: v1 } }]
    `,
  },

  // A route without a match stands last, or what follows is told by IST0130.
  when: comparesMatches,

  *check(on, mesh) {
    if (!comparesMatches(on)) return;
    const told = new Set<string>();
    unreachable(({ path }) => { told.add(path); }, 'http', list(field(on.manifest.object.spec, 'http')));
    const before = new Earlier();
    for (const one of matchesOf(mesh, on)) {
      const wider = before.findFor(one);
      if (wider && one.entry !== wider.entry && !told.has(one.at) && !told.has(one.entry)) {
        yield { at: one.at, message: `every request that it matches is taken by ${wider.at} before it` };
      }
      before.add(one);
    }
  },
});

function comparesMatches({ routes }: VirtualService): boolean {
  return routes.length > 1 && routes.reduce((count, { matches }) => count + matches.length, 0) > 1;
}

/** A match of a route. */
interface Matching {
  readonly at: string;
  readonly entry: string;
  readonly match: HttpMatch;
  readonly clauses: readonly Clause[];
}

/** Where a route matches everything, what stands behind it is told by IST0130. */
function matchesOf(mesh: Mesh, on: VirtualService): Matching[] {
  return httpEntries(mesh, on).filter(({ from }) => from.on === on)
    .flatMap(({ from: { at: entry }, matches }) => matches.map(({ match, from }) => ({ at: from.at, entry, match, clauses: clausesOf(match) })));
}

/** The matches before one, found by what they ask: who takes all of another asks for nothing that the other does not say. */
class Earlier {
  readonly #byText = new Map<string, Matching[]>();
  readonly #others: Matching[] = [];

  add(one: Matching): void {
    const key = keyOf(one.clauses);
    const alike = key === undefined ? this.#others : this.#byText.get(key);
    if (alike) alike.push(one);
    else if (key !== undefined) this.#byText.set(key, [one]);
  }

  findFor(one: Matching): Matching | undefined {
    for (const key of keysFor(one.clauses)) {
      const found = this.#byText.get(key)?.find(earlier => takes(earlier, one));
      if (found) return found;
    }
    return this.#others.find(earlier => takes(earlier, one));
  }
}

/** One text of an exact test or of a prefix that whatever is taken must say too; undefined where there is none. */
function keyOf(clauses: readonly Clause[]): string | undefined {
  for (const { any: [pred, ...more] } of clauses) {
    if (pred && more.length === 0 && !pred.not && !('ignoreCase' in pred) && (pred.test === 'exact' || pred.test === 'prefix')) return `${pred.dim} ${pred.test} ${pred.value}`;
  }
  return undefined;
}

function keysFor(clauses: readonly Clause[]): string[] {
  return clauses.flatMap(({ any }) => any.flatMap(pred => {
    if (pred.test !== 'exact' && pred.test !== 'prefix') return [];
    // Every beginning of the text may be a prefix that takes it; paths are short.
    const prefixes = Array.from({ length: Math.min(pred.value.length, 512) + 1 }, (_, i) => `${pred.dim} prefix ${pred.value.slice(0, i)}`);
    return pred.test === 'exact' ? [`${pred.dim} exact ${pred.value}`, ...prefixes] : prefixes;
  }));
}

/** Whether an earlier match takes all that a later one takes, at every proxy where the later one holds. */
function takes(earlier: Matching, later: Matching): boolean {
  const [a, b] = [earlier.match, later.match];
  if (a.port !== undefined && a.port !== b.port) return false;
  if (a.gateways.length > 0 && !(b.gateways.length > 0 && b.gateways.every(name => a.gateways.includes(name)))) return false;
  // Where a match names gateways, the source is not looked at.
  if (a.gateways.length === 0) {
    if (a.sourceNamespace !== '' && (b.gateways.length > 0 || a.sourceNamespace !== b.sourceNamespace)) return false;
    if (a.sourceLabels.size > 0 && (b.gateways.length > 0 || ![...a.sourceLabels].every(([key, value]) => b.sourceLabels.get(key) === value))) return false;
  }
  return implies(later.clauses, earlier.clauses);
}
