import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { type Jwk, newKey, publicPart, thumbprint } from '../../keys/signing-key.ts';
import type { TokenContract } from '../contract/index.ts';
import type { KeySource } from './key-source.ts';
import { TokenCannotSign, TokenKeysUnavailable } from './token-error.ts';
import { chosen, fits, verifyingKeys } from './verifying-key.ts';

/** One private key that does not change: PEM, or a JWK. @throws TokenError */
export function privateKeys(given: string | Jwk, { algorithm }: TokenContract): KeySource {
  const key = privateKeyOf(given);
  if (!fits(key, algorithm)) throw new TokenCannotSign(`the private key is not one for ${algorithm}, which the contract says`);
  const publicKey = publicPart(createPublicKey(key).export({ format: 'jwk' }));
  const kid = thumbprint(publicKey);
  const jwks = { keys: [{ ...publicKey, kid, alg: algorithm, use: 'sig' }] };
  const keys = verifyingKeys(jwks, [algorithm]);
  return {
    algorithms: [algorithm],
    signing: () => ({ kid, algorithm, key }),
    verifying: (kid, algorithm) => chosen(keys, kid, algorithm),
    published: () => jwks,
  };
}

/** A key of this process alone. */
export function generatedKeys(token: TokenContract): KeySource {
  return privateKeys(newKey(token.algorithm), token);
}

/** Public keys that do not change. @throws TokenError, when none of them can be used */
export function inlineKeys(jwks: { readonly keys: readonly Jwk[] }, { algorithm }: TokenContract): KeySource {
  if (jwks.keys.some(({ d, k }) => d !== undefined || k !== undefined)) throw new TokenKeysUnavailable('the JWKS holds a private key or a secret, which no verifier needs; give public keys only');
  const keys = verifyingKeys(jwks, [algorithm]);
  if (keys.size === 0) throw new TokenKeysUnavailable(`the JWKS holds no public key for ${algorithm}`);
  return {
    algorithms: [algorithm],
    signing: () => { throw new TokenCannotSign('a JWKS has public keys only'); },
    verifying: (kid, algorithm) => chosen(keys, kid, algorithm),
    published: () => undefined,
  };
}

/** One secret that both signs and verifies. @throws TokenError, when it is short */
export function sharedSecret(secret: string | Uint8Array): KeySource {
  const bytes = Buffer.from(secret);
  // RFC 7518, section 3.2: a key as long as the hash, at least.
  if (bytes.length < 32) throw new TokenCannotSign(`a secret for HS256 needs at least 32 bytes, got ${bytes.length}`);
  const key = { key: createSecretKey(bytes), algorithm: 'HS256', kid: undefined } as const;
  return { algorithms: ['HS256'], signing: () => key, verifying: () => key, published: () => undefined };
}

function privateKeyOf(given: string | Jwk): KeyObject {
  try {
    return typeof given === 'string' ? createPrivateKey(given) : createPrivateKey({ key: given, format: 'jwk' });
  } catch {
    // What OpenSSL says of it is of no help, and the key itself belongs in no message.
    throw new TokenKeysUnavailable('the private key cannot be read; give an unencrypted PEM or a private JWK');
  }
}
