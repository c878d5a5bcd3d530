import type { Policy } from '../entities/policies.ts';
import { selects } from '../entities/selector.ts';
import { policiesBySelector, policiesBySelectorName } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';

/** The policies of one kind that a namespace or the whole mesh has for pods with these labels. Those that are attached by targetRefs are not among them. */
export function* policiesSelecting(mesh: Mesh, kind: string, namespace: string, labels: ReadonlyMap<string, string>): Generator<Policy> {
  const keys = mesh.labelsNamedIn(policiesBySelectorName, labels).map(([key, text]) => ` ${key}=${text}`);
  // Mostly it is by a label, in the workload's own namespace.
  for (const place of new Set([namespace, mesh.config.rootNamespace])) {
    for (const key of [...keys, '']) {
      for (const policy of mesh.at(policiesBySelector, `${kind} ${place}${key}`)) if (selects(policy.selector ?? none, labels)) yield policy;
    }
  }
}

const none: ReadonlyMap<string, string> = new Map();
