import { goDuration } from '../schema/index.ts';
import { durationText, percentText, summary } from './explain.ts';
import { grpcStatusOf } from './grpc-status.ts';
import type { Outcome, Trace } from './trace.ts';

/** How a request is expected to end. What is not said is not asked. */
export interface Expectation {
  /** Of HTTP; a destination that is reached counts as 200. */
  readonly status?: number | undefined;
  /** Whether the connection ends without an answer, or is refused. */
  readonly closed?: boolean | undefined;
  /** Envoy's response flag; '' for none. */
  readonly flag?: string | undefined;
  readonly grpcStatus?: string | undefined;
  /** The host that is reached: its full name, or the beginning of it. */
  readonly reaches?: string | undefined;
  readonly subset?: string | undefined;
  /** Percent by subset, or by host: all of the requests. */
  readonly shares?: Readonly<Record<string, number>> | undefined;
  readonly timeout?: string | undefined;
  readonly delay?: string | undefined;
  readonly location?: string | undefined;
  /** What the application sees. */
  readonly path?: string | undefined;
  readonly host?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly mtls?: boolean | undefined;
  /** Whether everything that decides is modelled. */
  readonly sure?: boolean | undefined;
}

/** The names of what may be expected. */
export const expectable: readonly (keyof Expectation)[] = [
  'status', 'closed', 'flag', 'grpcStatus', 'reaches', 'subset', 'shares', 'timeout', 'delay', 'location', 'path', 'host', 'headers', 'mtls', 'sure',
];

/** In what a trace is other than expected, a sentence each; none where it is as expected. Every outcome must be so. */
export function differences(trace: Trace, expected: Expectation): readonly string[] {
  const found = new Set<string>();
  for (const outcome of trace.outcomes) for (const reason of ofOutcome(outcome, expected)) found.add(reason);
  if (expected.shares) for (const reason of ofShares(trace, expected.shares)) found.add(reason);
  if (expected.sure !== undefined && expected.sure !== trace.sure) found.add(trace.sure ? 'it is sure' : 'it is unsure: something that is not modelled may decide otherwise');
  // A request whose end is not known fulfils nothing, unless that is what is asked.
  if (!trace.sure && expected.sure === undefined) found.add(`it is unsure: ${summary(trace)}`);
  return [...found];
}

function* ofOutcome({ answer, destination, timeout, delay }: Outcome, expected: Expectation): Generator<string> {
  const reached = answer === undefined;
  const status = reached ? 200 : answer.kind === 'http' ? answer.status : undefined;
  if (expected.status !== undefined && status !== expected.status) yield `the status is ${status ?? `none (the connection is ${answer?.kind ?? 'closed'})`}, not ${expected.status}`;
  if (expected.closed !== undefined && expected.closed !== (answer !== undefined && answer.kind !== 'http')) yield expected.closed ? 'the connection is not closed' : 'the connection is closed';
  if (expected.flag !== undefined && (answer?.flag ?? '') !== expected.flag) yield `the response flag is ${answer?.flag === undefined || answer.flag === '' ? 'none' : answer.flag}, not ${expected.flag === '' ? 'none' : expected.flag}`;
  if (expected.grpcStatus !== undefined) {
    const got = answer ? grpcStatusOf(answer) : 'OK';
    if (got !== expected.grpcStatus.toUpperCase()) yield `the gRPC status is ${got}, not ${expected.grpcStatus}`;
  }
  const to = destination?.kind === 'service' ? destination : undefined;
  if (expected.reaches !== undefined) {
    if (!reached) yield `it does not reach ${expected.reaches}`;
    else if (!to || !isCalled(to.host, expected.reaches)) yield `it reaches ${to?.host ?? destination?.kind ?? 'nothing'}, not ${expected.reaches}`;
  }
  if (expected.subset !== undefined && to?.subset !== expected.subset) yield `the subset is ${to?.subset === undefined || to.subset === '' ? 'none' : to.subset}, not ${expected.subset}`;
  if (expected.timeout !== undefined && !lasts(timeout, expected.timeout)) yield `the timeout is ${timeout === 0 ? 'none' : durationText(timeout)}, not ${expected.timeout}`;
  if (expected.delay !== undefined && !lasts(delay, expected.delay)) yield `it waits ${delay === 0 ? 'not at all' : durationText(delay)}, not ${expected.delay}`;
  const location = answer?.headers.get('location');
  if (expected.location !== undefined && location !== expected.location) yield `the location is ${location ?? 'none'}, not ${expected.location}`;
  const seen = reached && destination && 'request' in destination ? destination.request : undefined;
  if (expected.path !== undefined && seen?.path !== expected.path) yield `the application sees the path ${seen?.path ?? '(none)'}, not ${expected.path}`;
  if (expected.host !== undefined && seen?.authority !== expected.host) yield `the application sees the host ${seen?.authority ?? '(none)'}, not ${expected.host}`;
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    const got = seen?.headers.get(name.toLowerCase());
    if (got !== value) yield `the application sees ${name}: ${got ?? '(none)'}, not ${value}`;
  }
  if (expected.mtls !== undefined && (to?.tls === 'istio mutual') !== expected.mtls) yield expected.mtls ? `the connection is ${to?.tls === undefined ? 'none' : to.tls === 'none' ? 'plaintext' : to.tls}, not mutual TLS of the mesh` : 'the connection is mutual TLS of the mesh';
}

/** Whether a duration, however it is written (`1.5s`, `1500ms`), is of so many milliseconds. */
function lasts(milliseconds: number, written: string): boolean {
  const read = goDuration(written);
  return read !== undefined && Number(read) / 1_000_000 === milliseconds;
}

function isCalled(host: string, name: string): boolean {
  return host === name || host.startsWith(`${name}.`);
}

function* ofShares({ outcomes }: Trace, shares: Readonly<Record<string, number>>): Generator<string> {
  const left = new Map(Object.entries(shares));
  let rest = 0;
  const got = new Map<string, number>();
  for (const { destination, share } of outcomes) {
    const to = destination?.kind === 'service' ? destination : undefined;
    const name = [...left.keys()].find(key => to && (to.subset === key || isCalled(to.host, key)));
    if (name === undefined) rest += share;
    else got.set(name, (got.get(name) ?? 0) + share);
  }
  for (const [name, percent] of left) if (Math.abs((got.get(name) ?? 0) * 100 - percent) > 1e-6) yield `${name} gets ${percentText(got.get(name) ?? 0)}, not ${percent} %`;
  if (rest > 1e-9) yield `${percentText(rest)} of requests go elsewhere`;
}
