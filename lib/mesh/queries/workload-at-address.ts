import { addressText } from '../addresses.ts';
import type { Workload } from '../entities/workload.ts';
import { podsByAddress } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';

/** The Pod that has an address. */
export function workloadAtAddress(mesh: Mesh, address: string): Workload | undefined {
  const text = addressText(address);
  return text === undefined ? undefined : mesh.at(podsByAddress, text)[0];
}
