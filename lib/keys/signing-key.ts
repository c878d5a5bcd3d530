import { createHash, generateKeyPairSync, type JsonWebKey } from 'node:crypto';

/** Signature algorithms with a public key that Envoy knows. */
export type KeyAlgorithm = 'ES256' | 'RS256' | 'PS256';

export const keyAlgorithms: readonly KeyAlgorithm[] = ['ES256', 'RS256', 'PS256'];

/** A key as a JWK: public, or with its private part. */
export type Jwk = Readonly<JsonWebKey>;

/** Members that are public, in the order that a thumbprint wants them; an allow-list, so that nothing else is ever published. */
const publicMembers: Readonly<Record<string, readonly string[]>> = { EC: ['crv', 'kty', 'x', 'y'], RSA: ['e', 'kty', 'n'] };

/** A new private key: P-256, or RSA with 2048 bits. */
export function newKey(algorithm: KeyAlgorithm): Jwk {
  const { privateKey } = algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ format: 'jwk' });
}

/** The public part of a key. */
export function publicPart(jwk: Jwk): Jwk {
  const members = publicMembers[jwk.kty ?? ''] ?? ['kty'];
  return Object.fromEntries(members.map(member => [member, jwk[member]]));
}

/**
 * The id of a key, the same wherever it is computed: the SHA-256 of its public members.
 *
 * Source: https://www.rfc-editor.org/rfc/rfc7638
 */
export function thumbprint(jwk: Jwk): string {
  return createHash('sha256').update(JSON.stringify(publicPart(jwk))).digest('base64url');
}
