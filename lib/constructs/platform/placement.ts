import type { IConstruct } from 'constructs';

/** A folder of the output that is applied on its own: Istio itself, what runs beside it, or the mesh. */
export type Stage = 'install' | 'platform' | 'mesh';

/** A folder of the output. `istioctl` and `delivery` are applied to no cluster of the mesh: istioctl reads the one, the other belongs where Argo CD or Flux runs. */
export type Folder = Stage | 'istioctl' | 'delivery';

/** Puts what stands below a construct into a folder of the output. */
export function placeIn(scope: IConstruct, folder: Folder): void {
  folders.set(scope, folder);
}

/** Puts what stands below a construct into the folder of a cluster. */
export function placeOn(scope: IConstruct, cluster: string): void {
  clusters.set(scope, cluster);
}

/** Where a construct's YAML goes: nearest wins. @default the folder mesh, and no cluster */
export function placeOf(construct: IConstruct): { readonly folder: Folder; readonly cluster: string | undefined } {
  return { folder: nearestIn(folders, construct) ?? 'mesh', cluster: nearestIn(clusters, construct) };
}

const folders = new WeakMap<IConstruct, Folder>();
const clusters = new WeakMap<IConstruct, string>();

function nearestIn<Value>(places: WeakMap<IConstruct, Value>, construct: IConstruct): Value | undefined {
  const scope = [...construct.node.scopes].reverse().find(candidate => places.has(candidate));
  return scope && places.get(scope);
}
