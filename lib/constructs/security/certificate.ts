import type { Duration } from 'cdk8s';
import type { CertificateSpec } from '../l1.ts';

/** The kind of a private key: P-256, P-384, or RSA of 2048 bits. */
export type CertificateKey = 'ECDSA' | 'ECDSA-384' | 'RSA';

/** A private key that is made anew with each certificate. */
export function privateKey(key: CertificateKey = 'ECDSA'): NonNullable<CertificateSpec['privateKey']> {
  const kind = { ECDSA: { algorithm: 'ECDSA', size: 256 }, 'ECDSA-384': { algorithm: 'ECDSA', size: 384 }, RSA: { algorithm: 'RSA', size: 2048 } } as const;
  return { ...kind[key], rotationPolicy: 'Always' };
}

/**
 * How long a certificate is valid, and when it is replaced.
 *
 * @throws when it would be replaced before it is valid, or is valid for less than cert-manager takes
 * Source: https://cert-manager.io/docs/usage/certificate/
 */
export function certificateTimes(where: string, { validFor, renewBefore }: { readonly validFor?: Duration | undefined; readonly renewBefore?: Duration | undefined }): Pick<CertificateSpec, 'duration' | 'renewBefore'> {
  const valid = validFor?.toMinutes({ integral: false });
  const before = renewBefore?.toMinutes({ integral: false });
  if (valid !== undefined && valid < 60) throw new Error(`${where}: validFor must be at least an hour, got ${valid} minutes`);
  if (before !== undefined && before < 5) throw new Error(`${where}: renewBefore must be at least 5 minutes, got ${before} minutes`);
  // Where nothing is said, 90 days hold.
  const longest = valid ?? 90 * 24 * 60;
  if (before !== undefined && before >= longest) throw new Error(`${where}: renewBefore (${before} minutes) must be less than the certificate is valid (${longest} minutes)`);
  return {
    ...(valid === undefined ? {} : { duration: written(valid) }),
    ...(before === undefined ? {} : { renewBefore: written(before) }),
  };
}

function written(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${Math.round(minutes)}m`;
}
