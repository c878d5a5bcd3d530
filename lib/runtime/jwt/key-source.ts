import type { KeyObject } from 'node:crypto';
import type { Jwk } from '../../keys/signing-key.ts';

/** The algorithms of tokens. HS256 only with a shared secret, which says so. */
export type Algorithm = 'ES256' | 'RS256' | 'PS256' | 'HS256';

/** A key that a token may have been signed with, pinned to one algorithm. */
export interface VerifyingKey {
  readonly key: KeyObject;
  readonly algorithm: Algorithm;
}

/** The key that signs. */
export interface SigningKey extends VerifyingKey {
  readonly kid: string | undefined;
  /** The longest that its tokens may live, in seconds. @default - any time */
  readonly maxTokenLife?: number | undefined;
}

/** Where the keys of an issuer come from. */
export interface KeySource {
  /** The algorithms that a token may be signed with. */
  readonly algorithms: readonly Algorithm[];
  /** @throws TokenError */
  signing(): SigningKey;
  /** The key that a token names, or the only one. @throws TokenError */
  verifying(kid: string | undefined, algorithm: Algorithm): VerifyingKey | Promise<VerifyingKey>;
  /** The public keys, as a JWKS; undefined where there is nothing to publish. */
  published(): { readonly keys: readonly Jwk[] } | undefined;
}
