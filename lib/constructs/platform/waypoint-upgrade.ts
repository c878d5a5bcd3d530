import { stepNumber, type PlannedStep } from '../install/upgrade.ts';
import { dnsLabel } from '../values/name.ts';
import { isSameWaypoint, type UsedWaypoint } from './used-waypoint.ts';

/** What has been done to take another waypoint in the place of one; each is a synth and a change of the repository. */
export type WaypointStep = 'install-new' | 'move-some' | 'move-all' | 'remove-old';

/** A second waypoint beside the first, until all services have moved to it. */
export interface WaypointUpgrade {
  /** The name of the new waypoint. */
  readonly to: string;
  /** The revision or tag of the control plane that runs it. @default - that of the first */
  readonly revision?: string | undefined;
  readonly step: WaypointStep;
  /** The services that move first. @default - none, which move-some does not take */
  readonly first?: readonly string[] | undefined;
}

/**
 * The steps from one waypoint to another, in order.
 *
 * Source: https://istio.io/latest/docs/ambient/upgrade/helm/
 */
export const waypointUpgradePlan: readonly PlannedStep<WaypointStep>[] = [
  { step: 'install-new', does: 'the new waypoint runs beside the old one with the same policies, and nobody uses it; workloads let in both', then: ['wait until its Gateway is Programmed'] },
  { step: 'move-some', does: 'the services named in first use the new waypoint, by a label of their own', then: ['watch their requests as the waypoint reports them; nothing needs a restart'] },
  { step: 'move-all', does: 'the namespace uses the new waypoint, and so do all of its services', then: ['wait until the old waypoint has no connections left', 'other namespaces that use the old one must name the new one first'] },
  { step: 'remove-old', does: 'the old waypoint is gone, and nobody lets it in', then: ['name the new one as waypoint, and leave waypointUpgrade out: the output is the same'] },
];

/** The waypoints of a namespace at a step. */
export interface WaypointsAtStep {
  /** What the namespace asks for. */
  readonly used: UsedWaypoint;
  /** All that run. */
  readonly running: readonly UsedWaypoint[];
  /** What single services ask for. */
  readonly moved: ReadonlyMap<string, UsedWaypoint>;
}

/** @throws when the step is none, the new waypoint is the old one or stands elsewhere, or nobody would move */
export function waypointsAtStep(where: string, own: string, old: UsedWaypoint, { to, revision, step, first = [] }: WaypointUpgrade): WaypointsAtStep {
  if (old.namespace !== own) throw new Error(`${where}: waypoint ${old.namespace}/${old.name} stands in namespace ${old.namespace}, so waypointUpgrade belongs there; name the new one here when it runs`);
  const fresh = { namespace: own, name: dnsLabel(where, 'waypointUpgrade.to', to) };
  if (revision !== undefined) dnsLabel(where, 'waypointUpgrade.revision', revision);
  if (isSameWaypoint(old, fresh)) throw new Error(`${where}: waypointUpgrade goes from waypoint "${to}" to itself; give the new one another name`);
  const number = stepNumber(where, step, waypointUpgradePlan);
  if (step === 'move-some' && first.length === 0) throw new Error(`${where}: waypointUpgrade is at move-some, but first names no service, so nothing would move; name some, or take the step move-all`);
  return {
    used: number >= 2 ? fresh : old,
    running: number === 3 ? [fresh] : [old, fresh],
    moved: new Map(step === 'move-some' ? first.map(service => [service, fresh]) : []),
  };
}
