import { Construct } from 'constructs';
import type { MeshService } from '../platform/mesh-service.ts';
import { Match, type RequestMatch } from '../values/match.ts';
import { freeId } from '../values/name.ts';
import { wholePercent } from '../values/numbers.ts';
import { requestSet, type RequestSet } from './request-set.ts';
import { ownedByController, type Ownership } from './ownership.ts';
import { percentAt, type Step } from './step.ts';
import type { Share } from './routing.ts';
import type { Affinity } from './affinity.ts';

/** How a canary shares the requests of a service between two of its versions. */
export interface CanaryProps<Version extends string> {
  /** The version that takes the rest: the stable one. */
  readonly from: Version;
  /** The version that is tried. */
  readonly to: Version;
  /**
   * How many of a hundred requests the tried version takes, a whole number.
   *
   * @default 10, or what the plan says
   */
  readonly percent?: number | undefined;
  /**
   * Requests that always go to the tried version: a test, or a list of tests that must all pass, each.
   *
   * @default - none
   */
  readonly pin?: readonly RequestMatch[] | undefined;
  /**
   * The steps from the first requests to all of them.
   *
   * @default - none: percent is all there is
   */
  readonly plan?: readonly Step[] | undefined;
  /** The step of the plan that the YAML is of, counted from 1. @default 1 */
  readonly step?: number | undefined;
  /** How a client that has met the tried version stays with it. @default - each request is shared out anew */
  readonly affinity?: Affinity | undefined;
  /** Who changes the percentages once the YAML is applied. @default git */
  readonly weights?: 'git' | 'controller' | undefined;
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
  /** How many of a hundred requests the tried version takes at the current step. */
  readonly percent: number;
  readonly plan: readonly Step[];
  readonly #service: MeshService<Version>;
  readonly #weights: 'git' | 'controller';

  /** @throws when a version is unknown, the two are the same, the percentage is none, or the service is divided already */
  constructor(service: MeshService<Version>, id: string, props: CanaryProps<NoInfer<Version>>) {
    super(service, freeId(service, id));
    const { from, to, pin = [], plan = [], step, affinity, weights = 'git' } = props;
    const where = this.node.path;
    this.#service = service;
    this.#weights = weights;
    this.plan = plan;
    service.requireVersion(where, 'from', from);
    service.requireVersion(where, 'to', to);
    if ((from as string) === to) throw new Error(`${where}: from and to are both "${to}"; a canary needs two versions`);
    if (plan.length > 0 && props.percent !== undefined) throw new Error(`${where}: both percent and plan say how many requests ${to} takes; leave one out`);
    if (plan.length === 0 && step !== undefined) throw new Error(`${where}: step ${step} is of no plan; give a plan, or leave step out`);
    this.percent = plan.length > 0 ? percentAt(where, plan, step ?? 1) : wholePercent(where, 'percent', props.percent ?? 10);
    const traffic = service.traffic(where);
    traffic.divide({ shares: shares(from, to, this.percent, affinity), declaredBy: where });
    const pinned = [...(pin.length === 0 ? [] : pins(where, pin)), ...(affinity ? pins(where, [stays(affinity, to)]) : [])];
    if (pinned.length > 0) traffic.requests(where).add({ matches: pinned, action: { to: 'shares', shares: [{ version: to, percent: 100 }] }, declaredBy: where });
  }

  /**
   * What GitOps must leave alone where a controller changes the percentages in the cluster.
   *
   * @throws when the percentages are those of the repository
   */
  ignoreDifferences(): Ownership {
    if (this.#weights === 'git') throw new Error(`${this.node.path}: its percentages are changed in git, so GitOps must not ignore them; say weights: 'controller' where a controller changes them`);
    return ownedByController(this.#service);
  }
}

function shares(from: string, to: string, percent: number, affinity: Affinity | undefined): readonly Share[] {
  const meets: Share = affinity
    ? { version: to, percent, responseHeaders: { add: { 'set-cookie': `${affinity.cookie}=${to}; Max-Age=${affinity.maxAge.toSeconds()}; Path=${affinity.path ?? '/'}` } } }
    : { version: to, percent };
  return [{ version: from, percent: 100 - percent }, meets];
}

function stays({ cookie }: Affinity, to: string): RequestMatch {
  return Match.cookie(cookie).exact(to);
}

function pins(where: string, pin: readonly RequestMatch[]): RequestSet {
  if (pin.some(tests => !('on' in tests) && tests.length === 0)) {
    throw new Error(`${where}: an empty pin would send every request to the tried version; leave it out or set percent to 100`);
  }
  return requestSet(`${where}: pin`, pin);
}
