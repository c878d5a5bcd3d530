import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';

/** Where in a store one key of a Secret is. */
export interface ExternalSecretData {
  readonly secretKey: string;
  readonly remoteRef: { readonly key: string; readonly property?: string | undefined; readonly version?: string | undefined };
}

export interface ExternalSecretSpec {
  readonly refreshInterval: string;
  readonly secretStoreRef: { readonly name: string; readonly kind: 'SecretStore' | 'ClusterSecretStore' };
  readonly target: { readonly name: string; readonly template?: { readonly type: string } | undefined };
  readonly data: readonly ExternalSecretData[];
}

/**
 * The part that intents need of the kind `ExternalSecret` (`external-secrets.io/v1`).
 *
 * @see https://external-secrets.io/latest/api/externalsecret/
 */
export class ExternalSecret extends ApiObject {
  constructor(scope: Construct, id: string, props: { readonly metadata: { readonly name: string; readonly namespace?: string }; readonly spec: ExternalSecretSpec }) {
    super(scope, id, { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', ...props });
  }
}
