import { BadRequest } from './bad-request.ts';
import type { ClientProtocol, Request, Token } from './request.ts';
import type { HttpRequest } from './server/arrival.ts';

/** A request as it leaves the client's application. */
export interface Call {
  /** As named by the client, in lower case, without a port. */
  readonly host: string;
  readonly port: number;
  /** The address that was given beside the URL. */
  readonly address: string | undefined;
  /** What the first bytes look like. */
  readonly bytes: 'http' | 'tls' | 'tcp';
  /** Undefined for a connection that is no HTTP. */
  readonly http: HttpRequest | undefined;
  /** The TLS of the client itself. */
  readonly tls: { readonly mutual: boolean; readonly sni: string | undefined; readonly alpn: string | undefined } | undefined;
  readonly tokens: readonly Token[];
  readonly ip: string | undefined;
}

/**
 * Reads what a request says of itself.
 *
 * @throws BadRequest
 */
export function callOf(request: Request): Call {
  const { scheme, host, port, path } = address(request.to);
  if (request.ip !== undefined && !isIp(request.ip)) throw new BadRequest(`${JSON.stringify(request.ip)} is no IP address of a client`);
  if (request.address !== undefined && !isIp(request.address) && !/^[\w*.-]+$/.test(request.address)) throw new BadRequest(`${JSON.stringify(request.address)} is no address to dial; give an IP address or a name, without a port`);
  const protocol = request.protocol ?? (scheme === 'http' || scheme === 'https' ? 'http' : scheme === 'grpc' ? 'grpc' : 'tcp');
  const encrypted = request.tls === undefined ? scheme === 'https' || scheme === 'tls' : request.tls !== 'none';
  const http = protocol === 'tcp' ? undefined : httpOf(request, protocol, { host, port, path, encrypted });
  return {
    host: host.toLowerCase(),
    port,
    address: request.address,
    bytes: encrypted ? 'tls' : http && http.version !== '1.0' ? 'http' : http ? 'http' : 'tcp',
    http,
    tls: encrypted ? { mutual: request.tls === 'mutual', sni: request.sni ?? (isAddress(host) ? undefined : host.toLowerCase()), alpn: request.alpn } : undefined,
    tokens: [...(request.claims ? [{ claims: request.claims, signatureValid: true }] : []), ...request.tokens ?? []],
    ip: request.ip,
  };
}

function isIp(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) ? text.split('.').every(part => Number(part) < 256) : /^(?=.*:.*:)[0-9a-f:.]+$/i.test(text);
}

/** Whether a host is an IP address. */
export function isAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
}

interface Address {
  readonly scheme: 'http' | 'https' | 'grpc' | 'tcp' | 'tls';
  readonly host: string;
  readonly port: number;
  /** With the query, without a fragment. */
  readonly path: string;
}

const ports = { http: 80, https: 443, grpc: undefined, tcp: undefined, tls: 443 } as const;

function address(to: string): Address {
  const fail = (why: string): never => { throw new BadRequest(`${JSON.stringify(to)} is no address of a request: ${why}; write it as http://host:port/path, or host:port for a TCP connection`); };
  const [, scheme = to.includes('/') ? 'http' : 'tcp', rest = ''] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):\/\/)?(.*)$/s.exec(to) ?? [];
  const known = scheme.toLowerCase();
  if (known !== 'http' && known !== 'https' && known !== 'grpc' && known !== 'tcp' && known !== 'tls') return fail(`its scheme is ${JSON.stringify(scheme)}`);
  const [, authority = '', path = ''] = /^([^/?#]*)([^]*)$/.exec(rest) ?? [];
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]@\s]+))(?::(\d{1,5}))?$/.exec(authority);
  if (!parts) return fail(authority === '' ? 'it has no host' : `${JSON.stringify(authority)} is no host and port`);
  const port = parts[3] === undefined ? ports[known] : Number(parts[3]);
  if (port === undefined) return fail('it has no port');
  if (port < 1 || port > 65535) return fail(`there is no port ${port}`);
  if (/[\s\p{Cc}]/u.test(path)) return fail('its path holds a blank or a control character');
  const sent = path.replace(/#[^]*$/, '');
  return { scheme: known, host: parts[1] ?? parts[2] ?? '', port, path: sent.startsWith('/') ? sent : `/${sent}` };
}

function httpOf(request: Request, protocol: Exclude<ClientProtocol, 'tcp'>, { host, port, path, encrypted }: { readonly host: string; readonly port: number; readonly path: string; readonly encrypted: boolean }): HttpRequest {
  const grpc = protocol === 'grpc';
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (!/^:?[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw new BadRequest(`${JSON.stringify(name)} is no name of a header`);
    const joined = typeof value === 'string' ? value : value.join(',');
    if (/[\r\n\0]/.test(joined)) throw new BadRequest(`the header ${name} holds a line break`);
    headers.set(name.toLowerCase(), joined);
  }
  const written = headers.get('host') ?? headers.get(':authority');
  headers.delete('host');
  headers.delete(':authority');
  if (grpc && !headers.has('content-type')) headers.set('content-type', 'application/grpc');
  const method = request.method ?? (grpc ? 'POST' : 'GET');
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method)) throw new BadRequest(`${JSON.stringify(method)} is no method of HTTP`);
  const standard = port === (encrypted ? 443 : 80);
  return {
    version: protocol === 'http1.0' ? '1.0' : protocol === 'http' ? '1.1' : '2',
    method,
    path,
    authority: written ?? `${host.includes(':') ? `[${host}]` : host}${standard ? '' : `:${port}`}`,
    scheme: encrypted ? 'https' : 'http',
    headers,
    grpc: grpc || /^application\/grpc(\+|;|$)/.test(headers.get('content-type') ?? ''),
  };
}
