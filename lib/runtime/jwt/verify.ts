import jsonwebtoken from 'jsonwebtoken';
import type { TokenContract } from '../contract/index.ts';
import type { Algorithm, KeySource, VerifyingKey } from './key-source.ts';
import {
  TokenAlgorithmRefused, TokenAudienceRefused, TokenClaimMissing, TokenExpired, TokenFromTheFuture, TokenIssuerRefused, TokenKeyConfusion, TokenMalformed,
  TokenMissing, TokenNotYetValid, TokenTampered, TokenUnsigned,
} from './token-error.ts';

/** What a verified token says. */
export interface Claims {
  readonly iss: string;
  /** @default - absent from tokens of some other issuers */
  readonly sub?: string;
  readonly aud: string | readonly string[];
  readonly exp: number;
  readonly iat?: number;
  readonly [claim: string]: unknown;
}

/** The longest token, in characters. Proxies take no longer headers by default than a few of these. */
export const largestToken = 16 * 1024;

/** The claims of a token that is what it says it is. @throws TokenError */
export async function verified(token: string, source: KeySource, contract: TokenContract): Promise<Claims> {
  const { kid, alg } = headerOf(token, source);
  const found = source.verifying(kid, alg);
  // A key that is at hand is not waited for.
  const claims = signedClaims(token, found instanceof Promise ? await found : found, contract);
  const { iss, aud, exp, iat } = claims;
  if (iss === undefined) throw new TokenClaimMissing('iss');
  if (iss !== contract.issuer) throw new TokenIssuerRefused(iss, contract.issuer);
  if (aud === undefined) throw new TokenClaimMissing('aud');
  if (!contract.audiences.some(name => name === aud || (Array.isArray(aud) && aud.includes(name)))) throw new TokenAudienceRefused(aud, contract.audiences);
  if (exp === undefined) throw new TokenClaimMissing('exp');
  if (iat !== undefined && typeof iat !== 'number') throw new TokenMalformed('iat is not a number');
  if (iat !== undefined && iat > Date.now() / 1000 + contract.clockToleranceSeconds) throw new TokenFromTheFuture(new Date(iat * 1000));
  return claims as Claims;
}

/** What the header asks for, refused before any key is looked at: a token does not choose how it is verified. */
function headerOf(token: unknown, { algorithms }: KeySource): { readonly kid: string | undefined; readonly alg: Algorithm } {
  if (token === undefined || token === null || token === '') throw new TokenMissing();
  if (typeof token !== 'string') throw new TokenMalformed(`it is not text but a ${typeof token}`);
  if (token.length > largestToken) throw new TokenMalformed(`it has ${token.length} characters, more than ${largestToken}`);
  const { alg, kid, crit } = parsedHeader(token.slice(0, token.indexOf('.')));
  if (typeof alg !== 'string') throw new TokenMalformed('its header names no algorithm');
  if (alg.toLowerCase() === 'none') throw new TokenUnsigned();
  if (kid !== undefined && typeof kid !== 'string') throw new TokenMalformed('its kid is not text');
  // RFC 7515, section 4.1.11: what a token calls critical must be understood.
  if (crit !== undefined) throw new TokenMalformed('it asks for extensions (crit), and none is known here');
  if (algorithms.some(name => name === alg)) return { kid, alg: alg as Algorithm };
  throw alg.startsWith('HS') ? new TokenKeyConfusion(algorithms) : new TokenAlgorithmRefused(alg, algorithms);
}

/** All tokens of a key have the same header. */
const headers = new Map<string, Readonly<Record<string, unknown>>>();

function parsedHeader(part: string): Readonly<Record<string, unknown>> {
  const known = headers.get(part);
  if (known) return known;
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    // What JSON.parse says quotes the token.
  }
  if (typeof header !== 'object' || header === null) throw new TokenMalformed('its header is not a JSON object');
  // Anyone may send headers of their own.
  if (headers.size >= 32) headers.clear();
  headers.set(part, header as Readonly<Record<string, unknown>>);
  return header as Readonly<Record<string, unknown>>;
}

/** Signature, `exp` and `nbf` are judged by jsonwebtoken, with the algorithm of the key and no other. */
function signedClaims(token: string, { key, algorithm }: VerifyingKey, { clockToleranceSeconds }: TokenContract): Readonly<Record<string, unknown>> {
  let claims;
  try {
    claims = jsonwebtoken.verify(token, key, { algorithms: [algorithm], clockTolerance: clockToleranceSeconds });
  } catch (error) {
    throw refusal(error);
  }
  if (typeof claims !== 'object') throw new TokenMalformed('its payload is not a JSON object');
  return claims;
}

function refusal(error: unknown): Error {
  if (error instanceof jsonwebtoken.TokenExpiredError) return new TokenExpired(error.expiredAt);
  if (error instanceof jsonwebtoken.NotBeforeError) return new TokenNotYetValid(error.date);
  const message = error instanceof Error ? error.message : String(error);
  if (message === 'invalid signature' || message === 'jwt signature is required') return new TokenTampered();
  if (message === 'invalid exp value' || message === 'invalid nbf value') return new TokenMalformed(message);
  return new TokenMalformed('its payload or signature is not what a JWT has');
}
