import { hasSidecar, isAmbient, type Mesh, type NamespaceEntity, type Selector } from '../mesh/index.ts';

/** The workloads that something in a namespace is for, as words, where they are in ambient mode and none of them has a sidecar; undefined where it is otherwise. */
export function ambientAlone(mesh: Mesh, namespace: string, selector: Selector | undefined): string | undefined {
  if (!selector || selector.size === 0) {
    const home = mesh.namespace(namespace);
    return home?.ambient && !mesh.about(hasSidecars, home) ? `namespace ${namespace}` : undefined;
  }
  const workloads = mesh.workloadsSelectedBy(selector, namespace);
  const ambient = workloads.find(workload => isAmbient(mesh, workload));
  return ambient && !workloads.some(workload => hasSidecar(mesh, workload)) ? `${ambient.kind} ${ambient.name}` : undefined;
}

function hasSidecars(mesh: Mesh, { name }: NamespaceEntity): boolean {
  return mesh.workloadsIn(name).some(workload => hasSidecar(mesh, workload));
}
