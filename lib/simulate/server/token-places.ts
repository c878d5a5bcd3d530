import type { TokenPlace } from '../../mesh/index.ts';
import type { Token } from '../request.ts';
import type { HttpRequest } from './arrival.ts';

/** A token at a place of a request: as text, or as what it is known to claim. */
export interface PlacedToken {
  readonly place: TokenPlace;
  readonly token: string | Token;
}

/** The tokens that stand at some places. A token that is described beside the request goes before the text at its place. */
export function tokensAt(places: readonly TokenPlace[], http: HttpRequest, tokens: readonly Token[]): readonly PlacedToken[] {
  return places.flatMap((place): PlacedToken[] => {
    const described = tokens.filter(token => standsAt(token, place));
    if (described.length > 0) return described.map(token => ({ place, token }));
    const text = textAt(place, http);
    return text === undefined || text === '' ? [] : [{ place, token: text }];
  });
}

/** The request without a token. */
export function withoutToken(http: HttpRequest, place: TokenPlace): HttpRequest {
  if ('header' in place) {
    const headers = new Map(http.headers);
    headers.delete(place.header);
    return { ...http, headers };
  }
  if ('cookie' in place) return http;
  const [path = '', ...query] = http.path.split('?');
  const left = query.join('?').split('&').filter(pair => pair.split('=', 1)[0] !== place.parameter);
  return { ...http, path: left.length === 0 || left[0] === '' ? path : `${path}?${left.join('&')}` };
}

function standsAt({ in: where = { header: 'authorization', prefix: 'Bearer ' } }: Token, place: TokenPlace): boolean {
  if ('header' in where) return 'header' in place && where.header.toLowerCase() === place.header && (where.prefix ?? '').includes(place.prefix);
  if ('parameter' in where) return 'parameter' in place && where.parameter === place.parameter;
  return 'cookie' in place && where.cookie === place.cookie;
}

function textAt(place: TokenPlace, { headers, path }: HttpRequest): string | undefined {
  if ('header' in place) return afterPrefix(headers.get(place.header), place.prefix);
  if ('cookie' in place) return pairs(headers.get('cookie') ?? '', '; ').get(place.cookie);
  const at = path.indexOf('?');
  return at === -1 ? undefined : pairs(path.slice(at + 1), '&').get(place.parameter);
}

/** The run of characters of a token behind the prefix, wherever in the value that stands. */
function afterPrefix(value: string | undefined, prefix: string): string | undefined {
  if (value === undefined) return undefined;
  const at = value.indexOf(prefix);
  return at === -1 ? undefined : /[\w.-]+/.exec(value.slice(at + prefix.length))?.[0];
}

function pairs(text: string, separator: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const pair of text.split(separator)) {
    const at = pair.indexOf('=');
    const name = at === -1 ? pair : pair.slice(0, at);
    if (!found.has(name)) found.set(name, at === -1 ? '' : pair.slice(at + 1));
  }
  return found;
}
