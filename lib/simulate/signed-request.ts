import { requestOf, type WrittenRequest } from './request-text.ts';
import type { Request } from './request.ts';
import { readToken } from './server/token-text.ts';

/**
 * A request as it is written, the signature of its token checked by every rule that has its keys inline. Elsewhere the signature is
 * taken as good, and the trace says so.
 *
 * @param isSignedBy whether a token is signed by a key of a JWKS
 * @throws BadRequest
 */
export function signedRequest(written: WrittenRequest, isSignedBy: (token: string, jwks: string) => boolean): Request {
  const request = requestOf(written);
  const text = written.token ?? bearerOf(written);
  const token = text === undefined ? undefined : readToken(text);
  if (text === undefined || token === undefined || typeof token === 'string') return request;
  return { ...request, tokens: [{ ...token, isSignedBy: jwks => isSignedBy(text, jwks) }] };
}

function bearerOf({ headers = {} }: WrittenRequest): string | undefined {
  const [, value = ''] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return /^Bearer\s+([\w.-]+)\s*$/.exec(value)?.[1];
}
