import type { KubernetesRoute, Reference } from '../../entities/gateway-api.ts';
import { referenceGrantsOf } from '../../indexes.ts';
import type { Mesh } from '../../mesh.ts';

/**
 * Whether an object may refer to one in another namespace: a ReferenceGrant there says so.
 *
 * Source: https://gateway-api.sigs.k8s.io/api-types/referencegrant/
 */
export function mayRefer(mesh: Mesh, from: Pick<KubernetesRoute, 'group' | 'kind' | 'namespace'>, to: Reference): boolean {
  if (from.namespace === to.namespace) return true;
  return mesh.at(referenceGrantsOf, to.namespace).some(grant =>
    grant.from.some(({ group, kind, namespace }) => group === from.group && kind === from.kind && namespace === from.namespace)
    && grant.to.some(({ group, kind, name }) => group === to.group && kind === to.kind && (name === undefined || name === '' || name === to.name)));
}
