import type { Duration } from 'cdk8s';
import type {
  Destination, GoDuration, Headers, HTTPDirectResponse, HTTPFaultInjection, HTTPRedirect, HTTPRetry, HTTPRewrite, HTTPRoute, HTTPRouteDestination,
  RouteDestination,
} from '../l1.ts';
import type { HeaderChanges } from '../values/headers.ts';
import type { Rewrite } from '../values/rewrite.ts';
import { goDuration } from '../values/time.ts';
import type { DirectResponse, Redirection } from '../values/to.ts';
import { corsPolicy } from './cors.ts';
import { httpMatches } from './http-match.ts';
import { httpRetry } from './retries.ts';
import type { FaultPlan, LaidRoute, MirrorPlan, Share, Target } from './routing.ts';

/** What a route says where it does not say otherwise. */
export interface RouteDefaults {
  /** The service, as the VirtualService calls it. */
  readonly host: string;
  /** The port that requests are sent to. @default - the one they were sent to */
  readonly port?: number | undefined;
  readonly timeout: GoDuration | undefined;
  readonly retries: HTTPRetry | undefined;
  /** How requests are divided. */
  readonly split: readonly Share[];
}

/** Prints a route as an HTTP route of a VirtualService. */
export function httpRoute(route: LaidRoute, defaults: RouteDefaults): HTTPRoute {
  const { name, action, declaredBy: where, cors, requestHeaders, responseHeaders, mirrors } = route;
  const match = httpMatches(route.matches);
  const own = {
    ...(name === undefined ? {} : { name }),
    ...(match.length === 0 ? {} : { match }),
    ...headers(requestHeaders, responseHeaders),
  };
  if (action.to === 'redirect') return { ...own, redirect: redirect(action) };
  if (action.to === 'response') return { ...own, directResponse: directResponse(action) };
  const settings = {
    ...own,
    ...(cors ? { corsPolicy: corsPolicy(where, cors) } : {}),
    ...(route.rewrite ? { rewrite: rewrite(route.rewrite) } : {}),
    ...(route.fault ? { fault: fault(route.fault) } : {}),
    ...(mirrors.length === 0 ? {} : { mirrors: mirrors.map(plan => mirror(plan, defaults)) }),
  };
  if (action.to === 'delegate') {
    const { name: delegate, namespace } = action;
    return { ...settings, ...patience(route, undefined, undefined), delegate: { name: delegate, ...(namespace === undefined ? {} : { namespace }) } };
  }
  return {
    ...settings,
    ...patience(route, defaults.timeout, defaults.retries),
    route: httpDestinations(action.to === 'split' ? defaults.split : action.shares, defaults),
  };
}

/** Prints where the shares of a connection go, by weight. */
export function weighted(shares: readonly Share[], defaults: Pick<RouteDefaults, 'host' | 'port'>): RouteDestination[] {
  if (shares.length <= 1) return [{ destination: destination(shares[0] ?? {}, defaults) }];
  return shares.map(share => ({ destination: destination(share, defaults), weight: share.percent }));
}

function httpDestinations(shares: readonly Share[], defaults: RouteDefaults): HTTPRouteDestination[] {
  return weighted(shares, defaults).map((printed, i) => ({ ...printed, ...headers(shares[i]?.requestHeaders, shares[i]?.responseHeaders) }));
}

function destination({ host, version, port }: Target, defaults: Pick<RouteDefaults, 'host' | 'port'>): Destination {
  const number = port ?? (host === undefined ? defaults.port : undefined);
  return {
    host: host ?? defaults.host,
    ...(version === undefined ? {} : { subset: version }),
    ...(number === undefined ? {} : { port: { number } }),
  };
}

function patience({ timeout, retries, declaredBy }: LaidRoute, usualTimeout: GoDuration | undefined, usualRetries: HTTPRetry | undefined): { timeout?: GoDuration; retries?: HTTPRetry } {
  const time = timeout ? timeoutText(declaredBy, timeout) : usualTimeout;
  const again = retries ? httpRetry(declaredBy, retries) : usualRetries;
  return { ...(time === undefined ? {} : { timeout: time }), ...(again === undefined ? {} : { retries: again }) };
}

/** A timeout as Istio writes it. */
export function timeoutText(where: string, timeout: Duration): GoDuration {
  return goDuration(where, 'timeout', timeout);
}

function headers(request: HeaderChanges | undefined, response: HeaderChanges | undefined): { headers?: Headers } {
  if (!request && !response) return {};
  return { headers: { ...(request ? { request: operations(request) } : {}), ...(response ? { response: operations(response) } : {}) } };
}

function operations({ set, add, remove }: HeaderChanges): HeaderChanges {
  return { ...(set ? { set: { ...set } } : {}), ...(add ? { add: { ...add } } : {}), ...(remove ? { remove: [...remove] } : {}) };
}

function rewrite({ path, regex, authority }: Rewrite): HTTPRewrite {
  const host = authority === undefined ? {} : { authority };
  if (path) return { uri: path.to, ...host };
  if (regex) return { uriRegexRewrite: { ...regex }, ...host };
  return { authority: authority ?? '' };
}

function redirect({ path, prefix, authority, scheme, port, code }: Redirection): HTTPRedirect {
  const rest = {
    ...(authority === undefined ? {} : { authority }),
    ...(scheme === undefined ? {} : { scheme }),
    ...(code === undefined ? {} : { redirectCode: code }),
  };
  const to = prefix === undefined ? (path === undefined ? {} : { uri: path }) : { prefixRewrite: prefix };
  if (port === undefined) return { ...to, ...rest };
  return typeof port === 'number' ? { ...to, ...rest, port } : { ...to, ...rest, derivePort: port };
}

function directResponse({ status, body }: DirectResponse): HTTPDirectResponse {
  if (body === undefined) return { status };
  return { status, body: typeof body === 'string' ? { string: body } : { bytes: Buffer.from(body).toString('base64') } };
}

function fault({ delay, abort }: FaultPlan): HTTPFaultInjection {
  const printed = {
    ...(delay ? { delay: { fixedDelay: goDuration('fault', 'delay', delay.time), percentage: { value: delay.percent } } } : {}),
    ...(abort ? { abort: { ...(typeof abort.status === 'number' ? { httpStatus: abort.status } : { grpcStatus: abort.status }), percentage: { value: abort.percent } } } : {}),
  };
  return printed as HTTPFaultInjection;
}

function mirror({ target, percent }: MirrorPlan, defaults: RouteDefaults): { destination: Destination; percentage: { value: number } } {
  return { destination: destination(target, { host: defaults.host, port: defaults.port }), percentage: { value: percent } };
}
