import type { Mesh } from '../mesh.ts';

/** The names by which clients of a namespace may call services, for hints: the shortest that works. */
export function* knownHostNames(mesh: Mesh, namespace: string): Generator<string> {
  for (const service of mesh.services) {
    if (service.namespace === namespace) yield service.name;
    yield `${service.name}.${service.namespace}`;
  }
  for (const { hosts } of mesh.serviceEntries) yield* hosts;
}
