import type { KubernetesRoute, Reference } from '../../entities/gateway-api.ts';
import { indexOf } from '../../keyed.ts';
import type { Mesh } from '../../mesh.ts';

/**
 * Whether an object may refer to one in another namespace: a ReferenceGrant there says so.
 *
 * Source: https://gateway-api.sigs.k8s.io/api-types/referencegrant/
 */
export function mayRefer(mesh: Mesh, from: Pick<KubernetesRoute, 'group' | 'kind' | 'namespace'>, to: Reference): boolean {
  if (from.namespace === to.namespace) return true;
  return mesh.hasAt(grants, grantKey(to.namespace, from, { ...to, name: '' })) || mesh.hasAt(grants, grantKey(to.namespace, from, to));
}

/** ReferenceGrants by their namespace, who may refer and to what. The CRD takes sixteen of each. */
const grants = indexOf('reference grant', ['ReferenceGrant'], ({ namespace, from, to }) =>
  from.slice(0, most).flatMap(who => to.slice(0, most).map(what => grantKey(namespace, who, { ...what, name: what.name ?? '' }))));

const most = 16;

function grantKey(namespace: string, from: Pick<KubernetesRoute, 'group' | 'kind' | 'namespace'>, to: Pick<Reference, 'group' | 'kind' | 'name'>): string {
  return `${namespace} ${from.namespace} ${from.group}/${from.kind} ${to.group}/${to.kind} ${to.name}`;
}
