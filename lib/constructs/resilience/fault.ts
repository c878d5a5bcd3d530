import type { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { requestSet } from '../traffic/request-set.ts';
import type { Routed } from '../traffic/routed.ts';
import type { RequestMatch } from '../values/match.ts';
import { freeId } from '../values/name.ts';
import { finePercent } from '../values/numbers.ts';
import { goDuration } from '../values/time.ts';

/** The name of a gRPC status other than OK. */
export type GrpcStatus =
  | 'CANCELLED' | 'UNKNOWN' | 'INVALID_ARGUMENT' | 'DEADLINE_EXCEEDED' | 'NOT_FOUND' | 'ALREADY_EXISTS' | 'PERMISSION_DENIED' | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION' | 'ABORTED' | 'OUT_OF_RANGE' | 'UNIMPLEMENTED' | 'INTERNAL' | 'UNAVAILABLE' | 'DATA_LOSS' | 'UNAUTHENTICATED';

/** A failure that some requests meet on purpose. */
export interface FaultProps {
  /** How long a request waits before it is sent. @default - it does not */
  readonly delay?: Duration | undefined;
  /** How many of a hundred requests wait. @default 100 */
  readonly delayPercent?: number | undefined;
  /** What a request is answered instead of being sent: an HTTP status, or one of gRPC by name. @default - it is sent */
  readonly abort?: number | GrpcStatus | undefined;
  /** How many of a hundred requests are answered so. @default 100 */
  readonly abortPercent?: number | undefined;
  /** Which requests meet it: a test, or a list of tests that must all pass, each. @default - every request */
  readonly match?: readonly RequestMatch[] | undefined;
  /**
   * Whether routes that fail whole stay behind as they were, though no request reaches them: who takes the fault out by hand then removes one
   * entry. `check` warns of them.
   *
   * @default false
   */
  readonly keepsRoutes?: boolean | undefined;
  /** The last day on which it may be applied, as `2026-12-31` (UTC); the synth fails from the day after. @default - it has no end */
  readonly until?: `${number}-${number}-${number}` | undefined;
}

/**
 * A failure that requests of a service meet on purpose, to see what their callers make of it. The proxy of the caller
 * plays it, so the service itself notices nothing.
 *
 * @example
 * new Fault(ratings, 'slow', { match: [Match.header('end-user').exact('jason')], delay: Duration.seconds(7), until: '2026-12-31' });
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/fault-injection/
 */
export class Fault extends Construct {
  /** @throws when it does nothing, a number is out of range, or requests of the service are tried again on failure */
  constructor(service: Routed, id: string, props: FaultProps) {
    super(service, freeId(service, id));
    const where = this.node.path;
    const { delay, delayPercent, abort, abortPercent, match, keepsRoutes, until } = props;
    if (!delay && abort === undefined) throw new Error(`${where}: a fault delays or aborts, got neither`);
    if (!delay && delayPercent !== undefined || abort === undefined && abortPercent !== undefined) {
      throw new Error(`${where}: ${delay ? 'abortPercent' : 'delayPercent'} is of nothing; give ${delay ? 'abort' : 'delay'} as well, or leave it out`);
    }
    if (typeof abort === 'number' && !(Number.isInteger(abort) && abort >= 200 && abort <= 600)) throw new Error(`${where}: abort must be a status between 200 and 600, got ${abort}`);
    if (delay) goDuration(where, 'delay', delay);
    if (until !== undefined) this.#endsAfter(until);
    service.traffic(where).requests(where).lay({
      matches: requestSet(where, match),
      fault: {
        ...(delay ? { delay: { time: delay, percent: finePercent(where, 'delayPercent', delayPercent ?? 100) } } : {}),
        ...(abort === undefined ? {} : { abort: { status: abort, percent: finePercent(where, 'abortPercent', abortPercent ?? 100) } }),
      },
      keepsRoutes,
      declaredBy: where,
    });
  }

  #endsAfter(until: string): void {
    const end = /^\d{4}-\d{2}-\d{2}$/.test(until) ? Date.parse(`${until}T00:00:00Z`) : NaN;
    if (Number.isNaN(end) || new Date(end).toISOString().slice(0, 10) !== until) throw new Error(`${this.node.path}: until must be a day as 2026-12-31, got ${JSON.stringify(until)}`);
    const day = 24 * 60 * 60 * 1000;
    this.node.addValidation({ validate: () => (Date.now() < end + day ? [] : [`the fault was to end on ${until}; remove it, or give it another day`]) });
  }
}
