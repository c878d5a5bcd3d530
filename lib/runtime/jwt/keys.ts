import type { Jwk } from '../../keys/signing-key.ts';
import type { TokenContract } from '../contract/index.ts';
import { generatedKeys, inlineKeys, privateKeys, sharedSecret } from './fixed-keys.ts';
import { folderKeys, type FolderKeysOptions } from './folder-keys.ts';
import type { KeySource } from './key-source.ts';
import { remoteKeys, type RemoteKeysOptions } from './remote-keys.ts';

/** Where the keys of tokens come from. */
export interface Keys {
  /** @throws TokenError, when they cannot be had or do not fit the contract */
  open(token: TokenContract): KeySource;
}

export const Keys = {
  /** A folder that `meshwright keys` keeps, or a mounted copy of it: signs and verifies, and follows every rotation without a restart. */
  folder: (folder: string, options: FolderKeysOptions = {}): Keys => ({ open: token => folderKeys(folder, options, token) }),

  /** One private key, as an unencrypted PEM or a JWK: signs and verifies. It cannot be rotated without a gap: see `folder`. */
  privateKey: (key: string | Jwk): Keys => ({ open: token => privateKeys(key, token) }),

  /** A new key that is gone with the process, and that no other replica knows: for tests, and for trying things. */
  generated: (): Keys => ({ open: generatedKeys }),

  /** The keys of another issuer, fetched from its JWKS: verifies. */
  remote: (options: RemoteKeysOptions = {}): Keys => ({ open: token => remoteKeys(options, token) }),

  /** Public keys given inline: verifies. */
  jwks: (jwks: { readonly keys: readonly Jwk[] }): Keys => ({ open: token => inlineKeys(jwks, token) }),

  /**
   * HS256: one secret that signs and verifies. It is wrong next to a mesh. Envoy verifies with the keys that it is given, so
   * that the secret would have to stand in a RequestAuthentication or a JWKS, where everyone who reads it can sign tokens
   * as you; and every service that verifies can sign, too. Only for tokens that no proxy ever sees.
   */
  hs256SharedSecret: (secret: string | Uint8Array): Keys => ({ open: () => sharedSecret(secret) }),
};
