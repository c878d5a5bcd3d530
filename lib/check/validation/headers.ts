import { field, fields, text, texts } from '../../manifest/index.ts';
import { shown, type Say } from './said.ts';

/** RFC 9110, section 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const pseudo = new Set([':method', ':scheme', ':authority', ':path', ':status']);

/** Routes may match claims of a token as if they were headers: `@request.auth.claims.group`, `@request.auth.claims[group]`. */
export function isClaim(name: string): boolean {
  return /^@request\.auth\.claims(?:\.[^]+|\[[^]+\])$/i.test(name);
}

/** A header that is matched. */
export function matchedHeader(say: Say, name: string, path: string): void {
  if (name === '') say({ path, message: 'the name of a header must not be empty' });
  else if (!isClaim(name) && !pseudo.has(name) && !token.test(name)) say({ path, message: `${shown(name)} is no name of a header` });
}

/** `{ request, response }`, each with add, set and remove. */
export function headerOperations(say: Say, value: unknown, path: string): void {
  for (const direction of ['request', 'response'] as const) {
    const operations = field(value, direction);
    if (operations === undefined) continue;
    for (const operation of ['add', 'set'] as const) {
      for (const [name, content] of Object.entries(fields(field(operations, operation)))) {
        const at = `${path}.${direction}.${operation}[${JSON.stringify(name)}]`;
        (direction === 'request' ? authorityOrPlain : plain)(say, name, at);
        const why = typeof content === 'string' ? whyNoHeaderValue(content) : undefined;
        if (why !== undefined) say({ path: at, message: `${shown(content)} is no value of a header: ${why}` });
      }
    }
    for (const [i, name] of texts(field(operations, 'remove')).entries()) plain(say, name, `${path}.${direction}.remove[${i}]`);
  }
}

/** How often a route sets the authority: in a rewrite and by headers. */
export function authoritiesSet(headers: unknown, rewrite: unknown): number {
  const request = field(headers, 'request');
  const rewritten = (text(field(rewrite, 'authority')) ?? '') === '' ? 0 : 1;
  if (request === undefined) return rewritten;
  const named = ['set', 'add'].flatMap(operation => Object.keys(fields(field(request, operation)))).filter(isAuthority);
  return named.length + rewritten;
}

function isAuthority(name: string): boolean {
  return name.toLowerCase() === 'host' || name.toLowerCase() === ':authority';
}

function authorityOrPlain(say: Say, name: string, path: string): void {
  if (!isAuthority(name)) plain(say, name, path);
}

function plain(say: Say, name: string, path: string): void {
  if (name === '') say({ path, message: 'the name of a header must not be empty' });
  else if (name.startsWith(':') || name.toLowerCase() === 'host') say({ path, message: `the header ${shown(name)} cannot be changed` });
}

/** A header of CORS: a name, or a star. */
export function corsHeader(say: Say, name: string, path: string): void {
  if (name !== '*' && !token.test(name)) say({ path, message: `${shown(name)} is no name of a header` });
}

/**
 * Why a value cannot be written by Envoy: control characters, or a `%COMMAND(…)%` that does not end.
 *
 * Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#custom-request-response-headers
 */
export function whyNoHeaderValue(value: string): string | undefined {
  if ([...value].some(character => character !== '\t' && (character < ' ' || character === '\x7f'))) return 'it has a control character';
  const unfinished = 'a % begins a command that does not end; write %% for a plain one';
  let state: State | undefined = 'text';
  for (let at = 0; at < value.length; at++) {
    const character = value.charAt(at);
    if (state === 'text' && value.startsWith('%%', at)) at++;
    else if (state === 'string' && character === '\\') {
      at++;
      if (at === value.length) return unfinished;
    } else state = after[state](character);
    if (state === undefined) return unfinished;
  }
  return state === 'text' ? undefined : unfinished;
}

/** Where a reader of a value stands: its arguments are text up to a parenthesis, or a JSON array of strings. */
type State = 'text' | 'name' | 'arguments' | 'item' | 'string' | 'delimiter' | 'arrayEnd' | 'end';

/** Where a character leads; blanks are passed over but in text, names and strings. */
const after: Readonly<Record<State, (character: string) => State | undefined>> = {
  text: character => (character === '%' ? 'name' : 'text'),
  name: character => (character === '%' ? 'text' : character === '(' ? 'arguments' : 'name'),
  arguments: character => (character === '[' ? 'item' : character === ' ' ? 'arguments' : 'string'),
  item: character => (character === '"' ? 'string' : character === ' ' ? 'item' : undefined),
  string: character => (character === ')' ? 'end' : character === '"' ? 'delimiter' : 'string'),
  delimiter: character => (character === ',' ? 'item' : character === ']' ? 'arrayEnd' : character === ' ' ? 'delimiter' : undefined),
  arrayEnd: character => (character === ')' ? 'end' : character === ' ' ? 'arrayEnd' : undefined),
  end: character => (character === '%' ? 'text' : character === ' ' ? 'end' : undefined),
};
