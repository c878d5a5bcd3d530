import { checkTls, type TlsVersion } from '../values/tls-names.ts';

/** How strict proxies are about TLS. */
export interface MeshTlsProps {
  /** The oldest version of TLS between workloads. @default - Istio's: TLSV1_2 */
  readonly minProtocolVersion?: TlsVersion | undefined;
  /** Cipher suites of TLS 1.2 between workloads, as OpenSSL names them. @default - Istio's */
  readonly cipherSuites?: readonly string[] | undefined;
  /** What holds for TLS that is not the mesh's own, as of gateways and DestinationRules, where they say nothing. @default - Istio's */
  readonly others?: OtherTls | undefined;
}

/** TLS that is not the mesh's own. */
export interface OtherTls {
  /** @default - Istio's: TLSV1_2 */
  readonly minProtocolVersion?: TlsVersion | undefined;
  /** @default - Istio's */
  readonly cipherSuites?: readonly string[] | undefined;
  /** Curves of the key exchange, such as `P-256`. The mesh's own TLS does not ask for them. @default - Istio's */
  readonly ecdhCurves?: readonly string[] | undefined;
}

/**
 * How strict proxies are about TLS, as mesh config that an installation takes.
 *
 * @throws when a cipher suite is none that Istio takes, or TLS 1.3 is asked for together with suites of 1.2
 *
 * @example
 * new IstioInstallation(app, 'istio', { version: '1.30.3', meshConfig: { ...meshTls({ minProtocolVersion: 'TLSV1_3' }) } });
 *
 * @see https://istio.io/latest/docs/tasks/security/tls-configuration/workload-min-tls-version/
 */
export function meshTls({ others, ...mesh }: MeshTlsProps): MeshTlsConfig {
  checkTls('meshTls', mesh);
  if (others) checkTls('meshTls: others', others);
  const said = (settings: object): object => Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  return {
    ...(Object.keys(said(mesh)).length === 0 ? {} : { meshMTLS: said(mesh) }),
    ...(others === undefined || Object.keys(said(others)).length === 0 ? {} : { tlsDefaults: said(others) }),
  };
}

/** The part of the mesh config that is about TLS. */
export interface MeshTlsConfig {
  readonly meshMTLS?: Omit<OtherTls, 'ecdhCurves'>;
  readonly tlsDefaults?: OtherTls;
}
