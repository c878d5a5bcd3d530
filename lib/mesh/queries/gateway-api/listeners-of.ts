import type { From } from '../../conditions.ts';
import { compare, type Entity } from '../../entities/entity.ts';
import type { AllowedNamespaces, KubernetesGateway, Listener, ListenerSet } from '../../entities/gateway-api.ts';
import { labelsPass } from '../../entities/selector.ts';
import { listenerSetsOf } from '../../indexes.ts';
import type { Mesh } from '../../mesh.ts';
import { mayRefer } from './may-refer.ts';

/** A listener that a gateway serves, and the object that says it: the Gateway, or a ListenerSet. */
export interface GatewayListener extends Listener {
  readonly on: KubernetesGateway | ListenerSet;
  readonly from: From;
}

/**
 * The listeners of a gateway: its own, then those of the ListenerSets that it admits, the oldest first. One whose certificate may not be
 * referred to is none.
 *
 * Source: https://gateway-api.sigs.k8s.io/geps/gep-1713/
 */
export function listenersOf(mesh: Mesh, gateway: KubernetesGateway): readonly GatewayListener[] {
  const sets = mesh.at(listenerSetsOf, `${gateway.namespace}/${gateway.name}`).filter(set => admits(mesh, gateway.allowedListeners, gateway.namespace, set.namespace))
    .sort((a, b) => compare(a.createdAt, b.createdAt) || compare(`${a.namespace}/${a.name}`, `${b.namespace}/${b.name}`));
  return [gateway, ...sets].flatMap(on => on.listeners
    .filter(({ tls }) => (tls?.certificates ?? []).every(reference => mayRefer(mesh, on, reference)))
    .map(listener => ({ ...listener, on, from: { on, at: listener.path } })));
}

/** Whether objects of a namespace may attach to an object of another. */
export function admits(mesh: Mesh, { from, selector }: AllowedNamespaces, own: string, other: string): boolean {
  switch (from) {
    case 'All': return true;
    case 'Same': return own === other;
    case 'None': return false;
    case 'Selector': return labelsPass(selector, labelsOf(mesh.namespace(other), other));
  }
}

/** Kubernetes labels each namespace with its name. */
function labelsOf(namespace: Entity | undefined, name: string): ReadonlyMap<string, string> {
  return new Map([...namespace?.labels ?? [], ['kubernetes.io/metadata.name', name]]);
}
