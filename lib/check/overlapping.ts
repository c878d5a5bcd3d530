import type { Mesh, Sidecar, Telemetry, Workload } from '../mesh/index.ts';

/** Those that have a selector, and what it takes in their namespace. */
export function selecting<Value extends Sidecar | Telemetry>(
  mesh: Mesh, values: readonly Value[], selectorOf: (value: Value) => ReadonlyMap<string, string> | undefined,
): { readonly on: Value; readonly workloads: readonly Workload[] }[] {
  if (mesh.workloads.length === 0) return [];
  return values.flatMap(on => {
    const selector = selectorOf(on);
    return selector && selector.size > 0 ? [{ on, workloads: mesh.workloadsSelectedBy(selector, on.namespace) }] : [];
  });
}

/** Says of each that takes a pod which others take it too. */
export function* overlaps<Value extends Sidecar | Telemetry>(
  mesh: Mesh, values: readonly Value[], selectorOf: (value: Value) => ReadonlyMap<string, string> | undefined, at: string,
): Generator<{ readonly on: Value; readonly at: string; readonly message: string }> {
  const byWorkload = new Map<Workload, Value[]>();
  for (const { on, workloads } of selecting(mesh, values, selectorOf)) {
    for (const workload of workloads) byWorkload.set(workload, [...(byWorkload.get(workload) ?? []), on]);
  }
  for (const [workload, takers] of byWorkload) {
    if (takers.length < 2) continue;
    for (const on of takers) yield { on, at, message: `${takers.map(({ name }) => name).join(', ')} all take ${workload.kind} ${workload.name}` };
  }
}
