import jsonwebtoken from 'jsonwebtoken';
import type { TokenContract } from '../contract/index.ts';
import type { SigningKey } from './key-source.ts';
import { TokenClaimRefused, TokenLifetimeRefused } from './token-error.ts';
import { largestToken } from './verify.ts';

/** How a token is made. */
export interface GenerateOptions {
  /** In seconds. @default - token.lifetimeSeconds of the contract, which is 3600 unless said otherwise */
  readonly expiresIn?: number | undefined;
  /** One or some of the contract's audiences. @default - all of them */
  readonly audience?: string | readonly string[] | undefined;
}

/** Claims that say who vouches for the token, to whom and how long: no caller's claims may speak for them. */
const reserved = ['iss', 'sub', 'aud', 'exp', 'iat'];

/** A signed token. @throws TokenError */
export function generated(key: SigningKey, contract: TokenContract, subject: string, claims: Readonly<Record<string, unknown>>, options: GenerateOptions): string {
  const { expiresIn = contract.lifetimeSeconds } = options;
  if (typeof subject !== 'string' || subject === '') throw new TokenClaimRefused('the subject must be a text that is not empty');
  const taken = reserved.find(name => Object.hasOwn(claims, name));
  if (taken !== undefined) throw new TokenClaimRefused(`claims may not have ${taken}: it is set by generateJwt; leave it out`);
  if (claims.nbf !== undefined && !Number.isFinite(claims.nbf)) throw new TokenClaimRefused('the claim nbf must be a number, in seconds since 1970');
  if (!Number.isInteger(expiresIn) || expiresIn < 1) throw new TokenLifetimeRefused(`expiresIn must be a whole number of seconds, at least 1, got ${String(expiresIn)}`);
  if (expiresIn > (key.maxTokenLife ?? Infinity)) throw new TokenLifetimeRefused(`expiresIn must be at most ${key.maxTokenLife} s, got ${expiresIn} s: the key may be retired before the token ends; rotate with --max-token-life to allow more`);
  const iat = Math.floor(Date.now() / 1000);
  const token = signed({ ...claims, iss: contract.issuer, sub: subject, aud: audienceOf(contract, options), iat, exp: iat + expiresIn }, key);
  if (token.length > largestToken) throw new TokenClaimRefused(`the claims make a token of ${token.length} bytes; a token may have ${largestToken}`);
  return token;
}

function audienceOf({ audiences }: TokenContract, { audience = audiences }: GenerateOptions): string | string[] {
  const wanted = typeof audience === 'string' ? [audience] : [...audience];
  const stranger = wanted.find(name => !audiences.includes(name));
  if (stranger !== undefined) throw new TokenClaimRefused(`audience must be one of ${audiences.join(', ')}, got ${JSON.stringify(stranger)}`);
  if (wanted.length === 0) throw new TokenClaimRefused('audience must name at least one');
  return wanted.length === 1 ? wanted[0] ?? '' : wanted;
}

function signed(payload: object, { key, algorithm, kid }: SigningKey): string {
  // As text: jsonwebtoken stumbles over an object that has a claim called "constructor".
  return jsonwebtoken.sign(jsonText(payload), key, { algorithm, header: { alg: algorithm, typ: 'JWT' }, ...(kid === undefined ? {} : { keyid: kid }) });
}

function jsonText(payload: object): string {
  try {
    return JSON.stringify(payload);
  } catch (error) {
    throw new TokenClaimRefused(`the claims are no JSON: ${error instanceof Error ? error.message.split('\n', 1)[0] ?? '' : String(error)}`);
  }
}
