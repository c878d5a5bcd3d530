import { field, fields, list, mapping, number, text } from '../../manifest/index.ts';
import type { Say } from './said.ts';

/** Routes that no request can reach, because those before them take everything that they match (IST0130, IST0131). */
export function unreachable(say: Say, kind: 'http' | 'tls' | 'tcp', routes: readonly unknown[]): void {
  if (routes.length === 0 || (routes.length === 1 && list(field(routes[0], 'match')).length < 2)) return;
  // Matches are written out only where there are others to compare with.
  const compares = routes.reduce((count: number, route) => count + list(field(route, 'match')).length, 0) > 1;
  const seen = new Map<string, string>();
  const prefixes: { readonly match: unknown; readonly name: string }[] = [];
  let catchAll: string | undefined;
  for (const [i, route] of routes.entries()) {
    const path = `spec.${kind}[${i}]`;
    const matches = list(field(route, 'match'));
    const name = ruleName(route, i);
    if (matches.length === 0) {
      if (catchAll !== undefined) say({ path, code: 'IST0130', message: `rule ${name} is never used: ${catchAll} before it takes everything` });
      catchAll ??= `rule ${name}`;
      continue;
    }
    if (catchAll !== undefined) {
      say({ path, code: 'IST0130', message: `rule ${name} is never used: ${catchAll} before it takes everything` });
      continue;
    }
    let duplicates = 0;
    for (const [j, match] of matches.entries()) {
      const at = `${path}.match[${j}]`;
      if (!compares) continue;
      const key = canonical(match);
      const before = seen.get(key);
      if (before !== undefined) {
        duplicates++;
        say({ path: at, code: 'IST0131', message: `match ${j} of rule ${name} is never used: ${before} is the same` });
      } else {
        seen.set(key, `a match of rule ${name}`);
        if (kind === 'http') {
          const wider = prefixes.find(other => takesAll(other.match, match));
          if (wider) say({ path: at, code: 'IST0131', message: `match ${j} of rule ${name} is never used: ${wider.name} has a prefix that takes all of it` });
          if (prefixOf(match) !== undefined) prefixes.push({ match, name: `a match of rule ${name}` });
        }
      }
    }
    if (duplicates === matches.length) say({ path, code: 'IST0130', message: `rule ${name} is never used: all of its matches stand before it` });
  }
}

function ruleName(route: unknown, index: number): string {
  const name = text(field(route, 'name')) ?? '';
  return name === '' ? `#${index}` : `"${name}"`;
}

/** A match without its name, the same text for the same match. */
function canonical(match: unknown): string {
  return JSON.stringify(match, (key, value: unknown) => {
    const object = mapping(value);
    if (!object) return value;
    return Object.fromEntries(Object.entries(object).filter(([name]) => !(name === 'name' && value === match)).sort(([a], [b]) => (a < b ? -1 : 1)));
  }) ?? 'null';
}

function prefixOf(match: unknown): string | undefined {
  return text(field(field(match, 'uri'), 'prefix'));
}

/** Whether a match by prefix takes every request that another takes; only where it is plain to see, as Istio looks. */
function takesAll(wide: unknown, narrow: unknown): boolean {
  const [a, b] = [prefixOf(wide), prefixOf(narrow)];
  if (a === undefined || b === undefined || a === '' || a === b || !b.startsWith(a)) return false;
  if ((number(field(wide, 'port')) ?? 0) !== (number(field(narrow, 'port')) ?? 0)) return false;
  for (const name of ['headers', 'queryParams', 'withoutHeaders']) {
    const [x, y] = [fields(field(wide, name)), fields(field(narrow, name))];
    if (Object.keys(x).length !== Object.keys(y).length) return false;
    if (!Object.entries(x).every(([key, value]) => Object.hasOwn(y, key) && covered(value, y[key]))) return false;
  }
  for (const name of ['sourceLabels', 'gateways', 'sourceNamespace', 'scheme']) {
    if (JSON.stringify(field(wide, name) ?? null) !== JSON.stringify(field(narrow, name) ?? null)) return false;
  }
  return method(wide) === method(narrow) && (field(wide, 'authority') === undefined && field(narrow, 'authority') === undefined || covered(field(wide, 'authority'), field(narrow, 'authority')));
}

function covered(wide: unknown, narrow: unknown): boolean {
  const prefix = text(field(wide, 'prefix'));
  if (prefix === undefined) return JSON.stringify(wide) === JSON.stringify(narrow);
  const other = text(field(narrow, 'prefix'));
  return other !== undefined && other.startsWith(prefix);
}

/** A match without a method counts as GET here, as in Istio. */
function method(match: unknown): string {
  const value = field(match, 'method');
  return text(field(value, 'exact')) ?? text(field(value, 'prefix')) ?? text(field(value, 'regex')) ?? 'GET';
}
