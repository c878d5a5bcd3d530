/** How the certificate of a server is verified. */
export interface Verification {
  /** The name that the server is asked for. @default - the host */
  readonly sni?: string | undefined;
  /** Names that its certificate must have one of. @default - the certificate's own are not looked at */
  readonly subjectAltNames?: readonly string[] | undefined;
  /** The file of the authorities to trust, in the proxy; `system` for those of its operating system. @default - as the mesh is set */
  readonly caCertificates?: string | undefined;
  /** The file of certificates that no longer hold. @default - none */
  readonly caCrl?: string | undefined;
  /** The Secret of the authorities to trust. @default - none */
  readonly credentialName?: string | undefined;
  /** Accepts any certificate: encrypted, but to nobody in particular. @default false */
  readonly insecureSkipVerify?: boolean | undefined;
}

/** The certificate that a client shows, by files in the proxy. */
export interface ClientFiles {
  readonly clientCertificate: string;
  readonly privateKey: string;
}

/** How clients of a service connect to it. */
export interface ClientTls extends Verification, Partial<ClientFiles> {
  readonly mode: 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL';
}

/**
 * How clients of a service connect to it. Keys and certificates are named, never given.
 *
 * @example
 * ClientTls.simple({ sni: 'api.example.com' })
 */
export const ClientTls = {
  /** Plain text. */
  disable: (): ClientTls => ({ mode: 'DISABLE' }),
  /** TLS, as a browser does. */
  simple: (verification: Verification = {}): ClientTls => ({ mode: 'SIMPLE', ...verification }),
  /** TLS with a certificate of one's own: a Secret, or files in the proxy. */
  mutual: (certificate: ({ readonly credentialName: string } | ClientFiles) & Verification): ClientTls => ({ mode: 'MUTUAL', ...certificate }),
  /** TLS with the certificates of the mesh. */
  istioMutual: (verification: Pick<Verification, 'sni' | 'subjectAltNames'> = {}): ClientTls => ({ mode: 'ISTIO_MUTUAL', ...verification }),
};
