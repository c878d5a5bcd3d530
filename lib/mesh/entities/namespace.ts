import type { Entity } from './entity.ts';

/** What a namespace says of its data plane. */
export interface NamespaceEntity extends Entity {
  /** The value of `istio-injection`; undefined where it has none. */
  readonly injection: string | undefined;
  /** The value of `istio.io/rev`; undefined where it has none. */
  readonly revision: string | undefined;
  /** Whether its workloads are in ambient mode. A sidecar label wins. */
  readonly ambient: boolean;
  readonly waypoint: string | undefined;
}

export function namespaceOf(entity: Entity): NamespaceEntity {
  const injection = entity.labels.get('istio-injection');
  const revision = entity.labels.get('istio.io/rev');
  return {
    ...entity,
    injection,
    revision,
    ambient: injection !== 'enabled' && (revision ?? '') === '' && entity.labels.get('istio.io/dataplane-mode') === 'ambient',
    waypoint: entity.labels.get('istio.io/use-waypoint'),
  };
}

/** Namespaces that belong to the cluster itself; nothing is injected there. */
export function isSystemNamespace(name: string): boolean {
  return name === 'kube-system' || name === 'kube-public' || name === 'kube-node-lease' || name === 'local-path-storage';
}
