import type { Forward, HttpRule, HttpTreatment, Mesh, Share, VirtualHost } from '../../mesh/index.ts';
import { decide, type Values } from '../evaluate.ts';
import { answers, ends, shared, type Branch } from '../outcome.ts';
import type { Passing } from '../passing.ts';
import { requestValues } from '../request-values.ts';
import type { HttpRequest } from '../server/arrival.ts';
import type { Outcome, Step } from '../trace.ts';
import { whyNot } from '../why-not.ts';
import { crossOrigin } from './cors.ts';
import { destination } from './destination.ts';
import { failing } from './fault.ts';
import { changedHeaders, withHeaders } from './headers.ts';
import { locationOf } from './redirect.ts';
import { rewritten } from './rewrite.ts';

/** A request at the routes of a proxy. */
export interface Routing {
  readonly by: 'client' | 'gateway' | 'waypoint';
  /** What "the port of the request" is. */
  readonly port: number;
  readonly passing: Passing & { readonly http: HttpRequest };
  /** What is known of the caller: claims of its token and the like. */
  readonly known: Values;
}

/** What the routes of a virtual host do with a request: the first that takes it decides, and a miss is a 404 of this host. */
export function routed(mesh: Mesh, host: VirtualHost, routing: Routing): Branch {
  const values = requestValues(routing.passing.http, routing.known);
  const { rule, treatment, unsure, close } = decide<HttpTreatment, HttpRule>(host.stage, values);
  const nearly = close.map(({ rule: other, clause }) => ({ from: other.from, why: whyNot(clause, values) }));
  const route: Step = { kind: 'route', name: rule?.name ?? '', found: rule !== undefined, built: rule?.name === 'default' && rule.from.on.kind !== 'VirtualService' ? 'default' : 'configured', from: rule?.from ?? host.from, close: nearly };
  const doubts: Step[] = unsure.map(({ from }) => ({ kind: 'not modelled', what: 'whether a route before it takes the request', from }));
  const branch = treated(mesh, treatment, rule, routing);
  return { steps: [route, ...doubts, ...branch.steps], outcomes: unsure.length === 0 ? branch.outcomes : branch.outcomes.map(outcome => ({ ...outcome, sure: false })) };
}

function treated(mesh: Mesh, treatment: HttpTreatment, rule: HttpRule | undefined, routing: Routing): Branch {
  const { http } = routing.passing;
  switch (treatment.kind) {
    case 'not found': return ends([], { answer: answers(404, 'NR'), answeredBy: routing.by });
    case 'not modelled': return ends([{ kind: 'not modelled', what: treatment.what, from: rule?.from }], { sure: false });
    case 'redirect': {
      const location = locationOf(treatment, http, routing.port);
      const headers = withHeaders(new Map([['location', location]]), treatment.responseHeaders);
      return ends([{ kind: 'redirect', status: treatment.status, location, from: rule?.entry }], { answer: answers(treatment.status, '', '', headers), answeredBy: routing.by });
    }
    case 'direct response': {
      const headers = withHeaders(new Map(), treatment.responseHeaders);
      return ends([{ kind: 'direct response', status: treatment.status, from: rule?.entry }], { answer: answers(treatment.status, '', treatment.body, headers), answeredBy: routing.by });
    }
    case 'forward': return forwarded(mesh, treatment, rule, routing);
  }
}

/** Faults come first, then cross-origin requests, then the way to a destination. */
function forwarded(mesh: Mesh, forward: Forward, rule: HttpRule | undefined, routing: Routing): Branch {
  const cors = crossOrigin(forward.cors, routing.passing.http, rule?.entry);
  const onward = cors.answer
    ? ends(cors.steps, { answer: cors.answer, answeredBy: routing.by })
    : sent(mesh, forward, rule, routing, cors.steps);
  const branch = failing(forward.fault, routing, rule?.entry, onward);
  if (cors.responseHeaders.length === 0) return branch;
  return { ...branch, outcomes: branch.outcomes.map(outcome => (outcome.answer?.flag === 'FI' ? outcome : { ...outcome, responseHeaders: [...outcome.responseHeaders, ...cors.responseHeaders] })) };
}

function sent(mesh: Mesh, forward: Forward, rule: HttpRule | undefined, routing: Routing, before: readonly Step[]): Branch {
  const path = forward.path === undefined ? routing.passing.http.path : rewritten(forward.path, routing.passing.http.path);
  const entry = rule?.entry;
  const steps: Step[] = [
    ...before,
    ...(path === routing.passing.http.path ? [] : [{ kind: 'rewrite' as const, what: 'path' as const, before: routing.passing.http.path, after: path, from: entry && { ...entry, at: `${entry.at}.rewrite` } }]),
    ...(forward.timeout > 0 ? [{ kind: 'timeout' as const, milliseconds: forward.timeout, from: entry && { ...entry, at: `${entry.at}.timeout` } }] : []),
    ...(forward.retries ? [{ kind: 'retries' as const, attempts: forward.retries.attempts, on: forward.retries.on, perTryTimeout: forward.retries.perTryTimeout, from: rule?.retriesFrom, note: rule?.retriesFrom ? undefined : 'as Istio does where nothing is said' }] : []),
    ...forward.mirrors.map(({ to, percent }, i): Step => ({ kind: 'mirror', to: 'host' in to ? targetText(to) : `an answer of ${to.answers}`, percent, from: rule?.mirrors[i] })),
  ];
  const total = forward.destinations.reduce((sum, { weight }) => sum + weight, 0);
  const several = forward.destinations.length > 1;
  const outcomes = shared(forward.destinations.map((share, i) => {
    const from = rule?.shares[i];
    const weights: Step[] = several ? [{ kind: 'weights', to: 'host' in share.to ? targetText(share.to) : `an answer of ${share.to.answers}`, share: share.weight / total, from }] : [];
    const branch = toShare(mesh, forward, share, routing, path);
    return { share: share.weight / total, branch: { steps: [...weights, ...branch.steps], outcomes: branch.outcomes } };
  }));
  return { steps, outcomes: outcomes.map(outcome => limited(outcome, forward)) };
}

function limited(outcome: Outcome, { timeout, retries }: Forward): Outcome {
  return { ...outcome, timeout: outcome.timeout === 0 ? timeout : timeout === 0 ? outcome.timeout : Math.min(timeout, outcome.timeout), retries: outcome.retries ?? retries };
}

function toShare(mesh: Mesh, forward: Forward, share: Share, routing: Routing, path: string): Branch {
  const { passing } = routing;
  if (!('host' in share.to)) return ends([], { answer: answers(share.to.answers, 'NC'), answeredBy: routing.by });
  const authority = share.authority ?? passing.http.authority;
  const headers = new Map(withHeaders(passing.http.headers, share.requestHeaders));
  headers.set('x-envoy-attempt-count', '1');
  const changes = changedHeaders(share.requestHeaders);
  const steps: Step[] = [
    ...(authority === passing.http.authority ? [] : [{ kind: 'rewrite' as const, what: 'authority' as const, before: passing.http.authority, after: authority }]),
    ...(changes.length === 0 ? [] : [{ kind: 'headers' as const, changed: changes }]),
  ];
  const branch = destination(mesh, { target: share.to, asHttp: true, listenerPort: routing.port, missing: forward.missing, passing: { ...passing, http: { ...passing.http, path, authority, headers } } });
  return {
    steps: [...steps, ...branch.steps],
    outcomes: branch.outcomes.map(outcome => ({ ...outcome, responseHeaders: [...outcome.responseHeaders, ...share.responseHeaders] })),
  };
}

/** A destination in words: `host:port`, and its subset. */
export function targetText({ host, port, subset }: Extract<Share['to'], { readonly host: string }>): string {
  return `${host}${port === undefined ? '' : `:${port}`}${subset === '' ? '' : `, subset ${subset}`}`;
}

