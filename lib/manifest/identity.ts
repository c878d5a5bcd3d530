import type { KubernetesObject } from './manifest.ts';
import { field, text } from './untrusted.ts';

/** What names an object in a cluster. */
export interface Identity {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** '' where the manifest says none. */
  readonly namespace: string;
  readonly name: string;
}

/** The identity that a manifest gives its object. */
export function identityOf(object: KubernetesObject): Identity {
  const slash = object.apiVersion.indexOf('/');
  return {
    group: slash === -1 ? '' : object.apiVersion.slice(0, slash),
    version: object.apiVersion.slice(slash + 1),
    kind: object.kind,
    namespace: text(field(object.metadata, 'namespace')) ?? '',
    name: text(field(object.metadata, 'name')) ?? '',
  };
}

/** One text for one object: two versions of a kind are the same object. */
export function keyOf({ group, kind, namespace, name }: Identity): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** As people say it: `VirtualService shop/reviews`. */
export function nameOf({ kind, namespace, name }: Identity): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}
