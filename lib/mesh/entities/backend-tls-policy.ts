import { field, list, text, texts } from '../../manifest/index.ts';
import { specOf, type Entity } from './entity.ts';

/** A BackendTLSPolicy: which backends are spoken to with TLS, and by whose certificate they are known. */
export interface BackendTlsPolicy extends Entity {
  readonly targets: readonly { readonly group: string; readonly kind: string; readonly name: string; /** A port by name; '' for all. */ readonly section: string }[];
  /** The server name, and the one that the certificate must have. */
  readonly hostname: string;
  /** Names that the certificate may have instead. */
  readonly alternativeNames: readonly string[];
  /** Whether the certificates of the system are trusted. */
  readonly trustsSystem: boolean;
}

export function backendTlsPolicyOf(entity: Entity): BackendTlsPolicy {
  const { targetRefs, validation } = specOf(entity.manifest);
  return {
    ...entity,
    targets: list(targetRefs).map(ref => ({
      group: text(field(ref, 'group')) ?? '', kind: text(field(ref, 'kind')) ?? '', name: text(field(ref, 'name')) ?? '', section: text(field(ref, 'sectionName')) ?? '',
    })),
    hostname: text(field(validation, 'hostname')) ?? '',
    alternativeNames: list(field(validation, 'subjectAltNames')).flatMap(name => texts([field(name, 'hostname'), field(name, 'uri')])),
    trustsSystem: field(validation, 'wellKnownCACertificates') === 'System',
  };
}
