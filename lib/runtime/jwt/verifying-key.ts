import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Jwk } from '../../keys/signing-key.ts';
import type { Algorithm, VerifyingKey } from './key-source.ts';
import { TokenAlgorithmRefused, TokenKeyUnknown } from './token-error.ts';

/** The public keys of an issuer by their ids; keys without an id have the id undefined. */
export type VerifyingKeys = ReadonlyMap<string | undefined, readonly VerifyingKey[]>;

/** The key that a token names. A token that names none is given the only key of its algorithm. @throws TokenError */
export function chosen(keys: VerifyingKeys, kid: string | undefined, algorithm: Algorithm): VerifyingKey {
  const named = kid === undefined ? [...keys.values()].flat() : keys.get(kid) ?? [];
  const fitting = named.length === 1 && named[0]?.algorithm === algorithm ? named : named.filter(other => other.algorithm === algorithm);
  if (fitting.length === 1 && fitting[0]) return fitting[0];
  if (kid !== undefined && named.length > 0 && fitting.length === 0) throw new TokenAlgorithmRefused(algorithm, named.map(other => other.algorithm));
  throw new TokenKeyUnknown(kid);
}

/**
 * The keys of a JWKS that can verify one of these algorithms; others in it are for someone else, and passed over. A key
 * that does not say its algorithm is pinned to the first of these that fits it.
 */
export function verifyingKeys(jwks: { readonly keys: readonly Jwk[] }, algorithms: readonly Algorithm[]): VerifyingKeys {
  const keys = new Map<string | undefined, VerifyingKey[]>();
  for (const jwk of jwks.keys) {
    const key = jwk.use === undefined || jwk.use === 'sig' ? publicKeyOf(jwk) : undefined;
    const algorithm = key && algorithms.find(name => (jwk.alg === undefined || jwk.alg === name) && fits(key, name));
    if (!key || !algorithm) continue;
    const kid = typeof jwk.kid === 'string' ? jwk.kid : undefined;
    keys.set(kid, [...(keys.get(kid) ?? []), { key, algorithm }]);
  }
  return keys;
}

/** Whether a key is strong enough for an algorithm, and of its kind. */
export function fits(key: KeyObject, algorithm: Algorithm): boolean {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (algorithm === 'HS256') return key.type === 'secret';
  return algorithm === 'ES256' ? namedCurve === 'prime256v1' : key.asymmetricKeyType === 'rsa' && modulusLength >= 2048;
}

function publicKeyOf(jwk: Jwk): KeyObject | undefined {
  try {
    return jwk.kty === 'EC' || jwk.kty === 'RSA' ? createPublicKey({ key: jwk, format: 'jwk' }) : undefined;
  } catch {
    return undefined;
  }
}
