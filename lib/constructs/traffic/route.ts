import type { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { checkHeaders, type HeaderChanges } from '../values/headers.ts';
import type { RequestMatch } from '../values/match.ts';
import { freeId } from '../values/name.ts';
import type { Rewrite } from '../values/rewrite.ts';
import type { Delegation, Destination, DirectResponse, Redirection } from '../values/to.ts';
import { corsPolicy, type Cors } from './cors.ts';
import { timeoutText } from './http-route.ts';
import { requestSet, type RequestSet } from './request-set.ts';
import { warnOfRepeatedWork } from './repeated-work.ts';
import { httpRetry, type Retries } from './retries.ts';
import type { Action } from './routing.ts';
import type { Routed } from './routed.ts';
import { sharesOf } from './shares.ts';

/** Requests that look alike, and what becomes of them. */
export interface RouteProps<Version extends string> {
  /**
   * What the requests look like: a test, or a list of tests that must all pass, each; one must.
   *
   * @default - every request that no other route takes
   */
  readonly match?: readonly RequestMatch[] | undefined;
  /**
   * Where they go: a version, destinations with their shares, or a redirect, a response or a delegate.
   *
   * @default - as the service divides its requests
   */
  readonly to?: Version | Destination<Version> | readonly Destination<Version>[] | Redirection | DirectResponse | Delegation | undefined;
  /** What they are changed to before they are sent on. @default - nothing */
  readonly rewrite?: Rewrite | undefined;
  /** What is changed in the headers of the requests. @default - nothing */
  readonly requestHeaders?: HeaderChanges | undefined;
  /** What is changed in the headers of the responses. @default - nothing */
  readonly responseHeaders?: HeaderChanges | undefined;
  /** Which pages of other origins may read the responses. @default - none */
  readonly cors?: Cors | undefined;
  /** How long a request may take. @default - as the service says */
  readonly timeout?: Duration | undefined;
  /** How often a failed request is tried again. @default - as the service says */
  readonly retries?: Retries | undefined;
  /** The name of the route in access logs. @default - none */
  readonly name?: string | undefined;
}

/**
 * Says what becomes of the requests of a service that look alike, inside the mesh and at its gateways.
 *
 * @example
 * new Route(reviews, 'jason', { match: [Match.header('end-user').exact('jason')], to: 'v2' });
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/request-routing/
 */
export class Route<Version extends string> extends Construct {
  /** @throws when a version is unknown, the shares make no hundred, the parts contradict each other, or no request could ever take the route */
  constructor(service: Routed<Version>, id: string, props: RouteProps<NoInfer<Version>>) {
    super(service, freeId(service, id));
    const where = this.node.path;
    const { match, to, name, timeout, retries, rewrite, cors, requestHeaders, responseHeaders } = props;
    const traffic = service.traffic(where);
    const matches = requestSet(where, match);
    const action = actionOf(where, service, to);
    refuseIdle(where, action, props);
    if (rewrite) checkRewrite(where, rewrite, matches);
    if (action.to === 'redirect') checkRedirect(where, action, matches);
    if (cors) corsPolicy(where, cors);
    if (timeout) timeoutText(where, timeout);
    if (retries) httpRetry(where, retries);
    warnOfRepeatedWork(this, retries, methodsOf(matches));
    if (action.to === 'delegate') action.routes?.delegatedFrom({ service, matches, declaredBy: where });
    traffic.requests(where).add({
      name,
      matches,
      action,
      timeout,
      retries,
      rewrite,
      cors,
      requestHeaders: checkHeaders(where, 'requestHeaders', requestHeaders),
      responseHeaders: checkHeaders(where, 'responseHeaders', responseHeaders),
      declaredBy: where,
    });
  }
}

function actionOf(where: string, service: Routed, to: RouteProps<string>['to']): Action {
  if (to === undefined) return { to: 'split' };
  if (typeof to === 'object' && 'to' in to && (to.to === 'redirect' || to.to === 'response' || to.to === 'delegate')) {
    if (to.to === 'response' && !(Number.isInteger(to.status) && to.status >= 200 && to.status <= 600)) throw new Error(`${where}: the status of a response must be between 200 and 600, got ${to.status}`);
    return to;
  }
  return { to: 'shares', shares: sharesOf(where, service, to) };
}

/** What a proxy answers by itself is sent nowhere, so nothing is to be said of the sending. */
function refuseIdle(where: string, action: Action, props: RouteProps<string>): void {
  if (action.to !== 'redirect' && action.to !== 'response') return;
  const idle = (['rewrite', 'timeout', 'retries', 'cors'] as const).filter(name => props[name] !== undefined);
  if (idle.length > 0) throw new Error(`${where}: a ${action.to === 'redirect' ? 'redirect' : 'direct response'} is sent nowhere, so ${idle.join(' and ')} would do nothing; leave it out`);
}

function checkRewrite(where: string, rewrite: Rewrite, matches: RequestSet): void {
  const paths = matches.map(tests => tests.find(test => test.on === 'path'));
  const wanted = rewrite.path?.of === 'prefix' ? 'prefix' : rewrite.path ? 'exact' : undefined;
  if (wanted !== undefined && paths.some(path => path?.test.kind !== wanted)) {
    throw new Error(`${where}: Rewrite.${wanted === 'prefix' ? 'prefix' : 'path'} takes the place of the ${wanted === 'prefix' ? 'prefix' : 'whole path'} that matched, so each match needs Path.${wanted}(…)`);
  }
}

function checkRedirect(where: string, { path, prefix, authority, scheme, port, code = 301 }: Extract<Action, { to: 'redirect' }>, matches: RequestSet): void {
  if (![301, 302, 303, 307, 308].includes(code)) throw new Error(`${where}: code must be 301, 302, 303, 307 or 308, which are all that Envoy redirects with, got ${String(code)}`);
  if ([path, prefix, authority, scheme, port].every(part => part === undefined)) throw new Error(`${where}: a redirect must lead elsewhere; give it a path, prefix, authority, scheme or port`);
  if (path !== undefined && prefix !== undefined) throw new Error(`${where}: a redirect has a path or a prefix, got both; leave one out`);
  if (prefix !== undefined && !matches.every(tests => tests.some(test => test.on === 'path' && test.test.kind === 'prefix'))) {
    throw new Error(`${where}: the prefix of a redirect takes the place of the one that matched, so each match needs Path.prefix(…)`);
  }
}

/** The methods that a route asks for. */
function methodsOf(matches: RequestSet): string[] {
  return matches.flatMap(tests => tests.flatMap(test => (test.on === 'method' && test.test.kind !== 'present' ? test.test.value.split('|') : [])));
}
