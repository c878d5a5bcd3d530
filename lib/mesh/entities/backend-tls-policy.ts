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
  /** Whether it names certificates of an authority that Istio can read: the system's, or those of a ConfigMap or a Secret. */
  readonly trustsAnyone: boolean;
}

export function backendTlsPolicyOf(entity: Entity): BackendTlsPolicy {
  const { targetRefs, validation } = specOf(entity.manifest);
  const trustsSystem = field(validation, 'wellKnownCACertificates') === 'System';
  const certificates = list(field(validation, 'caCertificateRefs')).filter(ref => (text(field(ref, 'group')) ?? '') === '' && ['ConfigMap', 'Secret'].includes(text(field(ref, 'kind')) ?? ''));
  return {
    ...entity,
    targets: list(targetRefs).map(ref => ({
      group: text(field(ref, 'group')) ?? '', kind: text(field(ref, 'kind')) ?? '', name: text(field(ref, 'name')) ?? '', section: text(field(ref, 'sectionName')) ?? '',
    })),
    hostname: text(field(validation, 'hostname')) ?? '',
    alternativeNames: list(field(validation, 'subjectAltNames')).flatMap(name => texts([field(name, 'hostname'), field(name, 'uri')])),
    trustsSystem,
    trustsAnyone: trustsSystem || certificates.length > 0,
  };
}
