import { addressText } from '../addresses.ts';
import type { Workload } from '../entities/workload.ts';
import type { Mesh } from '../mesh.ts';

/** The Pod that has an address. */
export function workloadAtAddress(mesh: Mesh, address: string): Workload | undefined {
  const text = addressText(address);
  const { pods } = mesh;
  let index = indexes.get(pods);
  if (!index) indexes.set(pods, index = new Map(pods.flatMap(pod => pod.ips.map((ip): [string, Workload] => [addressText(ip) ?? '', pod]))));
  return text === undefined ? undefined : index.get(text);
}

const indexes = new WeakMap<readonly Workload[], ReadonlyMap<string, Workload>>();
