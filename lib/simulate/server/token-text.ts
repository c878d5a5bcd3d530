import type { Token } from '../request.ts';

/** A token as it was written, or the reason why it is none. */
export type ReadToken = Token & { readonly key?: { readonly id: string | undefined; readonly algorithm: string }; readonly payload?: string };

/**
 * Reads a JSON Web Token without checking its signature; a sentence where the text is none.
 *
 * Source: RFC 7519, section 7.2
 */
export function readToken(text: string): ReadToken | string {
  const parts = text.split('.');
  if (parts.length === 5) return 'it is encrypted, which Istio does not read';
  if (parts.length !== 3) return 'it does not have the three parts of a signed token';
  const [header, claims] = [jsonOf(parts[0] ?? ''), jsonOf(parts[1] ?? '')];
  if (!header) return 'its header is not JSON in base64url';
  if (!claims) return 'its payload is not JSON in base64url';
  const { alg, kid } = header;
  if (typeof alg !== 'string' || !algorithms.test(alg)) return 'it names no algorithm that Envoy verifies';
  return { claims, key: { id: typeof kid === 'string' ? kid : undefined, algorithm: alg }, payload: parts[1] ?? '' };
}

/** The claims as the payload of a token. */
export function payloadOf(claims: Readonly<Record<string, unknown>>): string {
  const bytes = new TextEncoder().encode(JSON.stringify(claims));
  return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join('')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

const algorithms = /^(ES256|ES384|ES512|HS256|HS384|HS512|RS256|RS384|RS512|PS256|PS384|PS512|EdDSA)$/;

function jsonOf(part: string): Readonly<Record<string, unknown>> | undefined {
  if (!/^[\w-]+$/.test(part)) return undefined;
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), character => character.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Readonly<Record<string, unknown>> : undefined;
  } catch {
    return undefined;
  }
}
