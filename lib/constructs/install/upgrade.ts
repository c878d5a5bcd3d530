import { nearest } from '../../schema/index.ts';

/** What has been done of an upgrade of the control plane; each is a synth and a change of the repository. */
export type UpgradeStep = 'install-new' | 'move-tag' | 'data-plane' | 'remove-old';

/** An upgrade by revisions: the new control plane beside the old one, until nobody uses that. */
export interface Upgrade {
  /** The release that runs now. */
  readonly from: string;
  /** Its revision; `default` where it has none. @default - made from the release, as `1-29-6` */
  readonly fromRevision?: string | undefined;
  readonly step: UpgradeStep;
}

/** One step, in words. */
export interface PlannedStep<Step extends string = UpgradeStep> {
  readonly step: Step;
  /** What the synth of this step changes. */
  readonly does: string;
  /** What to do once it is applied, before the next. */
  readonly then: readonly string[];
}

/**
 * The steps of an upgrade by revisions, in order.
 *
 * Source: https://istio.io/latest/docs/setup/upgrade/canary/
 */
export const upgradePlan: readonly PlannedStep[] = [
  {
    step: 'install-new',
    does: 'CRDs of the new release, and its control plane beside the old one; every tag has a sibling, named with -canary, at the new revision',
    then: ['before it is applied, run istioctl x precheck of the new release', 'label a namespace that may fail with the canary tag, restart its workloads, watch them'],
  },
  { step: 'move-tag', does: 'the tags, and the webhook that validates, go to the new revision', then: ['restart the workloads of the namespaces with the tags, a few at a time', 'istioctl proxy-status shows who is still at the old revision'] },
  { step: 'data-plane', does: 'the CNI plugin, ztunnel and the gateways are those of the new release', then: ['ztunnel is replaced node by node: long connections through it end', 'label namespaces at a canary tag with the tag itself again'] },
  { step: 'remove-old', does: 'the old control plane and the canary tags are gone; the same as without upgrade', then: ['leave upgrade out of the props'] },
];

/** The name of a revision that a release gives: dots are not allowed in it. */
export function revisionOf(version: string): string {
  return version.replace(/[^a-z0-9]+/g, '-');
}

/** How far an upgrade is, counted from 0. @throws with the nearest step when there is none of the name */
export function stepNumber(where: string, step: string, plan: readonly PlannedStep<string>[] = upgradePlan): number {
  const names = plan.map(planned => planned.step);
  const number = names.indexOf(step);
  if (number >= 0) return number;
  const near = nearest(step, names);
  throw new Error(`${where}: ${JSON.stringify(step)} is no step of an upgrade; ${near === undefined ? `take one of ${names.join(', ')}` : `did you mean "${near}"?`}`);
}
