import { boolean, field, list, mapping, text, texts } from '../../manifest/index.ts';

/** Where a token may stand in a request. */
export type TokenPlace =
  | { readonly header: string; /** What comes before the token in the value. */ readonly prefix: string }
  | { readonly parameter: string }
  | { readonly cookie: string };

/** One rule of a RequestAuthentication: which tokens of which issuer are taken, where they stand, and what is made of them. */
export interface JwtRule {
  readonly issuer: string;
  /** Empty: any audience. */
  readonly audiences: readonly string[];
  readonly jwksUri: string;
  /** An inline JWKS, as text. */
  readonly jwks: string | undefined;
  /** The keys of an inline JWKS; undefined where there is none or where it cannot be read. */
  readonly keys: readonly JwtKey[] | undefined;
  readonly places: readonly TokenPlace[];
  readonly forwardsToken: boolean;
  /** The header that gets the payload of a valid token; '' for none. */
  readonly payloadHeader: string;
  readonly claimHeaders: readonly { readonly header: string; readonly claim: string }[];
  /** Claims that are lists written with spaces. */
  readonly spaceDelimitedClaims: readonly string[];
  readonly path: string;
  readonly raw: unknown;
}

/** What tells which key of a JWKS a token is signed with. */
export interface JwtKey {
  readonly id: string | undefined;
  /** Such as RSA or EC. */
  readonly type: string;
  /** Whether who reads it can sign with it: a symmetric key, or one with its private part. */
  readonly signs: boolean;
}

/**
 * Reads a rule.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/jwt/
 */
export function jwtRuleOf(raw: unknown, path: string): JwtRule {
  const inline = text(field(raw, 'jwks'));
  return {
    issuer: text(field(raw, 'issuer')) ?? '',
    audiences: texts(field(raw, 'audiences')),
    jwksUri: text(field(raw, 'jwksUri')) ?? text(field(raw, 'jwks_uri')) ?? '',
    jwks: inline,
    keys: inline === undefined ? undefined : keysOf(inline),
    places: placesOf(raw),
    forwardsToken: boolean(field(raw, 'forwardOriginalToken')) ?? false,
    payloadHeader: (text(field(raw, 'outputPayloadToHeader')) ?? '').toLowerCase(),
    claimHeaders: list(field(raw, 'outputClaimToHeaders')).map(item => ({
      header: (text(field(item, 'header')) ?? '').toLowerCase(), claim: text(field(item, 'claim')) ?? '',
    })),
    spaceDelimitedClaims: ['scope', 'permission', ...texts(field(raw, 'spaceDelimitedClaims'))],
    path,
    raw,
  };
}

function placesOf(raw: unknown): readonly TokenPlace[] {
  const places: TokenPlace[] = [
    ...list(field(raw, 'fromHeaders')).map(item => ({ header: (text(field(item, 'name')) ?? '').toLowerCase(), prefix: text(field(item, 'prefix')) ?? '' })),
    ...texts(field(raw, 'fromParams')).map(parameter => ({ parameter })),
    ...texts(field(raw, 'fromCookies')).map(cookie => ({ cookie })),
  ];
  return places.length > 0 ? places : [{ header: 'authorization', prefix: 'Bearer ' }, { parameter: 'access_token' }];
}

function keysOf(jwks: string): readonly JwtKey[] | undefined {
  try {
    const keys: unknown = (mapping(JSON.parse(jwks)) ?? {}).keys;
    return Array.isArray(keys) ? keys.map(key => ({ id: text(field(key, 'kid')), type: text(field(key, 'kty')) ?? '', signs: field(key, 'kty') === 'oct' || field(key, 'd') !== undefined })) : undefined;
  } catch {
    return undefined;
  }
}
