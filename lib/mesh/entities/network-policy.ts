import { field, texts } from '../../manifest/index.ts';
import { specOf, type Entity } from './entity.ts';
import { labelSelectorOf, type LabelSelector } from './selector.ts';

/** A NetworkPolicy of Kubernetes: what the network itself lets through, whatever a proxy says. */
export interface NetworkPolicy extends Entity {
  /** Undefined or empty: all pods of the namespace. */
  readonly podSelector: LabelSelector | undefined;
  readonly directions: readonly ('Ingress' | 'Egress')[];
}

/**
 * Reads a NetworkPolicy; without policyTypes it is for ingress, and for egress where it has such rules.
 *
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/#NetworkPolicySpec
 */
export function networkPolicyOf(entity: Entity): NetworkPolicy {
  const spec = specOf(entity.manifest);
  const written = texts(spec.policyTypes).filter(type => type === 'Ingress' || type === 'Egress');
  const implied = [...['Ingress' as const], ...(field(spec, 'egress') === undefined ? [] : ['Egress' as const])];
  return { ...entity, podSelector: labelSelectorOf(spec.podSelector), directions: written.length > 0 ? written : implied };
}
