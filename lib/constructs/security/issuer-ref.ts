import { secretName } from '../values/secret-name.ts';

/** An issuer of cert-manager. */
export interface IssuerRef {
  readonly name: string;
  /** @default ClusterIssuer */
  readonly kind?: 'Issuer' | 'ClusterIssuer' | (string & {}) | undefined;
  /** The API group, for issuers that are not cert-manager's own. @default cert-manager.io */
  readonly group?: string | undefined;
}

/** As objects of cert-manager refer to it. */
export function issuerRef(where: string, { name, kind = 'ClusterIssuer', group = 'cert-manager.io' }: IssuerRef): { readonly name: string; readonly kind: string; readonly group: string } {
  return { name: secretName(`${where}: issuer`, name), kind, group };
}
