import type { Duration } from 'cdk8s';
import { wholePercent } from '../values/numbers.ts';

/** One step of a rollout. */
export type Step =
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'pause'; readonly time: Duration | undefined }
  | { readonly kind: 'gate'; readonly gate: Gate };

/** What must hold before a rollout goes on. */
export interface Gate {
  readonly name: string;
  /** A query of Prometheus that gives one number. */
  readonly query: string;
  /** The least that the number may be. @default - no limit */
  readonly atLeast?: number | undefined;
  /** The most that the number may be. @default - no limit */
  readonly atMost?: number | undefined;
}

/**
 * The steps of a rollout. Each is applied by a change of the repository: the number of the step is a prop.
 *
 * @example
 * [Step.percent(5), Step.pause(Duration.minutes(30)), Step.percent(50), Step.percent(100)]
 */
export const Step = {
  /** How many of a hundred requests the tried version takes from here on. */
  percent: (percent: number): Step => ({ kind: 'percent', percent }),
  /** A time to wait, or until somebody goes on. */
  pause: (time?: Duration): Step => ({ kind: 'pause', time }),
  /** What must hold to go on, as a query of Prometheus. */
  gate: (name: string, query: string, limits: Pick<Gate, 'atLeast' | 'atMost'>): Step => ({ kind: 'gate', gate: { name, query, ...limits } }),
};

/** The percentage that holds at a step, counted from 1. @throws when the plan has no such step, goes back, or does not begin with a percentage */
export function percentAt(where: string, plan: readonly Step[], step: number): number {
  if (plan[0]?.kind !== 'percent') throw new Error(`${where}: a plan begins with a percentage; put Step.percent(…) first`);
  if (!Number.isInteger(step) || step < 1 || step > plan.length) throw new Error(`${where}: step must be a whole number between 1 and ${plan.length}, as the plan has steps, got ${String(step)}`);
  let percent = 0;
  let current = 0;
  plan.forEach((each, i) => {
    if (each.kind === 'gate' && each.gate.atLeast === undefined && each.gate.atMost === undefined) throw new Error(`${where}: gate "${each.gate.name}" lets everything pass; give atLeast or atMost`);
    if (each.kind !== 'percent') return;
    wholePercent(where, `step ${i + 1}`, each.percent);
    if (i > 0 && each.percent <= percent) throw new Error(`${where}: step ${i + 1} goes from ${percent} to ${each.percent} percent; a plan goes forward only: to go back, choose an earlier step`);
    percent = each.percent;
    if (i < step) current = percent;
  });
  return current;
}
