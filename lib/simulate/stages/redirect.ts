import type { Redirect } from '../../mesh/index.ts';
import type { HttpRequest } from '../server/arrival.ts';
import { rewritten } from './rewrite.ts';

/**
 * Where a redirect sends the client.
 *
 * Source: Envoy's router/config_impl.cc, and istio/istio pilot/pkg/networking/core/route/route.go
 */
export function locationOf({ scheme, host, port, path }: Redirect, http: HttpRequest, listenerPort: number): string {
  const to = scheme ?? http.scheme;
  const wanted = port === 'listener' ? listenerPort : port;
  // The port that the scheme stands for is not said.
  const shown = wanted === undefined || wanted === standardPort(to) ? undefined : wanted;
  const name = host ?? hostOf(http, to, shown !== undefined);
  return `${to}://${name}${shown === undefined ? '' : `:${shown}`}${pathOf(path, http.path)}`;
}

/** A redirect to HTTPS of the same host, port and path. */
export function httpsLocation({ authority, path }: HttpRequest): string {
  return `https://${authority}${path}`;
}

function pathOf(path: Redirect['path'], own: string): string {
  if (!path) return own;
  // A whole path with a query of its own keeps that one.
  if (path.rewrite === 'whole' && path.to.includes('?')) return path.to;
  return rewritten(path, own);
}

/** The Host of the request; its port goes where another is put there, or where it was the standard one of a scheme that changes. */
function hostOf({ authority, scheme }: HttpRequest, to: string, replaced: boolean): string {
  const [, name = authority, port] = /^(.*):(\d+)$/.exec(authority) ?? [];
  const dropped = replaced || (to !== scheme && port !== undefined && Number(port) === standardPort(scheme));
  return port === undefined || !dropped ? authority : name;
}

function standardPort(scheme: string): number | undefined {
  return scheme === 'http' ? 80 : scheme === 'https' ? 443 : undefined;
}
