import type { Policy } from '../entities/policies.ts';
import { policiesBySelector } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';
import { selecting } from '../selector-index.ts';

/** The policies of one kind that a namespace or the whole mesh has for pods with these labels. Those that are attached by targetRefs are not among them. */
export function* policiesSelecting(mesh: Mesh, kind: string, namespace: string, labels: ReadonlyMap<string, string>): Generator<Policy> {
  // Mostly it is by a label, in the workload's own namespace.
  for (const place of new Set([namespace, mesh.config.rootNamespace])) {
    yield* selecting(mesh, policiesBySelector, `${kind} ${place}`, labels);
    yield* mesh.at(policiesBySelector.whole, `${kind} ${place}`);
  }
}
