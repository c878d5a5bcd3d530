import type { Mesh, MeshOptions } from '../mesh/index.ts';
import { differences, percentText, signedRequest, simulate, type Expectation, type Outcome, type Trace, type WrittenRequest } from '../simulate/index.ts';
import { isSignedBy } from '../keys/index.ts';
import { isRefused } from './is-refused.ts';
import { meshOf, type MeshSource } from './mesh-of.ts';
import { NotAsExpected } from './not-as-expected.ts';

/** Who sends a request, and with what. */
export type RequestOptions = Omit<WrittenRequest, 'request'>;

/** What else must hold of a request that reaches a host. */
export interface ReachedBy extends Pick<Expectation, 'subset' | 'timeout' | 'delay' | 'path' | 'host' | 'headers' | 'mtls'> {
  /** How many of the requests end so, in percent. @default 100 */
  readonly percent?: number | undefined;
}

/** What a test can say of one request. Each throws {@link NotAsExpected}, and fails too where something that is not modelled decides. */
export interface RequestExpectation {
  /** What happens to the request, for what no assertion says. */
  readonly trace: Trace;
  /** It reaches a host (`reviews`, or its full name), whatever the application then answers. */
  toReach(host: string, by?: ReachedBy): void;
  /** The mesh refuses it: mutual TLS, a token or an AuthorizationPolicy. An error of routing is no refusal. */
  toBeDenied(expected?: Pick<Expectation, 'status'>): void;
  /** The proxy of the client gives up after a duration, such as `2s` or `500ms`. */
  toTimeOutAfter(duration: string): void;
  /** A proxy answers with a redirect to a location. */
  toRedirectTo(location: string, expected?: Pick<Expectation, 'status'>): void;
  /** A proxy answers it by itself with a status; for gRPC see `grpcStatus` of {@link toEndAs}. */
  toRespondWith(status: number, expected?: Pick<Expectation, 'flag'>): void;
  /** All of the requests are shared among subsets or hosts, in percent. */
  toSplit(shares: Readonly<Record<string, number>>): void;
  /** Whatever else `meshwright simulate --expect` can say. */
  toEndAs(expected: Expectation): void;
}

/** What a test can ask of a mesh. */
export interface MeshExpectation {
  /** @throws BadRequest where the mesh knows no such sender */
  request(request: string, options: RequestOptions): RequestExpectation;
}

/**
 * Asks a mesh in a test: of vitest, jest or any other runner.
 *
 * @throws as {@link meshOf} does
 *
 * @example
 * expectMesh(chart).request('GET http://reviews.shop:9080/', { from: 'shop/productpage' }).toReach('reviews', { subset: 'v2' });
 */
export function expectMesh(source: MeshSource, options?: MeshOptions): MeshExpectation {
  return expectationOf(meshOf(source, options), throwing);
}

/** Who is told of each assertion: of a failure, or undefined where it holds. */
export type Verdict = (failure: NotAsExpected | undefined) => void;

/** What a test can ask of a mesh, and who is told how each assertion ends. */
export function expectationOf(mesh: Mesh, verdict: Verdict): MeshExpectation {
  return { request: (request, sent) => expectTrace(simulate(mesh, signedRequest({ ...sent, request }, isSignedBy)), verdict) };
}

const throwing: Verdict = failure => {
  if (failure) throw failure;
};

function expectTrace(trace: Trace, verdict: Verdict): RequestExpectation {
  const judge = (what: string, reasons: readonly string[]): void => { verdict(reasons.length === 0 ? undefined : new NotAsExpected(what, reasons, trace)); };
  const hold = (what: string, expected: Expectation, more: readonly string[] = []): void => { judge(what, [...new Set([...more, ...differences(trace, expected)])]); };
  return {
    trace,
    toReach: (host, { percent, ...by } = {}) => {
      const expected = { reaches: host, ...by };
      const what = `reach ${host}${by.subset === undefined ? '' : `, subset ${by.subset}`}`;
      if (percent === undefined) hold(what, expected);
      else judge(`${what}, at ${percent} %`, ofShare(trace, percent, expected));
    },
    toBeDenied: (expected = {}) => { hold('be denied', expected, notAll(trace, outcome => isRefused(trace, outcome), 'nothing refuses it')); },
    toTimeOutAfter: duration => { hold(`time out after ${duration}`, { timeout: duration }); },
    toRedirectTo: (location, expected = {}) => { hold(`be redirected to ${location}`, { ...expected, location }); },
    toRespondWith: (status, expected = {}) => { hold(`be answered with ${status} by a proxy`, { ...expected, status }, notAll(trace, ({ answer }) => answer !== undefined, 'no proxy answers: it reaches its destination')); },
    toSplit: shares => { hold(`be shared as ${Object.entries(shares).map(([name, percent]) => `${name} ${percent} %`).join(', ')}`, { shares }); },
    toEndAs: expected => { hold(`end as ${JSON.stringify(expected)}`, expected); },
  };
}

/** What is wrong with the share that ends as expected. */
function ofShare(trace: Trace, percent: number, expected: Expectation): readonly string[] {
  const share = trace.outcomes.filter(outcome => differences(alone(trace, outcome), expected).length === 0).reduce((sum, outcome) => sum + outcome.share, 0);
  return [
    ...(Math.abs(share * 100 - percent) > 1e-6 ? [`${percentText(share)} of requests do, not ${percent} %`] : []),
    ...(trace.sure ? [] : ['it is unsure: something that is not modelled may decide otherwise']),
  ];
}

function alone(trace: Trace, outcome: Outcome): Trace {
  return { ...trace, outcomes: [{ ...outcome, share: 1 }], sure: outcome.sure };
}

function notAll({ outcomes }: Trace, holds: (outcome: Outcome) => boolean, reason: string): readonly string[] {
  const share = outcomes.filter(outcome => !holds(outcome)).reduce((sum, outcome) => sum + outcome.share, 0);
  if (share === 0) return [];
  return [share > 1 - 1e-9 ? reason : `${reason}, for ${percentText(share)} of requests`];
}
