import { boolean, field, list, mapping, number, text, texts } from '../../manifest/index.ts';
import { millisecondsOf } from './duration.ts';
import type { Entity } from './entity.ts';
import { specOf } from './entity.ts';
import { referenceOf, type Reference } from './gateway-api.ts';

/** One rule of a route of the Gateway API, with the defaults of its CRD filled in. */
export interface RouteRule {
  readonly name: string;
  readonly path: string;
  readonly matches: readonly RouteMatch[];
  readonly filters: readonly RouteFilter[];
  readonly backends: readonly Backend[];
  /** Milliseconds; 0 for none. */
  readonly requestTimeout: number | undefined;
  readonly backendTimeout: number | undefined;
  readonly retry: { readonly attempts: number | undefined; readonly codes: readonly number[]; readonly backoff: number | undefined } | undefined;
}

export interface NamedMatch {
  readonly name: string;
  readonly value: string;
  readonly test: 'exact' | 'regex';
}

/** A match of an HTTPRoute or of a GRPCRoute. */
export interface RouteMatch {
  readonly uri: { readonly test: 'exact' | 'segmentPrefix' | 'regex'; readonly value: string } | undefined;
  readonly method: string;
  readonly headers: readonly NamedMatch[];
  readonly query: readonly NamedMatch[];
  readonly path: string;
}

/** A filter: its type, and the mapping that the type names. */
export interface RouteFilter {
  readonly type: string;
  readonly raw: unknown;
  readonly path: string;
}

export interface Backend extends Reference {
  readonly weight: number;
  readonly filters: readonly RouteFilter[];
}

/** Reads the rules of an HTTPRoute, GRPCRoute, TLSRoute or TCPRoute. */
export function routeRulesOf(route: Entity): readonly RouteRule[] {
  return list(specOf(route.manifest).rules).map((rule, i) => {
    const path = `spec.rules[${i}]`;
    const timeouts = field(rule, 'timeouts');
    const retry = mapping(field(rule, 'retry'));
    return {
      name: text(field(rule, 'name')) ?? '',
      path,
      matches: matchesOf(route.kind, field(rule, 'matches'), path),
      filters: filtersOf(field(rule, 'filters'), `${path}.filters`),
      backends: list(field(rule, 'backendRefs')).map((ref, j) => {
        const at = `${path}.backendRefs[${j}]`;
        return { ...referenceOf(ref, at, route.namespace, service), weight: number(field(ref, 'weight')) ?? 1, filters: filtersOf(field(ref, 'filters'), `${at}.filters`) };
      }),
      requestTimeout: millisecondsOf(text(field(timeouts, 'request'))),
      backendTimeout: millisecondsOf(text(field(timeouts, 'backendRequest'))),
      retry: retry && { attempts: number(retry.attempts), codes: list(retry.codes).flatMap(code => number(code) ?? []), backoff: millisecondsOf(text(retry.backoff)) },
    };
  });
}

const service = { group: '', kind: 'Service' };

function matchesOf(kind: string, raw: unknown, path: string): readonly RouteMatch[] {
  const matches = list(raw).map((match, i): RouteMatch => ({
    uri: kind === 'GRPCRoute' ? grpcUri(field(match, 'method')) : httpUri(field(match, 'path')),
    method: kind === 'HTTPRoute' ? text(field(match, 'method')) ?? '' : '',
    headers: namedMatches(field(match, 'headers')),
    query: namedMatches(field(match, 'queryParams')),
    path: `${path}.matches[${i}]`,
  }));
  // The CRD fills in a match of every path for an HTTPRoute without one.
  return matches.length > 0 ? matches : [{ uri: kind === 'HTTPRoute' ? httpUri(undefined) : undefined, method: '', headers: [], query: [], path }];
}

function httpUri(path: unknown): RouteMatch['uri'] {
  const value = text(field(path, 'value')) ?? '/';
  switch (text(field(path, 'type'))) {
    case 'Exact': return { test: 'exact', value };
    case 'RegularExpression': return { test: 'regex', value };
    default: return { test: 'segmentPrefix', value };
  }
}

/**
 * A gRPC method is a path: `/service/method`.
 *
 * Source: https://gateway-api.sigs.k8s.io/reference/api-types/grpcroute/#matches
 */
function grpcUri(method: unknown): RouteMatch['uri'] {
  const [service, name] = [text(field(method, 'service')) ?? '', text(field(method, 'method')) ?? ''];
  if (service === '' && name === '') return undefined;
  if (text(field(method, 'type')) === 'RegularExpression') return { test: 'regex', value: `/${service === '' ? '[^/]+' : service}/${name === '' ? '[^/]+' : name}` };
  if (service === '') return { test: 'regex', value: `/[^/]+/${name}` };
  return name === '' ? { test: 'segmentPrefix', value: `/${service}/` } : { test: 'exact', value: `/${service}/${name}` };
}

/** Of a name that stands twice, the first counts. */
function namedMatches(raw: unknown): readonly NamedMatch[] {
  const found = new Map<string, NamedMatch>();
  for (const item of list(raw)) {
    const name = text(field(item, 'name')) ?? '';
    const key = name.toLowerCase();
    if (!found.has(key)) found.set(key, { name, value: text(field(item, 'value')) ?? '', test: field(item, 'type') === 'RegularExpression' ? 'regex' : 'exact' });
  }
  return [...found.values()];
}

function filtersOf(raw: unknown, path: string): readonly RouteFilter[] {
  return list(raw).map((filter, i) => {
    const type = text(field(filter, 'type')) ?? '';
    return { type, raw: field(filter, fieldOfType[type] ?? ''), path: `${path}[${i}]` };
  });
}

const fieldOfType: Readonly<Record<string, string | undefined>> = {
  RequestHeaderModifier: 'requestHeaderModifier', ResponseHeaderModifier: 'responseHeaderModifier', RequestRedirect: 'requestRedirect', URLRewrite: 'urlRewrite',
  RequestMirror: 'requestMirror', CORS: 'cors', ExtensionRef: 'extensionRef',
};

/** What a redirect of a route says. */
export interface RouteRedirect {
  readonly scheme: string | undefined;
  readonly hostname: string | undefined;
  readonly port: number | undefined;
  readonly status: number;
  readonly path: PathModifier | undefined;
}

export type PathModifier = { readonly whole: string } | { readonly prefix: string };

export function routeRedirectOf(raw: unknown): RouteRedirect {
  return {
    scheme: text(field(raw, 'scheme')),
    hostname: text(field(raw, 'hostname')),
    port: number(field(raw, 'port')),
    status: number(field(raw, 'statusCode')) ?? 302,
    path: pathModifierOf(field(raw, 'path')),
  };
}

/** What a rewrite of a route says. */
export function routeRewriteOf(raw: unknown): { readonly hostname: string | undefined; readonly path: PathModifier | undefined } {
  return { hostname: text(field(raw, 'hostname')), path: pathModifierOf(field(raw, 'path')) };
}

function pathModifierOf(raw: unknown): PathModifier | undefined {
  const type = text(field(raw, 'type'));
  if (type === 'ReplaceFullPath') return { whole: text(field(raw, 'replaceFullPath')) ?? '' };
  return type === 'ReplacePrefixMatch' ? { prefix: text(field(raw, 'replacePrefixMatch')) ?? '' } : undefined;
}

/** A mirror of a route: where copies go, and how many of 100. */
export function routeMirrorOf(raw: unknown, path: string, namespace: string): { readonly to: Reference; readonly percent: number } {
  const fraction = mapping(field(raw, 'fraction'));
  const percent = fraction ? (number(fraction.numerator) ?? 0) / (number(fraction.denominator) ?? 100) * 100 : number(field(raw, 'percent')) ?? 100;
  return { to: referenceOf(field(raw, 'backendRef'), `${path}.requestMirror.backendRef`, namespace, service), percent };
}

/** What a CORS filter says. */
export function routeCorsOf(raw: unknown): {
  readonly origins: readonly string[]; readonly methods: readonly string[]; readonly headers: readonly string[]; readonly expose: readonly string[];
  readonly maxAge: number; readonly credentials: boolean;
} {
  return {
    origins: texts(field(raw, 'allowOrigins')),
    methods: texts(field(raw, 'allowMethods')),
    headers: texts(field(raw, 'allowHeaders')),
    expose: texts(field(raw, 'exposeHeaders')),
    maxAge: number(field(raw, 'maxAge')) ?? 5,
    credentials: boolean(field(raw, 'allowCredentials')) ?? false,
  };
}

/** Header changes of a route: of a name that stands twice, the first counts. */
export function routeHeadersOf(raw: unknown): { readonly set: ReadonlyMap<string, string>; readonly add: ReadonlyMap<string, string>; readonly remove: readonly string[] } {
  const named = (value: unknown): ReadonlyMap<string, string> => new Map(namedMatches(value).map(({ name, value: own }) => [name, own]));
  return { set: named(field(raw, 'set')), add: named(field(raw, 'add')), remove: texts(field(raw, 'remove')) };
}
