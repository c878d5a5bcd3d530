import { field, fields, identityOf, text, textMap, type Fields, type Identity, type Manifest } from '../../manifest/index.ts';

/** An object of the mesh: who it is, what it is labelled, and the manifest that it was read from. */
export interface Entity extends Identity {
  readonly manifest: Manifest;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  /** RFC 3339; '' where the manifest has none, as before it is applied. */
  readonly createdAt: string;
}

/** What objects are read with. */
export interface Reading {
  /** The namespace of namespaced objects that say none. */
  readonly defaultNamespace: string;
}

/** The fields that every entity has. */
export function entityOf(manifest: Manifest, { defaultNamespace }: Reading): Entity {
  const { object } = manifest;
  const identity = identityOf(object);
  const { metadata } = object;
  return {
    ...identity,
    namespace: identity.namespace !== '' || isClusterScoped(identity.kind) ? identity.namespace : defaultNamespace,
    manifest,
    labels: textMap(field(metadata, 'labels')),
    annotations: textMap(field(metadata, 'annotations')),
    createdAt: text(field(metadata, 'creationTimestamp')) ?? '',
  };
}

/** The spec of an object; what it holds is untrusted. */
export function specOf(manifest: Manifest): Fields {
  return fields(manifest.object.spec);
}

/** Kinds that stand in no namespace. */
export function isClusterScoped(kind: string): boolean {
  return clusterScoped.has(kind);
}

const clusterScoped = new Set([
  'Namespace', 'Node', 'GatewayClass', 'CustomResourceDefinition', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration',
  'ClusterRole', 'ClusterRoleBinding', 'ClusterIssuer', 'PersistentVolume', 'StorageClass', 'PriorityClass', 'APIService', 'IngressClass',
  'Istio', 'IstioCNI', 'IstioRevision', 'IstioRevisionTag', 'ZTunnel', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding',
]);

/**
 * Istio's order of objects: oldest first, then by name, then by namespace.
 *
 * Source: istio/istio pilot/pkg/model/config.go
 */
export function inIstioOrder(a: Entity, b: Entity): number {
  return compare(a.createdAt, b.createdAt) || compare(a.name, b.name) || compare(a.namespace, b.namespace);
}

/** The order of texts by their code units. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
