import type { Arrival } from './arrival.ts';

/**
 * Who a proxy takes for the client: a gateway goes as many entries of `x-forwarded-for` back as proxies before it are
 * trusted, counting from the last; a sidecar believes the last.
 *
 * Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-for
 */
export function remoteAddress({ at, remoteIp, peerIp, http }: Arrival, trustedProxies: number): string {
  if (remoteIp !== undefined) return remoteIp;
  const forwarded = (http?.headers.get('x-forwarded-for') ?? '').split(',').map(entry => entry.trim()).filter(entry => entry !== '');
  if (at.kind !== 'gateway') return forwarded.at(-1) ?? peerIp;
  return trustedProxies === 0 ? peerIp : forwarded.at(-trustedProxies) ?? peerIp;
}
