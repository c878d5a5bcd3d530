import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';

export interface SealedSecretSpec {
  /** What kubeseal encrypted: only the controller in the cluster can read it. */
  readonly encryptedData: Readonly<Record<string, string>>;
  readonly template: { readonly type: string; readonly metadata: { readonly name: string; readonly namespace?: string } };
}

/**
 * The part that intents need of the kind `SealedSecret` (`bitnami.com/v1alpha1`).
 *
 * @see https://github.com/bitnami-labs/sealed-secrets
 */
export class SealedSecret extends ApiObject {
  constructor(scope: Construct, id: string, props: { readonly metadata: { readonly name: string; readonly namespace?: string }; readonly spec: SealedSecretSpec }) {
    super(scope, id, { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', ...props });
  }
}
