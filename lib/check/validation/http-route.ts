import { field, fields, list, mapping, number, text, texts } from '../../manifest/index.ts';
import { goDuration } from '../../schema/index.ts';
import { destination, routeDestinations } from './destination.ts';
import { authoritiesSet, corsHeader, headerOperations, isClaim, matchedHeader } from './headers.ts';
import { dnsLabel, port } from './names.ts';
import { shown, warn, type Say } from './said.ts';
import { labels } from './selection.ts';
import { duration, durations, percentage, regex, stringMatch } from './values.ts';
import { gatewayNames } from './gateway-names.ts';

/** What the VirtualService of a route is. */
export interface RouteContext {
  readonly delegate: boolean;
  readonly gatewaysOnly: boolean;
}

/** One entry of `http`. */
export function httpRoute(say: Say, route: unknown, path: string, context: RouteContext): void {
  if (!mapping(route)) {
    say({ path, message: 'a route must not be null' });
    return;
  }
  const has = (name: string): boolean => mapping(field(route, name)) !== undefined;
  const destinations = list(field(route, 'route'));
  const root = has('delegate') && !context.delegate;
  if (has('delegate') && context.delegate) say({ path: `${path}.delegate`, message: 'a delegate cannot delegate again' });
  if (root) {
    if (has('redirect') || destinations.length > 0) say({ path, message: 'a route that delegates cannot redirect or lead to destinations' });
  } else if (!has('delegate')) {
    conflicts(say, route, path, has, destinations);
  }
  matches(say, route, path, context);
  // Of all that a route can say, it says little.
  const part = (name: string, check: (say: Say, value: unknown, path: string) => void): void => {
    const value = field(route, name);
    if (value !== undefined) check(say, value, `${path}.${name}`);
  };
  part('headers', headerOperations);
  if (authoritiesSet(field(route, 'headers'), field(route, 'rewrite')) > 1) say({ path, message: 'the authority is set more than once; set it in rewrite or in headers' });
  part('corsPolicy', cors);
  part('fault', fault);
  mirrors(say, route, path);
  redirect(say, route, path);
  part('directResponse', directResponse);
  part('retries', retries);
  part('rewrite', rewrite);
  part('route', routeDestinations);
  part('timeout', duration);
}

/** What answers by itself, and what cannot stand with it. */
const answers = [['redirect', ['fault', 'rewrite', 'directResponse']], ['directResponse', ['fault', 'rewrite']]] as const;

function conflicts(say: Say, route: unknown, path: string, has: (name: string) => boolean, destinations: readonly unknown[]): void {
  for (const [answer, others] of answers) {
    if (!has(answer)) continue;
    const both = [...(destinations.length > 0 ? ['route'] : []), ...others.filter(has)];
    if (both.length > 0) say({ path, message: `${answer} cannot stand with ${both.join(', ')}` });
  }
  if (!has('redirect') && !has('directResponse') && destinations.length === 0) say({ path, message: 'a route needs destinations, a redirect or a directResponse' });
  if (has('mirror') && list(field(route, 'mirrors')).length > 0) say({ path, message: 'only one of mirror and mirrors can be set' });
}

function matches(say: Say, route: unknown, path: string, { gatewaysOnly }: RouteContext): void {
  list(field(route, 'match')).forEach((match, i) => {
    const at = `${path}.match[${i}]`;
    if (!mapping(match)) {
      say({ path: at, message: 'a match must not be null' });
      return;
    }
    for (const name of headerMatches) {
      if (field(match, name) === undefined) continue;
      for (const [header, value] of Object.entries(fields(field(match, name)))) {
        const here = `${at}.${name}[${JSON.stringify(header)}]`;
        if (value === null) say({ path: here, message: 'the match of a header must not be null' });
        if (isClaim(header) && !gatewaysOnly) say({ path: here, message: 'claims of a token can be matched at gateways only' });
        matchedHeader(say, header, here);
        // A star alone asks for presence.
        if (!(name === 'withoutHeaders' && text(field(value, 'regex')) === '*')) stringMatch(say, value, here);
      }
    }
    stringMatch(say, field(match, 'uri'), `${at}.uri`, true);
    for (const name of pseudoHeaders) if (field(match, name) !== undefined) stringMatch(say, field(match, name), `${at}.${name}`);
    if (field(match, 'queryParams') !== undefined) for (const [name, value] of Object.entries(fields(field(match, 'queryParams')))) stringMatch(say, value, `${at}.queryParams[${JSON.stringify(name)}]`);
    const number_ = number(field(match, 'port')) ?? 0;
    if (number_ !== 0) port(say, number_, `${at}.port`);
    labels(say, field(match, 'sourceLabels'), `${at}.sourceLabels`);
    gatewayNames(say, texts(field(match, 'gateways')), `${at}.gateways`);
    const namespace = text(field(match, 'sourceNamespace')) ?? '';
    if (namespace !== '') dnsLabel(say, namespace, `${at}.sourceNamespace`, 'a namespace');
  });
}

const headerMatches = ['headers', 'withoutHeaders'] as const;
const pseudoHeaders = ['scheme', 'method', 'authority'] as const;

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', '*']);

function cors(say: Say, policy: unknown, path: string): void {
  if (!mapping(policy)) return;
  for (const [i, origin] of list(field(policy, 'allowOrigins')).entries()) {
    const at = `${path}.allowOrigins[${i}]`;
    const [kind, value] = (['exact', 'prefix', 'regex'] as const).map(name => [name, text(field(origin, name))] as const).find(([, found]) => found !== undefined) ?? [];
    if (value === undefined || value === '') say({ path: kind === undefined ? at : `${at}.${kind}`, message: 'an origin must not be empty' });
    else if (kind === 'regex') regex(say, value, `${at}.regex`);
  }
  for (const [i, method] of texts(field(policy, 'allowMethods')).entries()) {
    if (!methods.has(method)) say({ path: `${path}.allowMethods[${i}]`, message: `must be a method of HTTP or "*", got ${shown(method)}` });
  }
  for (const name of ['allowHeaders', 'exposeHeaders']) for (const [i, header] of texts(field(policy, name)).entries()) corsHeader(say, header, `${path}.${name}[${i}]`);
  const maxAge = text(field(policy, 'maxAge'));
  duration(say, maxAge, `${path}.maxAge`);
  if (((maxAge === undefined ? undefined : goDuration(maxAge)) ?? 0n) % 1_000_000_000n !== 0n) say({ path: `${path}.maxAge`, message: `must be whole seconds, got ${shown(maxAge)}` });
}

const grpcStatuses = new Set([
  'OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED',
]);

function fault(say: Say, value: unknown, path: string): void {
  if (!mapping(value)) return;
  const abort = field(value, 'abort');
  const delay = field(value, 'delay');
  if (!mapping(abort) && !mapping(delay)) say({ path, message: 'a fault needs an abort or a delay' });
  if (mapping(abort)) {
    percentage(say, field(abort, 'percentage'), `${path}.abort.percentage`);
    const grpcStatus = text(field(abort, 'grpcStatus'));
    if (grpcStatus !== undefined && !grpcStatuses.has(grpcStatus)) say({ path: `${path}.abort.grpcStatus`, message: `${shown(grpcStatus)} is no status of gRPC` });
    if (field(abort, 'http2Error') !== undefined) say({ path: `${path}.abort.http2Error`, message: 'Istio does not support HTTP/2 errors yet' });
    const status = number(field(abort, 'httpStatus'));
    if (status !== undefined && (status < 200 || status > 600)) say({ path: `${path}.abort.httpStatus`, message: `must be between 200 and 600, got ${status}` });
  }
  if (mapping(delay)) {
    percentage(say, field(delay, 'percentage'), `${path}.delay.percentage`);
    duration(say, field(delay, 'fixedDelay'), `${path}.delay.fixedDelay`);
    if (field(delay, 'exponentialDelay') !== undefined) say({ path: `${path}.delay.exponentialDelay`, message: 'Istio does not support exponential delays yet' });
  }
}

const mirrorPercents = ['mirrorPercent', 'mirror_percent'] as const;

function mirrors(say: Say, route: unknown, path: string): void {
  for (const name of mirrorPercents) {
    const value = field(route, name);
    if (value === undefined || value === null) continue;
    if ((number(value) ?? 0) > 100) say({ path: `${path}.${name}`, message: `must be at most 100, got ${shown(value)}` });
    say(warn(`${path}.${name}`, `${name} is deprecated; use mirrorPercentage`));
  }
  wholePercentage(say, field(route, 'mirrorPercentage'), `${path}.mirrorPercentage`);
  const mirror = field(route, 'mirror');
  if (mapping(mirror)) destination(say, mirror, `${path}.mirror`);
  for (const [i, one] of list(field(route, 'mirrors')).entries()) {
    const at = `${path}.mirrors[${i}]`;
    if (!mapping(one)) say({ path: at, message: 'a mirror must not be null' });
    else {
      destination(say, field(one, 'destination'), `${at}.destination`);
      wholePercentage(say, field(one, 'percentage'), `${at}.percentage`);
    }
  }
}

function wholePercentage(say: Say, value: unknown, path: string): void {
  const given = number(field(value, 'value'));
  if (given !== undefined && (given < 0 || given > 100)) say({ path, message: `must be between 0 and 100, got ${given}` });
}

function redirect(say: Say, route: unknown, path: string): void {
  const value = field(route, 'redirect');
  if (!mapping(value)) return;
  const at = `${path}.redirect`;
  const given = (name: string): string => text(field(value, name)) ?? '';
  if (given('uri') !== '' && given('prefixRewrite') !== '') say({ path: at, message: 'only one of uri and prefixRewrite can be set' });
  const anywhere = list(field(route, 'match')).some(match => mapping(field(match, 'uri')) && field(field(match, 'uri'), 'prefix') === undefined);
  if (given('prefixRewrite') !== '' && anywhere) say({ path: `${at}.prefixRewrite`, message: 'a prefix can be rewritten only where every match of the path is by prefix' });
  const hasPort = field(value, 'port') !== undefined || field(value, 'derivePort') !== undefined;
  if (['uri', 'prefixRewrite', 'authority', 'scheme'].every(name => given(name) === '') && !hasPort) say({ path: at, message: 'a redirect needs a uri, prefixRewrite, authority, port or scheme' });
  const code = number(field(value, 'redirectCode')) ?? 0;
  if (code !== 0 && (code < 300 || code > 399)) say({ path: `${at}.redirectCode`, message: `must be between 300 and 399, got ${code}` });
  if (given('scheme') !== '' && given('scheme') !== 'http' && given('scheme') !== 'https') say({ path: `${at}.scheme`, message: `must be http or https, got ${shown(given('scheme'))}` });
  const number_ = number(field(value, 'port')) ?? 0;
  if (number_ !== 0) port(say, number_, `${at}.port`);
}

function directResponse(say: Say, value: unknown, path: string): void {
  if (!mapping(value)) return;
  const body = field(value, 'body');
  const encoded = (text(field(body, 'bytes')) ?? '').replace(/=+$/, '');
  const size = Math.max(new TextEncoder().encode(text(field(body, 'string')) ?? '').length, Math.floor((encoded.length * 3) / 4));
  if (size > 1 << 20) say({ path: `${path}.body`, message: `a body must have at most 1 MiB, got ${size} bytes` });
  else if (size > 100 << 10) say(warn(`${path}.body`, `a body of more than 100 KiB costs memory in every proxy, got ${size} bytes`));
  const status = number(field(value, 'status')) ?? 0;
  if (status < 200 || status > 600) say({ path: `${path}.status`, message: `must be between 200 and 600, got ${status}` });
}

const retryPolicies = new Set([
  '5xx', 'gateway-error', 'reset', 'reset-before-request', 'connect-failure', 'retriable-4xx', 'refused-stream', 'retriable-status-codes',
  'retriable-headers', 'envoy-ratelimited', 'http3-post-connect-failure', 'cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable',
]);

/** Statuses that Go has a text for. */
const statuses = new Set([
  100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409,
  410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511,
]);

function retries(say: Say, value: unknown, path: string): void {
  if (!mapping(value)) return;
  const attempts = number(field(value, 'attempts')) ?? 0;
  if (attempts < 0) say({ path: `${path}.attempts`, message: `must not be negative, got ${attempts}` });
  const retryOn = text(field(value, 'retryOn')) ?? '';
  if (attempts === 0 && (field(value, 'perTryTimeout') !== undefined || retryOn !== '' || (field(value, 'retryRemoteLocalities') ?? null) !== null)) {
    say({ path, message: 'with 0 attempts nothing is tried again, so that the other fields say nothing' });
  }
  durations(say, value, ['perTryTimeout', 'backoff'], path);
  for (const policy of retryOn === '' ? [] : retryOn.split(',')) {
    if (!retryPolicies.has(policy) && !(/^\+?\d+$/.test(policy) && statuses.has(Number(policy)))) say({ path: `${path}.retryOn`, message: `${shown(policy)} is no condition of Envoy and no status` });
  }
}

function rewrite(say: Say, value: unknown, path: string): void {
  if (!mapping(value)) return;
  const uri = text(field(value, 'uri')) ?? '';
  const byRegex = field(value, 'uriRegexRewrite');
  if (uri !== '' && mapping(byRegex)) say({ path, message: 'only one of uri and uriRegexRewrite can be set' });
  if (uri === '' && !mapping(byRegex) && (text(field(value, 'authority')) ?? '') === '') say({ path, message: 'a rewrite needs a uri, a uriRegexRewrite or an authority' });
  if (!mapping(byRegex)) return;
  const match = text(field(byRegex, 'match')) ?? '';
  if (match === '' || (text(field(byRegex, 'rewrite')) ?? '') === '') say({ path: `${path}.uriRegexRewrite`, message: 'a uriRegexRewrite needs both match and rewrite' });
  if (match !== '') regex(say, match, `${path}.uriRegexRewrite.match`);
}
