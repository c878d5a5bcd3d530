import type { JwtRule } from '../../mesh/index.ts';
import type { Token } from '../request.ts';
import { readToken, type ReadToken } from './token-text.ts';

/** Whether a rule takes a token. */
export type Verdict =
  | { readonly taken: true; readonly token: ReadToken; /** What was not checked. */ readonly note: string | undefined }
  | { readonly taken: false; readonly refusal: Refusal; readonly why: string };

/** What is wrong with a token: which status is answered depends on it. */
export type Refusal = 'malformed' | 'issuer' | 'time' | 'audience' | 'signature';

/** Envoy allows for clocks that differ, in seconds. */
const clockSkew = 60;

/** Whether a rule takes a token, asked in Envoy's order: issuer, time, audience, signature. No answer shows the token. */
export function verifyToken(given: string | Token, rule: JwtRule, now: Date): Verdict {
  const token = typeof given === 'string' ? readToken(given) : given;
  if (typeof token === 'string') return refused('malformed', `the token cannot be read: ${token}`);
  const { claims } = token;
  if (rule.issuer !== '' && claims.iss !== rule.issuer) return refused('issuer', `the token is issued by ${said(claims.iss)}; this rule takes "${rule.issuer}" alone`);
  const time = timeOf(token, now);
  if (time !== undefined) return refused('time', time);
  const audiences = (Array.isArray(claims.aud) ? claims.aud : [claims.aud]).filter(one => typeof one === 'string');
  if (rule.audiences.length > 0 && !audiences.some(one => sameAudience(one, rule.audiences))) {
    return refused('audience', `the token is for ${audiences.length === 0 ? 'no audience' : audiences.map(said).join(', ')}; this rule takes ${rule.audiences.map(said).join(', ')}`);
  }
  if (given !== token && rule.keys && !mayBeSigned(token, rule)) return refused('signature', 'no key of the JWKS is the one that the token names');
  const signed = rule.jwks === undefined ? token.signatureValid : token.isSignedBy?.(rule.jwks) ?? token.signatureValid;
  if (signed === false) return refused('signature', 'the signature of the token is wrong');
  return { taken: true, token, note: signed === undefined ? 'its signature is not checked here, and taken as good' : undefined };
}

function refused(refusal: Refusal, why: string): Verdict {
  return { taken: false, refusal, why };
}

function timeOf({ claims, expired }: Token, now: Date): string | undefined {
  const seconds = now.getTime() / 1000;
  if (expired ?? (typeof claims.exp === 'number' && claims.exp !== 0 && claims.exp + clockSkew < seconds)) return 'the token is expired';
  return typeof claims.nbf === 'number' && claims.nbf - clockSkew > seconds ? 'the token is not valid yet' : undefined;
}

/** Envoy compares audiences without the scheme and a slash at the end. */
function sameAudience(audience: string, taken: readonly string[]): boolean {
  const bare = (text: string): string => text.replace(/^https?:\/\//, '').replace(/\/$/, '');
  return taken.some(one => bare(one) === bare(audience));
}

function mayBeSigned({ key }: ReadToken, { keys = [] }: JwtRule): boolean {
  if (!key) return true;
  const type = key.algorithm.startsWith('ES') ? 'EC' : key.algorithm.startsWith('HS') ? 'oct' : key.algorithm === 'EdDSA' ? 'OKP' : 'RSA';
  return keys.some(one => one.type === type && (one.id === undefined || key.id === undefined || one.id === key.id));
}

function said(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : 'nobody';
}
