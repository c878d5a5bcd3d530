import { addressText, portText, type Dimension } from '../../mesh/index.ts';
import type { Values } from '../evaluate.ts';
import type { Arrival, HttpRequest } from './arrival.ts';

/** What a request has in each dimension that a policy may ask for. */
export function valuesOf(arrival: Arrival, http: HttpRequest | undefined, remote: string, known: ReadonlyMap<Dimension, readonly string[]>): Values {
  const values = new Map<Dimension, readonly string[]>(known);
  const put = (dim: Dimension, value: string | undefined): void => { if (value !== undefined) values.set(dim, [value]); };
  const { transport } = arrival;
  put('source.identity', transport.tls === 'mutual' ? transport.identity : undefined);
  put('sni', transport.tls === 'none' ? undefined : transport.sni);
  put('source.ip', addressText(arrival.peerIp));
  put('remote.ip', addressText(remote));
  put('destination.ip', arrival.destinationIp === undefined ? undefined : addressText(arrival.destinationIp));
  put('destination.port', portText(arrival.port));
  if (!http || !arrival.readsHttp) return values;
  put('method', http.method);
  put('path', http.path.split('?', 1)[0]);
  put('authority', http.authority);
  put('scheme', http.scheme);
  for (const [name, value] of http.headers) put(`header:${name}`, value);
  for (const { in: where } of arrival.tokens) {
    const { header, prefix = '' } = where === undefined ? { header: 'authorization', prefix: 'Bearer ' } : 'header' in where ? where : { header: undefined };
    // A token that is only described is there all the same; its text is not known.
    if (header !== undefined && !http.headers.has(header.toLowerCase())) put(`header:${header.toLowerCase()}`, `${prefix}token`);
  }
  return values;
}

/** The dimensions that every request has, but that nothing was said of for this one. */
export function unsaid(values: Values): readonly Dimension[] {
  return (['source.ip', 'remote.ip', 'destination.ip'] as const).filter(dim => !values.has(dim));
}
