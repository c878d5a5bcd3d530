import { inIstioOrder, selecting, type Entity, type Mesh, type SelectorIndex } from '../mesh/index.ts';
import { listed } from './listed.ts';
import type { Violation } from './rule.ts';

/** Says of one object with a selector which pods it takes that others of its place take too. */
export function* overlaps<Value extends Entity>(mesh: Mesh, on: Value, index: SelectorIndex<Value>, place: string, at: string): Generator<Violation> {
  const selector = index.selectorOf(on);
  if (!selector || selector.size === 0) return;
  for (const workload of mesh.workloadsSelectedBy(selector, on.namespace)) {
    const takers = selecting(mesh, index, place, workload.podLabels);
    if (takers.length > 1) yield { at, message: `${listed([...takers].sort(inIstioOrder).map(({ name }) => name))} all take ${workload.kind} ${workload.name}` };
  }
}
