/** Why a token was refused, or could not be made; each code has one class. */
export type TokenErrorCode =
  | 'ERR_TOKEN_MISSING'
  | 'ERR_TOKEN_MALFORMED'
  | 'ERR_TOKEN_UNSIGNED'
  | 'ERR_TOKEN_KEY_CONFUSION'
  | 'ERR_TOKEN_ALGORITHM'
  | 'ERR_TOKEN_KEY_UNKNOWN'
  | 'ERR_TOKEN_SIGNATURE'
  | 'ERR_TOKEN_EXPIRED'
  | 'ERR_TOKEN_NOT_YET_VALID'
  | 'ERR_TOKEN_CLOCK_SKEW'
  | 'ERR_TOKEN_CLAIM_MISSING'
  | 'ERR_TOKEN_ISSUER'
  | 'ERR_TOKEN_AUDIENCE'
  | 'ERR_TOKEN_KEYS_UNAVAILABLE'
  | 'ERR_TOKEN_KEYS_EXPIRED'
  | 'ERR_TOKEN_CANNOT_SIGN'
  | 'ERR_TOKEN_LIFETIME'
  | 'ERR_TOKEN_CLAIM';

/** What every error of tokens is. The message never holds a token or a key. */
export abstract class TokenError extends Error {
  abstract readonly code: TokenErrorCode;
  /** The status to answer a request with: 401, or 5xx where the request is not to blame. */
  readonly status: 401 | 500 | 503 = 401;
}

/** There is no token. */
export class TokenMissing extends TokenError {
  override readonly name = 'TokenMissing';
  readonly code = 'ERR_TOKEN_MISSING';
  constructor() { super('a token is required, got none'); }
}

/** The text is no signed JWT that can be read. */
export class TokenMalformed extends TokenError {
  override readonly name = 'TokenMalformed';
  readonly code = 'ERR_TOKEN_MALFORMED';
  constructor(reason: string) { super(`the token cannot be read: ${reason}`); }
}

/** The token says `alg: none`. */
export class TokenUnsigned extends TokenError {
  override readonly name = 'TokenUnsigned';
  readonly code = 'ERR_TOKEN_UNSIGNED';
  constructor() { super('the token is not signed (alg: none)'); }
}

/** The token is signed with a shared secret where public keys are used: the public key may have been taken for the secret. */
export class TokenKeyConfusion extends TokenError {
  override readonly name = 'TokenKeyConfusion';
  readonly code = 'ERR_TOKEN_KEY_CONFUSION';
  constructor(expected: readonly string[]) { super(`the token is signed with a shared secret; this service takes ${expected.join(', ')}`); }
}

/** The token is signed with another algorithm than its key is for. */
export class TokenAlgorithmRefused extends TokenError {
  override readonly name = 'TokenAlgorithmRefused';
  readonly code = 'ERR_TOKEN_ALGORITHM';
  constructor(given: string, expected: readonly string[]) { super(`the token is signed with ${quoted(given)}; expected ${expected.join(', ')}`); }
}

/** No key has the id that the token names. */
export class TokenKeyUnknown extends TokenError {
  override readonly name = 'TokenKeyUnknown';
  readonly code = 'ERR_TOKEN_KEY_UNKNOWN';
  constructor(kid: string | undefined) { super(kid === undefined ? 'the token names no key (kid), and there is not exactly one that could be meant' : `no key has the id that the token names, ${quoted(kid)}`); }
}

/** The signature is not that of this token: it was changed, or signed by someone else. */
export class TokenTampered extends TokenError {
  override readonly name = 'TokenTampered';
  readonly code = 'ERR_TOKEN_SIGNATURE';
  constructor() { super('the signature of the token does not fit it'); }
}

/** The token has expired. */
export class TokenExpired extends TokenError {
  override readonly name = 'TokenExpired';
  readonly code = 'ERR_TOKEN_EXPIRED';
  readonly expiredAt: Date;
  constructor(expiredAt: Date) {
    super(`the token expired at ${dateText(expiredAt)}`);
    this.expiredAt = expiredAt;
  }
}

/** The token is not valid yet (`nbf`). */
export class TokenNotYetValid extends TokenError {
  override readonly name = 'TokenNotYetValid';
  readonly code = 'ERR_TOKEN_NOT_YET_VALID';
  readonly validFrom: Date;
  constructor(validFrom: Date) {
    super(`the token is not valid before ${dateText(validFrom)}`);
    this.validFrom = validFrom;
  }
}

/** The token was issued in the future (`iat`): the clock of its issuer and this one are further apart than is tolerated. */
export class TokenFromTheFuture extends TokenError {
  override readonly name = 'TokenFromTheFuture';
  readonly code = 'ERR_TOKEN_CLOCK_SKEW';
  readonly issuedAt: Date;
  constructor(issuedAt: Date) {
    super(`the token was issued at ${dateText(issuedAt)}, which is yet to come; compare the clock of its issuer with this one`);
    this.issuedAt = issuedAt;
  }
}

/** The token lacks a claim that it must have. */
export class TokenClaimMissing extends TokenError {
  override readonly name = 'TokenClaimMissing';
  readonly code = 'ERR_TOKEN_CLAIM_MISSING';
  readonly claim: string;
  constructor(claim: string) {
    super(`the token has no claim ${claim}`);
    this.claim = claim;
  }
}

/** The token is of another issuer. */
export class TokenIssuerRefused extends TokenError {
  override readonly name = 'TokenIssuerRefused';
  readonly code = 'ERR_TOKEN_ISSUER';
  constructor(given: unknown, expected: string) { super(`the issuer of the token is ${quoted(given)}; expected ${quoted(expected)}`); }
}

/** The token is meant for someone else. */
export class TokenAudienceRefused extends TokenError {
  override readonly name = 'TokenAudienceRefused';
  readonly code = 'ERR_TOKEN_AUDIENCE';
  constructor(given: unknown, expected: readonly string[]) { super(`the token is for ${quoted(given)}; expected ${expected.map(quoted).join(' or ')}`); }
}

/** The keys cannot be had, so that nothing can be said of the token. */
export class TokenKeysUnavailable extends TokenError {
  override readonly name = 'TokenKeysUnavailable';
  readonly code = 'ERR_TOKEN_KEYS_UNAVAILABLE';
  override readonly status = 503;
  constructor(reason: string) { super(`the keys cannot be had: ${reason}`); }
}

/** The key that signs has come to its end, and no other follows it. */
export class TokenKeysExpired extends TokenError {
  override readonly name = 'TokenKeysExpired';
  readonly code = 'ERR_TOKEN_KEYS_EXPIRED';
  override readonly status = 500;
  constructor(folder: string) { super(`no key of ${folder} may sign any more; run meshwright keys rotate ${folder}`); }
}

/** These keys can only verify. */
export class TokenCannotSign extends TokenError {
  override readonly name = 'TokenCannotSign';
  readonly code = 'ERR_TOKEN_CANNOT_SIGN';
  override readonly status = 500;
  constructor(reason: string) { super(`a token cannot be signed: ${reason}`); }
}

/** A token was asked for that would live too long, or not at all. */
export class TokenLifetimeRefused extends TokenError {
  override readonly name = 'TokenLifetimeRefused';
  readonly code = 'ERR_TOKEN_LIFETIME';
  override readonly status = 500;
}

/** A token was asked for with claims that it cannot have. */
export class TokenClaimRefused extends TokenError {
  override readonly name = 'TokenClaimRefused';
  readonly code = 'ERR_TOKEN_CLAIM';
  override readonly status = 500;
}

/** What a stranger wrote, short and on one line. */
function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** A time that a stranger wrote may be none. */
function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'no time that a clock can show' : date.toISOString();
}
