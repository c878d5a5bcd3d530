import type { From } from '../../conditions.ts';
import type { KubernetesRoute } from '../../entities/gateway-api.ts';
import type { HeaderChange } from '../../entities/http-actions.ts';
import { quoted } from '../../entities/pattern.ts';
import {
  routeCorsOf, routeHeadersOf, routeMirrorOf, routeRedirectOf, routeRewriteOf, type PathModifier, type RouteFilter, type RouteMatch, type RouteRule,
} from '../../entities/route-rules.ts';
import type { Mesh } from '../../mesh.ts';
import type { Cors, Forward, HeaderOperation, HttpTreatment, MirrorTo, PathRewrite, Retries, Share } from '../../treatments.ts';
import { authorityOf, merged, operations, retriesFor } from '../http-treatment.ts';
import { backendTarget } from './backend-target.ts';

/** What a rule of a route does to a request, and where its destinations and mirrors stand. */
export interface Treated {
  readonly treatment: HttpTreatment;
  readonly shares: readonly From[];
  readonly mirrors: readonly From[];
}

/**
 * What a rule of an HTTPRoute or GRPCRoute does to a request that one of its matches takes; a sentence where Istio drops
 * the whole route for it.
 *
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule, and istio/istio pilot/pkg/config/kube/gateway/conversion.go
 */
export function routeTreatment(mesh: Mesh, route: KubernetesRoute, rule: RouteRule, match: RouteMatch, atGateway: boolean): Treated | string {
  const unsupported = rule.filters.find(({ type }) => !supported.has(type)) ?? rule.backends.flatMap(({ filters }) => filters).find(({ type }) => !isHeaderModifier(type));
  if (unsupported) return `Istio does not support the filter ${unsupported.type} at ${unsupported.path}`;
  const response = changesOf(rule.filters, 'ResponseHeaderModifier');
  const redirect = lastOf(rule.filters, 'RequestRedirect');
  if (redirect) {
    const { scheme, hostname, port, status, path } = routeRedirectOf(redirect.raw);
    const byScheme = scheme === 'https' ? 443 : scheme === 'http' ? 80 : 'listener';
    return { treatment: { kind: 'redirect', status, scheme, host: hostname, port: port ?? byScheme, path: modified(path, match), responseHeaders: operations(response) }, shares: [], mirrors: [] };
  }
  const shares = sharesOf(mesh, route, rule, response, atGateway);
  if (typeof shares === 'string') return shares;
  const mirrors = mirrorsOf(mesh, route, rule, atGateway);
  const rewrite = lastOf(rule.filters, 'URLRewrite');
  const treatment: Forward = {
    kind: 'forward',
    destinations: shares.map(({ share }) => share),
    missing: 500,
    path: modified(rewrite && routeRewriteOf(rewrite.raw).path, match),
    timeout: (rule.retry ? rule.requestTimeout : rule.backendTimeout ?? rule.requestTimeout) ?? 0,
    retries: retries(mesh, rule),
    fault: undefined,
    cors: corsOf(lastOf(rule.filters, 'CORS')),
    mirrors: mirrors.map(({ mirror }) => mirror),
  };
  return { treatment, shares: shares.map(({ from }) => from), mirrors: mirrors.map(({ from }) => from) };
}

const supported = new Set(['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite', 'RequestMirror', 'CORS']);

function isHeaderModifier(type: string): boolean {
  return type === 'RequestHeaderModifier' || type === 'ResponseHeaderModifier';
}

/** Of several filters of a type the last counts. */
function lastOf(filters: readonly RouteFilter[], type: string): RouteFilter | undefined {
  return filters.findLast(filter => filter.type === type);
}

function changesOf(filters: readonly RouteFilter[], type: string): HeaderChange {
  return routeHeadersOf(lastOf(filters, type)?.raw);
}

function sharesOf(mesh: Mesh, route: KubernetesRoute, rule: RouteRule, response: HeaderChange, atGateway: boolean): readonly { readonly share: Share; readonly from: From }[] | string {
  const request = changesOf(rule.filters, 'RequestHeaderModifier');
  const rewrite = lastOf(rule.filters, 'URLRewrite');
  const hostname = rewrite && routeRewriteOf(rewrite.raw).hostname;
  const targets = rule.backends.map(backend => ({ backend, to: backendTarget(mesh, route, backend, atGateway) }));
  for (const { to, backend } of targets) if ('invalid' in to) return `${to.invalid}, at ${backend.path}`;
  const taken = targets.filter(({ backend }) => backend.weight > 0);
  const divisor = taken.map(({ backend }) => backend.weight).reduce(greatestDivisor, 0);
  if (taken.length === 0) return [{ share: { to: { answers: 500 }, weight: 1, authority: undefined, requestHeaders: [], responseHeaders: operations(response) }, from: { on: route, at: rule.path } }];
  const both = (ofRoute: HeaderChange, own: HeaderChange): readonly HeaderOperation[] =>
    (rule.backends.length === 1 ? merged(ofRoute, own) : [...operations(own), ...operations(ofRoute)]);
  return taken.map(({ backend, to }) => {
    const own = changesOf(backend.filters, 'RequestHeaderModifier');
    return {
      share: {
        to: to as Share['to'],
        weight: backend.weight / divisor,
        authority: hostname ?? authorityOf(request) ?? authorityOf(own),
        requestHeaders: both(request, own),
        responseHeaders: both(response, changesOf(backend.filters, 'ResponseHeaderModifier')),
      },
      from: { on: route, at: backend.path },
    };
  });
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** A mirror that cannot be referred to is left out. */
function mirrorsOf(mesh: Mesh, route: KubernetesRoute, rule: RouteRule, atGateway: boolean): readonly { readonly mirror: MirrorTo; readonly from: From }[] {
  return rule.filters.filter(({ type }) => type === 'RequestMirror').flatMap(filter => {
    const { to: reference, percent } = routeMirrorOf(filter.raw, filter.path, route.namespace);
    const to = backendTarget(mesh, route, reference, atGateway);
    return percent > 0 && 'host' in to ? [{ mirror: { to, percent }, from: { on: route, at: filter.path } }] : [];
  });
}

function modified(modifier: PathModifier | undefined, { uri }: RouteMatch): PathRewrite | undefined {
  if (!modifier) return undefined;
  if ('whole' in modifier) return { rewrite: 'whole', to: modifier.whole };
  return { rewrite: 'segments', prefix: uri?.test === 'segmentPrefix' ? uri.value.replace(/\/+$/, '') : '', to: modifier.prefix };
}

function retries(mesh: Mesh, { retry, backendTimeout }: RouteRule): Retries | undefined {
  if (!retry) return retriesFor(mesh, undefined);
  return retriesFor(mesh, {
    attempts: retry.attempts ?? 2,
    perTryTimeout: backendTimeout,
    on: ['connect-failure', 'refused-stream', 'unavailable', 'cancelled', ...retry.codes].join(','),
    backoff: retry.backoff,
    otherHosts: true,
  });
}

function corsOf(filter: RouteFilter | undefined): Cors | undefined {
  if (!filter) return undefined;
  const { origins, ...rest } = routeCorsOf(filter.raw);
  return {
    ...rest,
    origins: origins.map(origin => (origin.includes('*') ? { test: 'regex', value: origin.split('*').map(quoted).join('.*') } : { test: 'exact', value: origin })),
    forwardsUnmatched: false,
  };
}
