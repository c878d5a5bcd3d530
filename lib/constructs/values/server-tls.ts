import type { ServerTLSSettings } from '../l1.ts';
import { secretName } from './secret-name.ts';
import { checkTls, type TlsVersion } from './tls-names.ts';

/** How strict a gateway is about TLS. */
export interface TlsLimits {
  /** @default - Istio's: TLSV1_2 */
  readonly minProtocolVersion?: TlsVersion | undefined;
  /** @default - Envoy's newest */
  readonly maxProtocolVersion?: TlsVersion | undefined;
  /** Cipher suites for TLS 1.2, as OpenSSL names them. @default - Envoy's */
  readonly cipherSuites?: readonly string[] | undefined;
}

/** Which certificates of clients a gateway accepts. */
export interface ClientCheck {
  /** The Secret with the authorities to trust. @default - `ca.crt` of the gateway's own credential, or the Secret of its name and `-cacert` */
  readonly caCertCredentialName?: string | undefined;
  /** Names that the certificate of a client must have one of. @default - any that is signed */
  readonly subjectAltNames?: readonly string[] | undefined;
  /** Hashes of the public keys of clients, base64 of SHA-256. @default - any */
  readonly verifyCertificateSpki?: readonly string[] | undefined;
  /** Hashes of the certificates of clients, SHA-256. @default - any */
  readonly verifyCertificateHash?: readonly string[] | undefined;
}

/** How a gateway speaks TLS. */
export interface ServerTls extends TlsLimits, ClientCheck {
  readonly mode: 'SIMPLE' | 'MUTUAL' | 'OPTIONAL_MUTUAL' | 'PASSTHROUGH';
  /** The Secrets with the certificates, in the namespace of the gateway's pods. */
  readonly credentialNames: readonly string[];
}

/**
 * How a gateway speaks TLS. Certificates are Secrets, by name: `kubernetes.io/tls`, in the namespace of the gateway's pods.
 *
 * @example
 * ServerTls.simple('shop-example-com')
 */
export const ServerTls = {
  /** TLS as browsers know it. Several credentials where a client may want RSA or ECDSA. */
  simple: (credential: string | readonly string[], limits: TlsLimits = {}): ServerTls => ({ mode: 'SIMPLE', credentialNames: listed(credential), ...limits }),
  /** TLS for clients that show a certificate as well. */
  mutual: (credential: string | readonly string[], check: ClientCheck & TlsLimits = {}): ServerTls => ({ mode: 'MUTUAL', credentialNames: listed(credential), ...check }),
  /** TLS for clients that may show a certificate; what it must be is checked if they do. */
  optionalMutual: (credential: string | readonly string[], check: ClientCheck & TlsLimits = {}): ServerTls => ({ mode: 'OPTIONAL_MUTUAL', credentialNames: listed(credential), ...check }),
  /** Connections go on as they are, by the name that the client asks for; the service has the certificate. */
  passthrough: (): ServerTls => ({ mode: 'PASSTHROUGH', credentialNames: [] }),
};

/**
 * Refuses TLS that no client could speak, or that Istio reads otherwise than it is written.
 *
 * @throws where a credential is no name of a Secret, or the limits leave nothing
 */
export function checkServerTls(where: string, tls: ServerTls): void {
  if (tls.mode !== 'PASSTHROUGH' && tls.credentialNames.length === 0) throw new Error(`${where}: tls needs the name of a Secret with a certificate, got none`);
  // Istio takes at most one of RSA and one of ECDSA.
  if (tls.credentialNames.length > 2) throw new Error(`${where}: a server has at most two certificates, one of RSA and one of ECDSA, got ${tls.credentialNames.length}`);
  for (const name of [...tls.credentialNames, ...(tls.caCertCredentialName === undefined ? [] : [tls.caCertCredentialName])]) {
    // `kubernetes://` says where the Secret is; `configmap://` names another kind.
    secretName(`${where}: tls`, name.replace(/^(?:kubernetes|configmap):\/\/(?:[a-z0-9-]{1,63}\/)?/, ''));
  }
  checkTls(`${where}: tls`, tls);
}

/** Prints it as a Gateway takes it. */
export function serverTls({ mode, credentialNames, ...rest }: ServerTls): ServerTLSSettings {
  const [only] = credentialNames;
  return {
    mode,
    ...(credentialNames.length > 1 ? { credentialNames: [...credentialNames] } : only === undefined ? {} : { credentialName: only }),
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
  };
}

function listed(credential: string | readonly string[]): readonly string[] {
  return typeof credential === 'string' ? [credential] : credential;
}
