import { isIPv6 } from './text.ts';

/** A URL as Kubernetes' CEL library sees it. */
export interface CelUrl {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
}

/**
 * Reads an absolute URL, or an absolute path, as Go's url.ParseRequestURI does, and then url.Parse; undefined when the
 * text is neither. What follows a scheme without a slash is opaque, so that `host:5000/image` is of the scheme `host`.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-url-library
 */
export function parseUrl(text: string): CelUrl | undefined {
  // A request has no fragment, so that a `#` and what follows must be fit for the path as well.
  if (!parsed(text, true)) return undefined;
  const hash = text.indexOf('#');
  return hash === -1 ? parsed(text, false) : percentsAreSound(text.slice(hash + 1)) ? parsed(text.slice(0, hash), false) : undefined;
}

function parsed(text: string, ofRequest: boolean): CelUrl | undefined {
  if (/\p{Cc}/u.test(text.replace(/[\x80-\x9f]/g, '')) || text.startsWith(':')) return undefined;
  if (text === '*') return { scheme: '', host: '', path: '*' };
  const [, prefix = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text) ?? [];
  const scheme = prefix.toLowerCase();
  const rest = (prefix === '' ? text : text.slice(prefix.length + 1)).replace(/\?[^]*$/, '');
  if (!rest.startsWith('/')) return scheme === '' && (ofRequest || rest.split('/', 1)[0]?.includes(':')) ? undefined : { scheme, host: '', path: '' };
  const hasAuthority = scheme !== '' || (!ofRequest && !rest.startsWith('///'));
  const [, authority, path = ''] = (hasAuthority ? /^\/\/([^/]*)([^]*)$/.exec(rest) : undefined) ?? [undefined, undefined, rest];
  if (!percentsAreSound(path) || (authority !== undefined && !isAuthority(authority, scheme))) return undefined;
  return { scheme, host: authority?.slice(authority.lastIndexOf('@') + 1) ?? '', path };
}

/** Whether each percent sign begins an escaped byte. */
function percentsAreSound(text: string): boolean {
  return !/%(?![0-9A-Fa-f]{2})/.test(text);
}

function isAuthority(authority: string, scheme: string): boolean {
  const at = authority.lastIndexOf('@');
  const user = at === -1 ? '' : authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user) || !percentsAreSound(user)) return false;
  const host = authority.slice(at + 1);
  const literal = /^\[([^]*)\]([^\]]*)$/.exec(host);
  if (literal) return isPort(literal[2] ?? '') && isLiteral(literal[1] ?? '');
  if (host.includes('[')) return false;
  // Lists of hosts with ports are for other schemes than those of HTTP.
  const colon = scheme === 'http' || scheme === 'https' ? host.indexOf(':') : host.lastIndexOf(':');
  return (colon === -1 || isPort(host.slice(colon))) && isHostText(host);
}

function isPort(text: string): boolean {
  return /^(?::\d*)?$/.test(text);
}

function isLiteral(host: string): boolean {
  const zone = host.indexOf('%25');
  if (zone === -1) return isIPv6(host);
  const name = host.slice(zone + 3);
  return isIPv6(host.slice(0, zone)) && name !== '' && percentsAreSound(name) && isHostText(name.replace(/%[0-9A-Fa-f]{2}/g, ''));
}

/** Escapes of a host are for what is not ASCII. */
function isHostText(text: string): boolean {
  return /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"\x80-\uffff]|%25|%[89A-Fa-f][0-9A-Fa-f])*$/.test(text);
}
