/** Where one key of a Secret is kept. */
export interface StoredKey {
  /** Its name in the store. */
  readonly key: string;
  /** One property of what stands there. @default - all of it */
  readonly property?: string | undefined;
}

/** A store of the External Secrets operator, and what is kept there. */
export interface StoredSecret {
  readonly store: string;
  /** @default ClusterSecretStore */
  readonly storeKind?: 'SecretStore' | 'ClusterSecretStore' | undefined;
  /** By the keys of the Secret. */
  readonly keys: Readonly<Record<string, StoredKey | string>>;
  /** How often it is read again, as a duration of Go. @default 1h */
  readonly refresh?: string | undefined;
}

/** Who makes a Secret. */
export type SecretSource =
  | { readonly kind: 'existing' }
  | ({ readonly kind: 'stored' } & StoredSecret)
  | { readonly kind: 'sealed'; readonly encrypted: Readonly<Record<string, string>> };

/**
 * Who makes a Secret. None of it is in the YAML but what is encrypted for the cluster.
 *
 * @example
 * SecretFrom.store({ store: 'vault', keys: { 'tls.crt': 'edge/certificate', 'tls.key': 'edge/private-key' } })
 */
export const SecretFrom = {
  /** A person, or something outside this app: it is there before it is needed. */
  existing: (): SecretSource => ({ kind: 'existing' }),
  /** The External Secrets operator, out of a store. */
  store: (stored: StoredSecret): SecretSource => ({ kind: 'stored', ...stored }),
  /** The Sealed Secrets controller, out of what kubeseal encrypted for this name and namespace. */
  sealed: (encrypted: Readonly<Record<string, string>>): SecretSource => ({ kind: 'sealed', encrypted }),
};
