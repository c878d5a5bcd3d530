import { Construct } from 'constructs';
import type { RequestMatch } from '../values/match.ts';
import { freeId } from '../values/name.ts';
import { finePercent } from '../values/numbers.ts';
import type { Destination } from '../values/to.ts';
import { requestSet } from './request-set.ts';
import type { Routed } from './routed.ts';
import { targetOf } from './shares.ts';

/** A copy of the requests of a service. */
export interface MirrorProps<Version extends string> {
  /** Who gets the copies: a version, or another service. */
  readonly to: Version | Destination<Version>;
  /** How many of a hundred requests are copied. @default 100 */
  readonly percent?: number | undefined;
  /** Which requests are copied: a test, or a list of tests that must all pass, each. @default - every request */
  readonly match?: readonly RequestMatch[] | undefined;
}

/**
 * Sends a copy of requests elsewhere, whose answers nobody waits for. A service may have several.
 *
 * @example
 * new Mirror(reviews, 'shadow', { to: 'v2', percent: 5 });
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/mirroring/
 */
export class Mirror<Version extends string> extends Construct {
  /** @throws when the version is unknown, the percentage is none, or the copies would come back to the service itself */
  constructor(service: Routed<Version>, id: string, props: MirrorProps<NoInfer<Version>>) {
    super(service, freeId(service, id));
    const where = this.node.path;
    const { to, percent = 100, match } = props;
    const traffic = service.traffic(where);
    const destination: Destination<string> = typeof to === 'string' ? { to: 'version', version: to } : to;
    const idle = (['percent', 'requestHeaders', 'responseHeaders'] as const).filter(name => destination[name] !== undefined);
    if (idle.length > 0) throw new Error(`${where}: a copy is sent as it is, so ${idle.join(' and ')} of its destination would do nothing; leave it out`);
    if (destination.to === 'service' && destination.service === service && destination.version === undefined) {
      throw new Error(`${where}: the copies would go to the service that gets the requests, which would answer each twice; name a version, or another service`);
    }
    traffic.requests(where).lay({
      matches: requestSet(where, match),
      mirror: { target: targetOf(where, service, destination), percent: finePercent(where, 'percent', percent) },
      declaredBy: where,
    });
  }
}
