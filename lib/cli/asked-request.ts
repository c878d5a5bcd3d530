import type { Mesh } from '../mesh/index.ts';
import { field, text as textOf } from '../manifest/index.ts';
import { requestOf, type Request, type Token, type WrittenRequest } from '../simulate/index.ts';
import { isSignedBy } from './is-signed-by.ts';

/**
 * A request as it is written, the signature of its token checked where the mesh itself has the keys: where every rule for its issuer
 * has them inline. Else the signature is taken as good.
 *
 * @throws BadRequest
 */
export function askedRequest(mesh: Mesh, written: WrittenRequest): Request {
  const request = requestOf(written);
  const bearer = /^Bearer\s+([\w-]+\.[\w-]+\.[\w-]+)\s*$/i.exec(Object.entries(written.headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '')?.[1];
  const text = written.token ?? bearer;
  if (text === undefined) return request;
  const [token] = written.token === undefined ? requestOf({ ...written, token: text }).tokens ?? [] : request.tokens ?? [];
  if (!token || isGood(mesh, text, token)) return request;
  return { ...request, tokens: [{ ...token, signatureValid: false }] };
}

/** Whether nothing speaks against the signature of a token. */
function isGood(mesh: Mesh, text: string, { claims }: Token): boolean {
  const rules = mesh.requestAuthentications.flatMap(({ jwtRules }) => jwtRules).filter(({ issuer }) => issuer === claims.iss);
  if (rules.length === 0 || rules.some(({ keys }) => keys === undefined)) return true;
  return rules.some(({ raw }) => isSignedBy(text, textOf(field(raw, 'jwks')) ?? ''));
}
