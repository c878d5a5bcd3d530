import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Match, MeshService, Path, type RequestMatch, type RequestTest, Route, type RouteOrder } from '../../lib/index.ts';
import { findings } from './accepted.ts';
import { shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

/** The names of the routes as they are emitted. */
function order(matches: readonly (readonly RequestMatch[])[], how?: RouteOrder): readonly string[] {
  return http(matches, how).flatMap(({ name }) => name ?? []);
}

describe('a route stands before another', () => {
  test('if it takes a part of the other\'s requests, whatever was declared first', () => {
    expect(order([[Path.prefix('/')], [Path.prefix('/api/')], [Path.exact('/api/v1')]])).toEqual(['2', '1', '0']);
    expect(order([[Path.prefix('/a')], [[Path.prefix('/a'), Match.header('x').present()]], [[Path.prefix('/a'), Match.header('x').exact('1')]]])).toEqual(['2', '1', '0']);
    for (const wide of [Match.header('x').not.exact('1'), Match.header('x').not.regex('[12]')]) expect(order([[wide], [Match.header('x').absent()]])).toEqual(['1', '0']);
    expect(order([[Match.header('x').not.regex('1?')], [Match.header('x').absent()]])).toEqual(['0', '1']);
    expect(order([[Path.ignoreCase(Path.prefix('/A'))], [Path.exact('/a/b')]])).toEqual(['1', '0']);
    expect(order([[Path.prefix('/a')], [Path.regex('/a/[0-9]+')], [Path.exact('/a/1')]])).toEqual(['2', '1', '0']);
    expect(order([[Path.regex('/a/.*')], [Path.prefix('/a/b')]])).toEqual(['1', '0']);
    expect(order([[Match.source({ app: 'a' })], [Match.source({ app: 'a', version: 'v1' })]])).toEqual(['1', '0']);
  });
  test('as declared, if neither takes a part of the other\'s', () => {
    expect(order([[Path.prefix('/a')], [Match.header('x').exact('1')]])).toEqual(['0', '1']);
    expect(order([[Match.header('x').exact('1')], [Path.prefix('/a')]])).toEqual(['0', '1']);
  });
  test('as declared, if nobody can tell', () => {
    expect(order([[Path.regex('/a[0-9]*')], [Path.regex('/a[0-9]+')]])).toEqual(['0', '1']);
    expect(order([[Path.regex('/.*a')], [Path.prefix('/b')]])).toEqual(['0', '1']);
  });
  test('as declared, if told to', () => {
    expect(order([[Match.header('x').exact('1')], [Path.exact('/a')]], 'as-declared')).toEqual(['0', '1']);
  });
  test('even where routes that share no request stand between', () => {
    expect(order([[Path.prefix('/a')], [Path.exact('/x')], [Path.exact('/a/b')]])).toEqual(['2', '0', '1']);
  });
});

describe('a route that can never match is an error that names both', () => {
  test('for its requests are those of another', () => {
    expect(() => order([[Path.prefix('/a')], [Path.prefix('/a')]])).toThrow('mesh/shop/reviews/1: its route can never match: mesh/shop/reviews/0 takes every request that it takes');
  });
  test('for its requests are those of two others together', () => {
    expect(() => order([[Match.header('x').exact('1')], [Match.header('x').not.exact('1')], [Match.query('q').present()]]))
      .toThrow('mesh/shop/reviews/2: its route can never match: mesh/shop/reviews/0 and mesh/shop/reviews/1 together take every request that it takes');
  });
  test('for its requests are those of many others together', () => {
    const letters = 'abcdefghijkl'.split('');
    const each = letters.map((letter, i) => [[...letters.slice(0, i).map(earlier => Match.header(earlier).absent()), Match.header(letter).present()]]);
    const none = [letters.map(letter => Match.header(letter).absent())];
    expect(() => order([...each, none, [Path.exact('/')]], 'as-declared')).toThrow('mesh/shop/reviews/13: its route can never match: mesh/shop/reviews/0 and');
  });
  test('for its path is one that an expression takes', () => {
    expect(() => order([[Path.regex('/a/[0-9]+')], [Path.exact('/a/1')]], 'as-declared')).toThrow('mesh/shop/reviews/1: its route can never match: mesh/shop/reviews/0 takes');
  });
  test('for a wider one was declared first, and the order is as declared', () => {
    expect(() => order([[Path.prefix('/a')], [Path.exact('/a/b')]], 'as-declared')).toThrow('mesh/shop/reviews/1: its route can never match: mesh/shop/reviews/0 takes');
  });
  test('for it would have to pass one that shares requests with both', () => {
    expect(() => order([[Path.prefix('/a')], [Match.header('x').exact('1')], [Path.exact('/a/b')]]))
      .toThrow('mesh/shop/reviews/2: its route can never match: mesh/shop/reviews/0 takes every request that it takes, and it cannot be tried first because mesh/shop/reviews/1');
  });
});

describe('over random routes', () => {
  const paths = fc.constantFrom('/', '/a', '/a/b', '/a/b/c', '/b');
  const tests = fc.uniqueArray(
    fc.oneof(
      paths.map((path): RequestTest => Path.prefix(path)),
      paths.map((path): RequestTest => Path.exact(path)),
      paths.map((path): RequestTest => Path.ignoreCase(Path.prefix(path.toUpperCase()))),
      fc.constantFrom<RequestTest>(Path.regex('/a.*'), Path.regex('/a/b/?')),
      fc.constantFrom<RequestTest>(Match.method('GET'), Match.method('POST')),
      fc.constantFrom<RequestTest>(
        Match.header('x').exact('1'), Match.header('x').exact('2'), Match.header('x').prefix('1'), Match.header('x').present(), Match.header('x').absent(), Match.header('x').not.exact('1'), Match.header('x').regex('1.*'), Match.header('x').not.regex('[12]'),
      ),
      fc.constantFrom<RequestTest>(Match.query('q').exact('1'), Match.query('q').present()),
    ),
    { selector: test => test.on, minLength: 1, maxLength: 3 },
  );
  const sets = fc.array(fc.array(tests, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 6 });
  const requests = fc.record({
    path: fc.constantFrom('/', '/a', '/A', '/a/b', '/a/b/c', '/a/b/d', '/b', '/B/x', '/c'),
    method: fc.constantFrom('GET', 'POST'),
    x: fc.constantFrom(undefined, '', '1', '12', '2', '3'),
    q: fc.constantFrom(undefined, '1', '2'),
  });

  test('the first emitted match of a request is the declared most specific one, where there is one', () => {
    let compared = 0;
    fc.assert(fc.property(sets, fc.array(requests, { minLength: 20, maxLength: 40 }), (routes, asked) => {
      const emitted = accepted(() => http(routes));
      if (!emitted) return;
      for (const request of asked) {
        const taking = routes.map((match, i) => ({ i, match })).filter(({ match }) => match.some(all => all.every(one => passes(one, request))));
        // The most specific one by what is declared: its tests ask for at least what each of the others asks for.
        const best = taking.find(one => taking.every(other => other === one || isNarrower(one.match, other.match)));
        const first = emitted.find(({ match }) => !match || match.some(entry => taken(entry, request)));
        if (best) expect(first?.name).toBe(String(best.i));
        else if (taking.length === 0) expect(first?.name).toBeUndefined();
        else expect(taking.map(({ i }) => String(i))).toContain(first?.name);
        compared++;
      }
    }), { numRuns: 300 });
    expect(compared).toBeGreaterThan(1000);
  });

  test('a route is emitted before one declared earlier only if it takes a part of the other\'s requests, or shares none with it', () => {
    fc.assert(fc.property(sets, fc.array(requests, { minLength: 40, maxLength: 80 }), (routes, asked) => {
      const emitted = accepted(() => http(routes))?.flatMap(({ name }) => (name === undefined ? [] : [Number(name)])) ?? [];
      emitted.forEach((later, i) => emitted.slice(0, i).filter(earlier => earlier > later).forEach(earlier => {
        const takes = (route: number, request: Asked): boolean => (routes[route] ?? []).some(all => all.every(one => passes(one, request)));
        const both = asked.filter(request => takes(earlier, request) && takes(later, request));
        const only = asked.filter(request => takes(earlier, request) && !takes(later, request));
        expect(both.length === 0 || only.length === 0).toBe(true);
      }));
    }), { numRuns: 300 });
  });

  test('check accepts everything that is emitted', () => {
    fc.assert(fc.property(sets, routes => {
      const { mesh, shop } = shopMesh();
      if (!accepted(() => { reviewsWith(shop, routes); return emitted(mesh); })) return;
      expect(findings(mesh)).toEqual([]);
    }), { numRuns: 60 });
  });
});

interface Text { readonly exact?: string; readonly prefix?: string; readonly regex?: string }
interface Entry {
  readonly uri?: Text;
  readonly ignoreUriCase?: boolean;
  readonly method?: Text;
  readonly headers?: Readonly<Record<string, Text>>;
  readonly withoutHeaders?: Readonly<Record<string, Text>>;
  readonly queryParams?: Readonly<Record<string, Text>>;
}
interface Emitted { readonly name?: string; readonly match?: readonly Entry[] }
interface Asked { readonly path: string; readonly method: string; readonly x: string | undefined; readonly q: string | undefined }

function reviewsWith(shop: ReturnType<typeof shopMesh>['shop'], matches: readonly (readonly RequestMatch[])[], how?: RouteOrder): MeshService<'v1'> {
  const reviews = new MeshService(shop, 'reviews', { port: 9080, versions: { v1: { image: 'a' } }, order: how });
  matches.forEach((match, i) => new Route(reviews, String(i), { match, to: 'v1', name: String(i) }));
  return reviews;
}

function http(matches: readonly (readonly RequestMatch[])[], how?: RouteOrder): readonly Emitted[] {
  const { mesh, shop } = shopMesh();
  reviewsWith(shop, matches, how);
  return (emitted(mesh, 'VirtualService')[0]?.spec as { http: Emitted[] }).http;
}

/** What is emitted, unless a route could never match. */
function accepted<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && /can never match|takes every request as well/.test(error.message)) return undefined;
    throw error;
  }
}

/** A declared test as Envoy runs it. */
function passes(test: RequestTest, { path, method, x, q }: Asked): boolean {
  if (!('test' in test)) return true;
  const { test: text } = test;
  const value = { path, method, header: x, query: q }[test.on as 'path'];
  const fits = (given: string | undefined): boolean => {
    if (given === undefined) return false;
    if (text.kind === 'present') return true;
    if (text.kind === 'regex') return new RegExp(`^(?:${text.value})$`).test(given);
    const [a, b] = text.ignoreCase === true ? [given.toLowerCase(), text.value.toLowerCase()] : [given, text.value];
    return text.kind === 'exact' ? a === b : a.startsWith(b);
  };
  if (!('not' in test) || test.not !== true) return fits(value);
  return text.kind === 'present' ? value === undefined : !fits(value ?? '');
}

/** The same of what was emitted, as semantics.md says of a VirtualService. */
function taken(entry: Entry, { path, method, x, q }: Asked): boolean {
  const fits = (text: Text, value: string | undefined, fold = false): boolean => {
    if (value === undefined) return false;
    const [given, exact, prefix] = fold ? [value.toLowerCase(), text.exact?.toLowerCase(), text.prefix?.toLowerCase()] : [value, text.exact, text.prefix];
    if (text.regex !== undefined) return new RegExp(`^(?:${text.regex})$`).test(value);
    return exact !== undefined ? given === exact : prefix === undefined || given.startsWith(prefix);
  };
  const absent = (text: Text): boolean => (Object.keys(text).length === 0 ? x === undefined : !fits(text, x ?? ''));
  return (!entry.uri || fits(entry.uri, path, entry.ignoreUriCase))
    && (!entry.method || fits(entry.method, method))
    && Object.values(entry.headers ?? {}).every(text => fits(text, x))
    && Object.values(entry.withoutHeaders ?? {}).every(absent)
    && Object.values(entry.queryParams ?? {}).every(text => fits(text, q));
}

/**
 * Whether one declared match is narrower than another, by trying all requests of a small world. That alternatives only together take
 * it cannot be told where one of them is an expression: then one alone must.
 */
function isNarrower(one: readonly RequestMatch[], other: readonly RequestMatch[]): boolean {
  const takes = (match: readonly RequestMatch[], request: Asked): boolean => match.some(all => (all as readonly RequestTest[]).every(test => passes(test, request)));
  const within = (narrow: readonly RequestMatch[], wide: readonly RequestMatch[]): boolean => world.every(request => !takes(narrow, request) || takes(wide, request));
  const expressions = JSON.stringify(other).includes('"regex"');
  return expressions ? one.every(alternative => other.some(wide => within([alternative], [wide]))) : within(one, other);
}

const world: readonly Asked[] = ['/', '/a', '/A', '/aa', '/a/b', '/A/B', '/a/b/', '/a/b/c', '/A/B/C', '/a/b/cd', '/a/b/d', '/A/B/D', '/a/bx', '/A/BX', '/b', '/B', '/bb', '/z']
  .flatMap(path => ['GET', 'POST', 'PUT'].flatMap(method => [undefined, '', '1', '12', '2', '3'].flatMap(x => [undefined, '1', '2'].map(q => ({ path, method, x, q })))));
