import type { Entity, Mesh, Selector } from '../mesh/index.ts';
import type { Violation } from './rule.ts';

/** Says of one object with a selector which pods it takes that others of its namespace take too. */
export function* overlaps<Value extends Entity>(mesh: Mesh, on: Value, all: readonly Value[], selectorOf: (value: Value) => Selector | undefined, at: string): Generator<Violation> {
  const selector = selectorOf(on);
  if (!selector || selector.size === 0 || all.length < 2) return;
  const taken = all.flatMap(one => {
    const own = selectorOf(one);
    return own && own.size > 0 ? [{ one, workloads: new Set(mesh.workloadsSelectedBy(own, on.namespace)) }] : [];
  });
  for (const workload of mesh.workloadsSelectedBy(selector, on.namespace)) {
    const takers = taken.filter(({ workloads }) => workloads.has(workload));
    if (takers.length > 1) yield { at, message: `${takers.map(({ one }) => one.name).join(', ')} all take ${workload.kind} ${workload.name}` };
  }
}
