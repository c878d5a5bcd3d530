import type { HttpRule } from '../treatments.ts';

/** Whether every request that comes to a rule is taken, so that what stands behind it is never asked. */
export function isCatchAll({ all }: HttpRule): boolean {
  return all.every(({ dim, any, not }) => dim === 'path' && !not
    && any.some(pred => ((pred.test === 'prefix' || pred.test === 'segmentPrefix') && pred.value === '/') || (pred.test === 'regex' && pred.value === '.*')));
}

/** The rules up to the first that takes everything. */
export function untilCatchAll(rules: readonly HttpRule[]): readonly HttpRule[] {
  const at = rules.findIndex(isCatchAll);
  return at === -1 ? rules : rules.slice(0, at + 1);
}
