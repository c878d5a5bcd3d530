import { indexes, isSystemNamespace, type Mesh, type NamespaceEntity } from '../mesh/index.ts';

/** Whether a namespace takes part in the mesh, and something runs in it, as far as that is known. */
export function isMeshNamespace(mesh: Mesh, { name, injection, revision, ambient }: NamespaceEntity): boolean {
  if (isSystemNamespace(name) || name === mesh.config.rootNamespace) return false;
  const injected = injection === undefined ? (revision ?? '') !== '' : injection === 'enabled';
  return (injected || ambient) && (!mesh.hasWorkloads || mesh.workloadsIn(name).length > 0);
}

/** Whether the network itself limits what the pods of a namespace call. */
export function limitsEgress(mesh: Mesh, namespace: string): boolean {
  return mesh.at(indexes.networkPoliciesOf, namespace).some(({ directions }) => directions.includes('Egress'));
}
