import { Construct } from 'constructs';
import type { MeshService } from '../platform/mesh-service.ts';
import type { HeaderMatch } from '../values/match.ts';
import { freeId } from '../values/name.ts';
import { wholePercent } from '../values/numbers.ts';

/** How a canary shares the requests of a service between two of its versions. */
export interface CanaryProps<Version extends string> {
  /** The version that takes the rest: the stable one. */
  readonly from: Version;
  /** The version that is tried. */
  readonly to: Version;
  /**
   * How many of a hundred requests the tried version takes, a whole number.
   *
   * @default 10
   */
  readonly percent?: number | undefined;
  /**
   * Requests that always go to the tried version: a test, or a list of tests that must all pass, each.
   *
   * @default - none
   */
  readonly pin?: readonly (HeaderMatch | readonly HeaderMatch[])[] | undefined;
}

/**
 * Sends a share of a service's requests to another version of it, inside the mesh and at its gateways alike.
 *
 * @example
 * new Canary(reviews, 'v3', { from: 'v1', to: 'v3', percent: 10, pin: [Match.header('end-user').exact('jason')] });
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/traffic-shifting/
 */
export class Canary<Version extends string> extends Construct {
  /** @throws when a version is unknown, the two are the same, the percentage is none, or the service is divided already */
  constructor(service: MeshService<Version>, id: string, props: CanaryProps<NoInfer<Version>>) {
    super(service, freeId(service, id));
    const { from, to, percent = 10, pin = [] } = props;
    const where = this.node.path;
    service.requireVersion(where, 'from', from);
    service.requireVersion(where, 'to', to);
    if ((from as string) === to) throw new Error(`${where}: from and to are both "${to}"; a canary needs two versions`);
    wholePercent(where, 'percent', percent);
    const routing = service.routing(where);
    routing.divide({ shares: [{ version: from, percent: 100 - percent }, { version: to, percent }], declaredBy: where });
    for (const tests of pin) routing.pin(pinned(where, tests), to);
  }
}

function pinned(where: string, tests: HeaderMatch | readonly HeaderMatch[]): readonly HeaderMatch[] {
  const list: readonly HeaderMatch[] = 'header' in tests ? [tests] : tests;
  if (list.length === 0) throw new Error(`${where}: an empty pin would send every request to the tried version; leave it out or set percent to 100`);
  const twice = list.find(({ header }, i) => list.findIndex(other => other.header === header) !== i);
  if (twice) throw new Error(`${where}: a pin tests header "${twice.header}" twice; join the two tests in one regex`);
  return list;
}
