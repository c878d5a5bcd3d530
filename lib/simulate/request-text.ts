import { BadRequest } from './bad-request.ts';
import type { ClientProtocol, Request, Sender, Token } from './request.ts';
import { readToken } from './server/token-text.ts';

/** A request as people write it: `GET http://reviews.shop:9080/api`, a URL alone, or `host:port`. */
export interface WrittenRequest {
  readonly request: string;
  /** `shop/productpage` (a workload), `sa:shop/cart`, `gateway:istio-system/ingress`, `outside`. */
  readonly from: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  /** A JSON Web Token as text. */
  readonly token?: string | undefined;
  readonly sni?: string | undefined;
  readonly protocol?: string | undefined;
  readonly ip?: string | undefined;
  readonly address?: string | undefined;
}

/**
 * Reads a request that is written as text.
 *
 * @throws BadRequest
 */
export function requestOf({ request, from, headers, claims, token, sni, protocol, ip, address }: WrittenRequest): Request {
  const [, method, to = ''] = /^\s*(?:([A-Za-z!#$%&'*+.^_`|~0-9-]+)\s+)?(\S+)\s*$/.exec(request) ?? [];
  if (to === '') throw new BadRequest(`${JSON.stringify(request)} is no request; write it as GET http://host:port/path`);
  return {
    from: senderOfText(from), to, headers, claims, sni, ip, address,
    ...(method === undefined ? {} : { method: method.toUpperCase() }),
    ...(protocol === undefined ? {} : { protocol: protocolOf(protocol) }),
    ...(token === undefined ? {} : { tokens: [tokenOf(token)] }),
  };
}

const protocols: readonly ClientProtocol[] = ['http', 'http1.0', 'http2', 'grpc', 'tcp'];

function protocolOf(text: string): ClientProtocol {
  const found = protocols.find(protocol => protocol === text);
  if (!found) throw new BadRequest(`the protocol must be one of ${protocols.join(', ')}, got ${JSON.stringify(text)}`);
  return found;
}

function senderOfText(text: string): Sender {
  if (text === 'outside') return { outside: true };
  const [, kind, name = ''] = /^(?:([a-z]+):)?(.+)$/s.exec(text) ?? [];
  if (name === '') throw new BadRequest('nobody sends the request; say who: a workload (shop/cart), sa:shop/cart, gateway:istio-system/ingress or outside');
  switch (kind) {
    case undefined: case 'workload': return { workload: name };
    case 'sa': return { serviceAccount: name };
    case 'gateway': return { gateway: name };
    default: throw new BadRequest(`${JSON.stringify(text)} is no sender: ${JSON.stringify(kind)} is none of workload, sa, gateway`);
  }
}

/** What a token claims; whether its signature is good cannot be seen, but where it is signed in no way that Envoy verifies. */
function tokenOf(text: string): Token {
  const parts = text.split('.');
  const claims = parts.length === 3 ? json(parts[1] ?? '') : undefined;
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) throw new BadRequest('the token is no JSON Web Token: it must be three parts of base64url with dots between, the second a JSON object');
  return { claims: claims as Readonly<Record<string, unknown>>, ...(typeof readToken(text) === 'string' ? { signatureValid: false } : {}) };
}

function json(part: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), character => character.charCodeAt(0));
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
