import { boolean, field, fields, list, mapping, number, text, textMap, texts } from '../../manifest/index.ts';
import type { From } from '../conditions.ts';
import type { Cors, Fault, MirrorTo, PathRewrite } from '../treatments.ts';
import { millisecondsOf } from './duration.ts';
import type { Entity } from './entity.ts';
import { fullHost } from './hosts.ts';

/** Set, add and remove of one direction. */
export interface HeaderChange {
  readonly set: ReadonlyMap<string, string>;
  readonly add: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

/** Header changes of a route or of a destination. */
export interface HeaderChanges {
  readonly request: HeaderChange;
  readonly response: HeaderChange;
}

/** A destination as a route names it, its host in full. */
export interface RouteTarget {
  readonly host: string;
  readonly subset: string;
  readonly port: number | undefined;
  readonly weight: number;
  readonly headers: HeaderChanges;
  readonly from: From;
}

/** What an http entry of a VirtualService does; undefined where it says nothing, so that a delegate's root may. */
export interface HttpActions {
  readonly destinations: readonly RouteTarget[];
  readonly redirect: RedirectAction | undefined;
  readonly directResponse: { readonly status: number; readonly body: string } | undefined;
  readonly rewrite: RewriteAction | undefined;
  readonly headers: HeaderChanges | undefined;
  readonly timeout: number | undefined;
  readonly retries: RetryAction | undefined;
  readonly fault: Fault | undefined;
  readonly cors: Cors | undefined;
  readonly mirror: (MirrorTo & { readonly from: From }) | undefined;
  readonly mirrors: readonly (MirrorTo & { readonly from: From })[] | undefined;
  readonly delegate: { readonly namespace: string; readonly name: string } | undefined;
}

export interface RedirectAction {
  readonly uri: string | undefined;
  readonly prefixRewrite: string | undefined;
  readonly authority: string | undefined;
  readonly scheme: string | undefined;
  readonly port: number | 'listener' | undefined;
  readonly status: number;
}

export interface RewriteAction {
  readonly uri: string | undefined;
  readonly authority: string | undefined;
  readonly regex: Extract<PathRewrite, { readonly rewrite: 'regex' }> | undefined;
}

export interface RetryAction {
  readonly attempts: number;
  readonly perTryTimeout: number | undefined;
  readonly on: string;
  readonly backoff: number | undefined;
  readonly otherHosts: boolean;
}

/** What says how long calls by an http entry may last, and how often they are tried. */
export interface CallActions extends Pick<HttpActions, 'redirect' | 'directResponse' | 'timeout' | 'retries'> {
  readonly destinations: readonly Pick<RouteTarget, 'weight'>[];
}

/** Reads of an http entry no more than that. */
export function callActionsOf(raw: unknown): CallActions {
  return {
    destinations: list(field(raw, 'route')).map(item => ({ weight: number(field(item, 'weight')) ?? 0 })),
    redirect: redirectOf(field(raw, 'redirect')),
    directResponse: directResponseOf(field(raw, 'directResponse')),
    timeout: millisecondsOf(text(field(raw, 'timeout'))),
    retries: retriesOf(field(raw, 'retries')),
  };
}

/** Reads the actions of an http entry. */
export function httpActionsOf(raw: unknown, on: Entity, path: string, clusterDomain: string): HttpActions {
  const target = (value: unknown, at: string): { host: string; subset: string; port: number | undefined; from: From } => ({
    host: fullHost(text(field(value, 'host')) ?? '', on.namespace, clusterDomain),
    subset: text(field(value, 'subset')) ?? '',
    port: number(field(field(value, 'port'), 'number')),
    from: { on, at },
  });
  const mirrorTo = (value: unknown, at: string, percent: number): MirrorTo & { readonly from: From } => {
    const { from, ...to } = target(value, at);
    return { to, percent, from };
  };
  const mirror = mapping(field(raw, 'mirror'));
  const delegate = mapping(field(raw, 'delegate'));
  const rewrite = mapping(field(raw, 'rewrite'));
  const headers = mapping(field(raw, 'headers'));
  return {
    destinations: list(field(raw, 'route')).map((item, i) => ({
      ...target(field(item, 'destination'), `${path}.route[${i}].destination`),
      weight: number(field(item, 'weight')) ?? 0,
      headers: headerChangesOf(field(item, 'headers')),
    })),
    redirect: redirectOf(field(raw, 'redirect')),
    directResponse: directResponseOf(field(raw, 'directResponse')),
    rewrite: rewrite && { uri: text(rewrite.uri), authority: text(rewrite.authority), regex: regexRewriteOf(field(rewrite, 'uriRegexRewrite')) },
    headers: headers && headerChangesOf(headers),
    timeout: millisecondsOf(text(field(raw, 'timeout'))),
    retries: retriesOf(field(raw, 'retries')),
    fault: faultOf(field(raw, 'fault')),
    cors: corsOf(field(raw, 'corsPolicy')),
    mirror: mirror && mirrorTo(mirror, `${path}.mirror`, mirrorPercentOf(raw)),
    mirrors: Array.isArray(field(raw, 'mirrors'))
      ? list(field(raw, 'mirrors')).map((item, i) => mirrorTo(field(item, 'destination'), `${path}.mirrors[${i}].destination`, percentOf(field(item, 'percentage'), 100)))
      : undefined,
    delegate: delegate && { namespace: text(delegate.namespace) ?? on.namespace, name: text(delegate.name) ?? '' },
  };
}

function redirectOf(raw: unknown): RedirectAction | undefined {
  if (!mapping(raw)) return undefined;
  return {
    uri: text(field(raw, 'uri')),
    prefixRewrite: text(field(raw, 'prefixRewrite')),
    authority: text(field(raw, 'authority')),
    scheme: text(field(raw, 'scheme')),
    port: number(field(raw, 'port')) ?? (field(raw, 'derivePort') === 'FROM_REQUEST_PORT' ? 'listener' : undefined),
    status: number(field(raw, 'redirectCode')) || 301,
  };
}

function directResponseOf(raw: unknown): HttpActions['directResponse'] {
  if (!mapping(raw)) return undefined;
  return { status: number(field(raw, 'status')) ?? 0, body: text(field(field(raw, 'body'), 'string')) ?? '' };
}

function regexRewriteOf(raw: unknown): RewriteAction['regex'] {
  if (!mapping(raw)) return undefined;
  return { rewrite: 'regex', pattern: text(field(raw, 'match')) ?? '', to: text(field(raw, 'rewrite')) ?? '' };
}

/** Header changes; empty ones where nothing is written. */
export function headerChangesOf(raw: unknown): HeaderChanges {
  if (!mapping(raw)) return unchanged;
  const direction = (value: unknown): HeaderChange => ({ set: textMap(field(value, 'set')), add: textMap(field(value, 'add')), remove: texts(field(value, 'remove')) });
  return { request: direction(field(raw, 'request')), response: direction(field(raw, 'response')) };
}

const nothing: HeaderChange = { set: new Map(), add: new Map(), remove: [] };
const unchanged: HeaderChanges = { request: nothing, response: nothing };

/** Reads an HTTPRetry; also of the mesh's defaultHttpRetryPolicy. */
export function retriesOf(raw: unknown): RetryAction | undefined {
  if (!mapping(raw)) return undefined;
  return {
    attempts: number(field(raw, 'attempts')) ?? 0,
    perTryTimeout: millisecondsOf(text(field(raw, 'perTryTimeout'))),
    on: text(field(raw, 'retryOn')) ?? '',
    backoff: millisecondsOf(text(field(raw, 'backoff'))),
    otherHosts: boolean(field(raw, 'retryIgnorePreviousHosts')) ?? true,
  };
}

function faultOf(raw: unknown): Fault | undefined {
  const delay = mapping(field(raw, 'delay'));
  const abort = mapping(field(raw, 'abort'));
  if (!delay && !abort) return undefined;
  return {
    delay: delay && { fixed: millisecondsOf(text(delay.fixedDelay)) ?? 0, percent: percentOf(delay.percentage, number(delay.percent) ?? 0) },
    abort: abort && { status: number(abort.httpStatus), grpc: text(abort.grpcStatus), percent: percentOf(abort.percentage, 0) },
  };
}

function corsOf(raw: unknown): Cors | undefined {
  if (!mapping(raw)) return undefined;
  const maxAge = millisecondsOf(text(field(raw, 'maxAge')));
  return {
    origins: [
      ...list(field(raw, 'allowOrigins')).flatMap(origin => (['exact', 'prefix', 'regex'] as const).flatMap(test => {
        const value = text(fields(origin)[test]);
        return value === undefined ? [] : [{ test, value }];
      })),
      ...texts(field(raw, 'allowOrigin')).map(value => ({ test: 'exact' as const, value })),
    ],
    methods: texts(field(raw, 'allowMethods')),
    headers: texts(field(raw, 'allowHeaders')),
    expose: texts(field(raw, 'exposeHeaders')),
    maxAge: maxAge === undefined ? undefined : Math.floor(maxAge / 1000),
    credentials: boolean(field(raw, 'allowCredentials')),
    forwardsUnmatched: field(raw, 'unmatchedPreflights') !== 'IGNORE',
  };
}

function mirrorPercentOf(raw: unknown): number {
  return percentOf(field(raw, 'mirrorPercentage'), number(field(raw, 'mirrorPercent')) ?? number(field(raw, 'mirror_percent')) ?? 100);
}

/** The value of a Percent; an empty one is 0, an absent one what else holds. */
function percentOf(raw: unknown, otherwise: number): number {
  return mapping(raw) ? number(field(raw, 'value')) ?? 0 : otherwise;
}
