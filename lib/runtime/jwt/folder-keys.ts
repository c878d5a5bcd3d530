import { createPrivateKey, createPublicKey } from 'node:crypto';
// Not the index of the room, which also loads what writes.
import { followKeys, type FollowKeysOptions } from '../../keys/follow-keys.ts';
import { type Key, type KeySet, publicKeys, signingKey } from '../../keys/key-set.ts';
import type { TokenContract } from '../contract/index.ts';
import type { KeySource, SigningKey } from './key-source.ts';
import { TokenCannotSign, TokenKeysExpired, TokenKeysUnavailable, TokenKeyUnknown } from './token-error.ts';
import { chosen, type VerifyingKeys } from './verifying-key.ts';

/** How a key folder is read by a service. */
export type FolderKeysOptions = FollowKeysOptions;

/** The keys of a folder of `meshwright keys`, followed through every rotation. @throws TokenError */
export function folderKeys(folder: string, { onProblem = warn, ...options }: FolderKeysOptions, token: TokenContract): KeySource {
  const current = opened(folder, { onProblem, ...options });
  const { maxTokenLife } = current().settings;
  if (maxTokenLife < token.lifetimeSeconds) throw new TokenCannotSign(`tokens of the contract live ${token.lifetimeSeconds} s, but the keys of ${folder} are kept for tokens of at most ${maxTokenLife} s; rotate with --max-token-life, or shorten token.lifetimeSeconds`);
  const keysOf = remembered(set => new Map(set.keys.map(({ kid, algorithm, jwk }) => [kid, [{ key: createPublicKey({ key: jwk, format: 'jwk' }), algorithm }]])));
  const signers = new WeakMap<Key, SigningKey>();
  return {
    algorithms: ['ES256', 'RS256', 'PS256'],
    signing: () => {
      const key = signingKey(current(), Date.now());
      if (!key) throw new TokenKeysExpired(folder);
      const signer = signers.get(key) ?? signerOf(key, folder, token);
      signers.set(key, signer);
      return signer;
    },
    verifying: (kid, algorithm) => {
      try {
        return chosen(keysOf(current()), kid, algorithm);
      } catch (error) {
        // Another process may have rotated a moment ago.
        if (error instanceof TokenKeyUnknown) return chosen(keysOf(current('now')), kid, algorithm);
        throw error;
      }
    },
    published: () => publicKeys(current()),
  };
}

function opened(folder: string, options: FollowKeysOptions): ReturnType<typeof followKeys> {
  try {
    return followKeys(folder, options);
  } catch (error) {
    throw new TokenKeysUnavailable(error instanceof Error ? error.message : String(error));
  }
}

function signerOf({ kid, algorithm, jwk, maxTokenLife }: Key, folder: string, token: TokenContract): SigningKey {
  if (algorithm !== token.algorithm) throw new TokenCannotSign(`the contract says ${token.algorithm}, and the key of ${folder} is for ${algorithm}; make them agree`);
  if (jwk.d === undefined) throw new TokenCannotSign(`${folder} has only the public part of its key`);
  return { kid, algorithm, maxTokenLife, key: createPrivateKey({ key: jwk, format: 'jwk' }) };
}

/** Computes once for each key set. */
function remembered(compute: (set: KeySet) => VerifyingKeys): (set: KeySet) => VerifyingKeys {
  const known = new WeakMap<KeySet, VerifyingKeys>();
  return set => {
    const keys = known.get(set) ?? compute(set);
    known.set(set, keys);
    return keys;
  };
}

function warn(error: Error): void {
  process.emitWarning(`${error.message}; the keys that were last read stay in use`, 'MeshwrightKeys');
}
