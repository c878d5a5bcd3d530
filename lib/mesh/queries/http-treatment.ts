import type { HeaderChange, HttpActions, RedirectAction, RetryAction, RewriteAction } from '../entities/http-actions.ts';
import { retriesOf } from '../entities/http-actions.ts';
import type { HttpMatch } from '../entities/http-match.ts';
import type { MeshConfig } from '../entities/mesh-config.ts';
import type { Mesh } from '../mesh.ts';
import type { HeaderOperation, HttpTreatment, PathRewrite, Retries, Share } from '../treatments.ts';

/**
 * What an http entry of a VirtualService does to a request that one of its matches takes, in canonical form.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRoute
 */
export function httpTreatment(mesh: Mesh, actions: HttpActions, match: HttpMatch | undefined, gatewaySemantics: boolean): HttpTreatment {
  const { redirect, directResponse, destinations, headers } = actions;
  const responseHeaders = operations(headers?.response);
  if (redirect && !redirectCodes.has(redirect.status)) return { kind: 'not modelled', what: `a redirect with code ${redirect.status}` };
  if (redirect) return { kind: 'redirect', ...redirectTo(redirect, match, gatewaySemantics), responseHeaders };
  if (directResponse) return { kind: 'direct response', ...directResponse, responseHeaders };
  const shares = sharesOf(actions);
  if (shares.length === 0) return { kind: 'not modelled', what: destinations.length === 0 ? 'a route without a destination' : 'a route whose weights are all 0' };
  return {
    kind: 'forward',
    destinations: shares,
    missing: gatewaySemantics ? 500 : 503,
    path: pathRewrite(actions.rewrite, match, gatewaySemantics),
    timeout: actions.timeout ?? 0,
    retries: retriesFor(mesh, actions.retries),
    fault: actions.fault,
    cors: actions.cors,
    mirrors: [...(actions.mirror ? [actions.mirror] : []), ...(actions.mirrors ?? [])].filter(({ percent }) => percent > 0).map(({ to, percent }) => ({ to, percent })),
  };
}

/** The codes that Envoy can answer a redirect with. */
const redirectCodes: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The destinations of a route that can get a request, those of weight 0 left out: of one alone the weight does not count. */
export function weighted<Item extends { readonly weight: number }>(destinations: readonly Item[]): readonly Item[] {
  return destinations.length === 1 ? destinations : destinations.filter(({ weight }) => weight > 0);
}

function sharesOf({ destinations, headers, rewrite }: HttpActions): readonly Share[] {
  const taken = weighted(destinations);
  const divisor = taken.map(({ weight }) => weight).reduce(greatestDivisor, 0);
  return taken.map(({ host, subset, port, weight, headers: own }) => ({
    to: { host, subset, port },
    weight: taken.length === 1 ? 1 : weight / divisor,
    authority: rewrite?.authority ?? authorityOf(headers?.request) ?? authorityOf(own.request),
    // Envoy asks the one cluster's headers as part of the route's; those of several are changed before the route's.
    requestHeaders: destinations.length === 1 ? merged(headers?.request, own.request) : [...operations(own.request), ...operations(headers?.request)],
    responseHeaders: destinations.length === 1 ? merged(headers?.response, own.response) : [...operations(own.response), ...operations(headers?.response)],
  }));
}

/** Header changes of a route with one destination: all removals before all that is set and added. */
export function merged(route: HeaderChange | undefined, destination: HeaderChange): readonly HeaderOperation[] {
  const all = [...operations(route), ...operations(destination)];
  if (all.length === 0) return none;
  return [...all.filter(operation => operation.do === 'remove'), ...all.filter(operation => operation.do !== 'remove')];
}

const none: readonly HeaderOperation[] = [];

/** Removals come first, then what is set, then what is added, each in order of names. */
export function operations(change: HeaderChange | undefined): readonly HeaderOperation[] {
  if (!change || (change.set.size === 0 && change.add.size === 0 && change.remove.length === 0)) return none;
  const named = (what: 'set' | 'add'): HeaderOperation[] => [...change[what]].filter(([name]) => !isAuthority(name) && !name.startsWith(':'))
    .sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => ({ do: what, name: name.toLowerCase(), value }));
  return [...change.remove.map(name => ({ do: 'remove' as const, name: name.toLowerCase() })), ...named('set'), ...named('add')];
}

/** The Host that header changes write. */
export function authorityOf(change: HeaderChange | undefined): string | undefined {
  const among = (map: ReadonlyMap<string, string> | undefined): string | undefined => (map && map.size > 0 ? [...map].find(([name]) => isAuthority(name))?.[1] : undefined);
  return among(change?.set) ?? among(change?.add);
}

function isAuthority(name: string): boolean {
  return /^(host|:authority)$/i.test(name);
}

function redirectTo({ uri, prefixRewrite, authority, scheme, port, status }: RedirectAction, match: HttpMatch | undefined, gatewaySemantics: boolean): {
  status: number; scheme: string | undefined; host: string | undefined; port: number | 'listener' | undefined; path: PathRewrite | undefined;
} {
  const prefix = prefixRewrite ?? (gatewaySemantics && uri?.startsWith('%PREFIX()%') ? uri.slice('%PREFIX()%'.length) : undefined);
  const path = prefix !== undefined ? prefixTo(prefix, match) : uri === undefined || uri === '' ? undefined : { rewrite: 'whole' as const, to: uri };
  return { status, scheme, host: authority === '' ? undefined : authority, port, path };
}

function pathRewrite(rewrite: RewriteAction | undefined, match: HttpMatch | undefined, gatewaySemantics: boolean): PathRewrite | undefined {
  if (!rewrite) return undefined;
  if (rewrite.regex) return rewrite.regex;
  if (gatewaySemantics && rewrite.uri === '/' && match?.uri?.test === 'prefix') return { rewrite: 'segments', prefix: match.uri.value.replace(/\/$/, ''), to: '/' };
  return rewrite.uri === undefined || rewrite.uri === '' ? undefined : prefixTo(rewrite.uri, match);
}

/** What replaces the part of the path that the match is about: a prefix, else all of it. */
function prefixTo(to: string, match: HttpMatch | undefined): PathRewrite {
  const uri = match?.uri;
  if (!uri) return { rewrite: 'prefix', prefix: '/', to };
  return uri.test === 'prefix' ? { rewrite: 'prefix', prefix: uri.value, to } : { rewrite: 'whole', to };
}

/**
 * The retries that hold: those written, with what they leave out filled in from the mesh's defaults.
 *
 * Source: https://istio.io/latest/docs/concepts/traffic-management/#retries, and istio/istio pilot/pkg/networking/core/route/retry
 */
export function retriesFor(mesh: Mesh, written: RetryAction | undefined): Retries | undefined {
  const { byDefault } = mesh.about(defaultsOf, mesh.config);
  return written ? filled(written, byDefault ?? istioDefault(mesh.istioVersion)) : byDefault;
}

function defaultsOf(mesh: Mesh, { raw }: MeshConfig): { readonly byDefault: Retries | undefined } {
  const configured = retriesOf(raw.defaultHttpRetryPolicy);
  return { byDefault: configured ? filled(configured, istioDefault(mesh.istioVersion)) : istioDefault(mesh.istioVersion) };
}

/** How often is tried, and how long, by the retries that hold. */
export function triesFor({ raw }: MeshConfig, written: RetryAction | undefined): Pick<Retries, 'attempts' | 'perTryTimeout'> | undefined {
  const tries = written ?? retriesOf(raw.defaultHttpRetryPolicy) ?? defaultTries;
  return tries.attempts > 0 ? tries : undefined;
}

const defaultTries = { attempts: 2, perTryTimeout: undefined } as const;

function filled(written: RetryAction, byDefault: Retries): Retries | undefined {
  if (written.attempts <= 0) return undefined;
  const parts = written.on.split(',').map(part => part.trim()).filter(part => part !== '');
  const codes = parts.filter(part => /^\d+$/.test(part)).map(Number);
  const on = parts.filter(part => !/^\d+$/.test(part));
  return {
    attempts: written.attempts,
    perTryTimeout: written.perTryTimeout,
    on: parts.length === 0 ? byDefault.on : [...new Set(codes.length > 0 ? [...on, 'retriable-status-codes'] : on)].sort(),
    codes: parts.length === 0 ? byDefault.codes : codes.sort((a, b) => a - b),
    backoff: written.backoff,
    otherHosts: written.otherHosts,
  };
}

function istioDefault(version: string): Retries {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return {
    ...defaultTries,
    on: ['cancelled', 'connect-failure', 'refused-stream', 'retriable-status-codes', 'unavailable'],
    codes: major === 1 && minor < 24 ? [503] : [],
    backoff: undefined,
    otherHosts: true,
  };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
