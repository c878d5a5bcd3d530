export type { Jwk } from '../../keys/signing-key.ts';
export type { FolderKeysOptions } from './folder-keys.ts';
export type { GenerateOptions } from './generate.ts';
export type { Algorithm, KeySource, SigningKey, VerifyingKey } from './key-source.ts';
export { Keys } from './keys.ts';
export type { RemoteKeysOptions } from './remote-keys.ts';
export {
  TokenAlgorithmRefused, TokenAudienceRefused, TokenCannotSign, TokenClaimMissing, TokenClaimRefused, TokenError, type TokenErrorCode, TokenExpired,
  TokenFromTheFuture, TokenIssuerRefused, TokenKeyConfusion, TokenKeysExpired, TokenKeysUnavailable, TokenKeyUnknown, TokenLifetimeRefused, TokenMalformed,
  TokenMissing, TokenNotYetValid, TokenTampered, TokenUnsigned,
} from './token-error.ts';
export { Tokens, type TokensOptions } from './tokens.ts';
export type { Claims } from './verify.ts';
