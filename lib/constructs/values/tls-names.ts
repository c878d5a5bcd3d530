import { shown } from '../../schema/index.ts';

/** A version of TLS, as Istio names it. */
export type TlsVersion = 'TLSV1_2' | 'TLSV1_3';

/**
 * Refuses versions of which none is between the oldest and the newest, and cipher suites that Istio would drop or ignore.
 *
 * @throws with the suite, and where there are others
 * Source: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-TLSConfig
 */
export function checkTls(where: string, { minProtocolVersion, maxProtocolVersion, cipherSuites }: { readonly minProtocolVersion?: TlsVersion | undefined; readonly maxProtocolVersion?: TlsVersion | undefined; readonly cipherSuites?: readonly string[] | undefined }): void {
  if (minProtocolVersion === 'TLSV1_3' && maxProtocolVersion === 'TLSV1_2') throw new Error(`${where}: minProtocolVersion TLSV1_3 is above maxProtocolVersion TLSV1_2, so no client could connect; leave one out`);
  if (!cipherSuites) return;
  if (cipherSuites.length === 0) throw new Error(`${where}: cipherSuites is empty; name suites, or leave it out for Envoy's`);
  const unknown = cipherSuites.find(suite => !suites.includes(suite));
  if (unknown !== undefined) {
    const ofTls13 = unknown.startsWith('TLS_');
    throw new Error(`${where}: ${shown(unknown)} is no cipher suite that Istio takes${ofTls13 ? '; those of TLS 1.3 cannot be chosen' : ''}; take of ${suites.join(', ')}`);
  }
  const twice = cipherSuites.find((suite, i) => cipherSuites.indexOf(suite) !== i);
  if (twice !== undefined) throw new Error(`${where}: cipher suite ${twice} is named twice; name it once`);
  if (minProtocolVersion === 'TLSV1_3') throw new Error(`${where}: cipherSuites are those of TLS 1.2, which minProtocolVersion TLSV1_3 leaves out; leave cipherSuites out`);
}

/** Source: istio/istio pkg/config/security/security.go */
const suites: readonly string[] = [
  ...['ECDHE-ECDSA-', 'ECDHE-RSA-', ''].flatMap(exchange => ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'AES128-SHA', 'AES256-SHA', 'AES128-SHA256'].map(cipher => exchange + cipher)),
  'ECDHE-ECDSA-AES256-SHA384', 'ECDHE-RSA-AES256-SHA384', 'AES256-SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305', 'DES-CBC3-SHA',
];
