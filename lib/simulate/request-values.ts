import { addressText, portText, type Dimension } from '../mesh/index.ts';
import type { Values } from './evaluate.ts';
import type { HttpRequest } from './server/arrival.ts';

/** What a request has in each dimension that a route may ask for. */
export function requestValues(http: HttpRequest, known: Values = new Map()): Values {
  const values = new Map<Dimension, readonly string[]>(known);
  const at = http.path.indexOf('?');
  values.set('method', [http.method]);
  values.set('path', [at === -1 ? http.path : http.path.slice(0, at)]);
  values.set('authority', [http.authority]);
  values.set('scheme', [http.scheme]);
  for (const [name, value] of http.headers) values.set(`header:${name}`, [value]);
  values.set('header::path', [http.path]);
  // As sent: Envoy decodes no percent signs here, and takes the first of several.
  for (const pair of at === -1 ? [] : http.path.slice(at + 1).split('&')) {
    const [name = '', ...value] = pair.split('=');
    const dim: Dimension = `query:${name}`;
    if (!values.has(dim)) values.set(dim, [value.join('=')]);
  }
  return values;
}

/** What can be seen of a connection before it is decrypted. */
export function connectionValues(sni: string | undefined, address: string | undefined, port: number): Values {
  const values = new Map<Dimension, readonly string[]>([['destination.port', [portText(port)]]]);
  const text = address === undefined ? undefined : addressText(address);
  if (sni !== undefined) values.set('sni', [sni]);
  if (text !== undefined) values.set('destination.ip', [text]);
  return values;
}
