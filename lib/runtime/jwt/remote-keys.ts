import { KeyObject, type webcrypto } from 'node:crypto';
import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors } from 'jose';
import type { TokenContract } from '../contract/index.ts';
import { boundedFetch } from './fetch-jwks.ts';
import type { Algorithm, KeySource, VerifyingKey } from './key-source.ts';
import { TokenCannotSign, TokenKeysUnavailable, TokenKeyUnknown } from './token-error.ts';
import { fits } from './verifying-key.ts';

/** How keys are fetched from the issuer. */
export interface RemoteKeysOptions {
  /** @default - token.jwksUri of the contract */
  readonly uri?: string | undefined;
  /** Allows `http:`. Only where something else encrypts, such as the mesh itself: who can answer for the issuer can sign for it. @default - token.plainHttp of the contract */
  readonly plainHttp?: boolean | undefined;
  /** In milliseconds. @default 5000 */
  readonly timeout?: number | undefined;
  /** After this long, keys are fetched again, in milliseconds. @default 600000 */
  readonly maxAge?: number | undefined;
  /** For how long after that keys stay in use while the server cannot be reached, in milliseconds. @default 3600000 */
  readonly maxStale?: number | undefined;
  /**
   * The least time between two fetches for a key that is not known, and the longest pause after failures, in milliseconds:
   * tokens with made-up key ids cannot make this service flood the issuer.
   *
   * @default 30000
   */
  readonly cooldown?: number | undefined;
  /** The largest JWKS, in bytes. @default 1048576 */
  readonly maxBytes?: number | undefined;
}

/** The public keys of an issuer, fetched when they are first needed, cached, and followed through rotation. */
export function remoteKeys(options: RemoteKeysOptions, token: TokenContract): KeySource {
  const { timeout = 5000, maxAge = 600_000, maxStale = 3_600_000, cooldown = 30_000, maxBytes = 1024 * 1024 } = options;
  const url = urlOf(options, token);
  let last: { readonly at: number; readonly keys: ReturnType<typeof createLocalJWKSet> } | undefined;
  const set = createRemoteJWKSet(url, {
    timeoutDuration: timeout,
    cacheMaxAge: maxAge,
    cooldownDuration: cooldown,
    [customFetch]: boundedFetch({ maxBytes, cooldown, onKeys: jwks => { last = { at: performance.now(), keys: createLocalJWKSet(jwks as Parameters<typeof createLocalJWKSet>[0]) }; } }),
  });
  const find = async (kid: string | undefined, algorithm: Algorithm): Promise<webcrypto.CryptoKey> => {
    const header = { alg: algorithm, ...(kid === undefined ? {} : { kid }) };
    try {
      return await set(header);
    } catch (error) {
      if (isNoMatch(error)) throw new TokenKeyUnknown(kid);
      // The fetch failed. A key that is known is as good as it was, for a while.
      const stale = last && performance.now() - last.at < maxAge + maxStale ? await last.keys(header).catch(() => undefined) : undefined;
      if (stale) return stale;
      throw new TokenKeysUnavailable(`${url.href}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const known = new WeakMap<webcrypto.CryptoKey, VerifyingKey>();
  return {
    algorithms: [token.algorithm],
    signing: () => { throw new TokenCannotSign('the keys are those of another issuer'); },
    verifying: async (kid, algorithm) => {
      const found = await find(kid, algorithm);
      const key = known.get(found) ?? { key: KeyObject.from(found), algorithm };
      if (!fits(key.key, algorithm)) throw new TokenKeyUnknown(kid);
      known.set(found, key);
      return key;
    },
    published: () => undefined,
  };
}

function urlOf({ uri, plainHttp }: RemoteKeysOptions, token: TokenContract): URL {
  const text = uri ?? token.jwksUri;
  if (text === undefined) throw new TokenKeysUnavailable('the contract has no token.jwksUri; say there where the issuer serves its keys');
  if (!URL.canParse(text)) throw new TokenKeysUnavailable(`${JSON.stringify(text)} is no URL`);
  const url = new URL(text);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && (plainHttp ?? token.plainHttp))) return url;
  throw new TokenKeysUnavailable(`${text} must be https; with plainHttp, http is allowed where the mesh encrypts it`);
}

/** No key, or more than one, is the one that the token names. */
function isNoMatch(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}
