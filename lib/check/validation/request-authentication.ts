import { field, list, mapping, text, texts } from '../../manifest/index.ts';
import { parseUrl } from '../../schema/index.ts';
import { shown, warn, type Say } from './said.ts';
import { attachment } from './selection.ts';
import { duration } from './values.ts';

export function requestAuthentication(say: Say, spec: unknown): void {
  attachment(say, spec);
  for (const [i, rule] of list(field(spec, 'jwtRules')).entries()) if (mapping(rule)) jwtRule(say, rule, `spec.jwtRules[${i}]`);
}

function jwtRule(say: Say, rule: unknown, path: string): void {
  const issuer = text(field(rule, 'issuer')) ?? '';
  const uri = text(field(rule, 'jwksUri')) ?? text(field(rule, 'jwks_uri')) ?? '';
  if (issuer === '' && uri === '') say({ path: `${path}.issuer`, message: 'an issuer is required, or a jwksUri' });
  for (const [i, audience] of texts(field(rule, 'audiences')).entries()) if (audience === '') say({ path: `${path}.audiences[${i}]`, message: 'an audience must not be empty' });
  if (uri !== '') {
    const scheme = parseUrl(uri)?.scheme;
    if (scheme !== 'http' && scheme !== 'https') say({ path: `${path}.jwksUri`, message: `must be a URL of http or https, got ${shown(uri)}` });
  }
  inlineKeys(say, text(field(rule, 'jwks')) ?? '', `${path}.jwks`);
  for (const [i, header] of list(field(rule, 'fromHeaders')).entries()) {
    if (!mapping(header) || (text(field(header, 'name')) ?? '') === '') say({ path: `${path}.fromHeaders[${i}]`, message: 'a header needs a name' });
  }
  for (const name of ['fromParams', 'fromCookies']) {
    for (const [i, value] of texts(field(rule, name)).entries()) if (value === '') say({ path: `${path}.${name}[${i}]`, message: 'a name must not be empty' });
  }
  for (const [i, output] of list(field(rule, 'outputClaimToHeaders')).entries()) {
    const at = `${path}.outputClaimToHeaders[${i}]`;
    const header = text(field(output, 'header')) ?? '';
    if (header === '' || (text(field(output, 'claim')) ?? '') === '') say({ path: at, message: 'both header and claim are needed' });
    else if (!/^[-_A-Za-z0-9]+$/.test(header)) say({ path: `${at}.header`, message: `${shown(header)} is no name of a header` });
  }
  duration(say, field(rule, 'timeout'), `${path}.timeout`);
}

/** The keys of a set; a key alone is a set of one. */
function keysOf(jwks: string): readonly unknown[] | undefined {
  try {
    const found: unknown = JSON.parse(jwks);
    const keys = field(found, 'keys');
    return Array.isArray(keys) ? keys : keys === undefined && field(found, 'kty') !== undefined ? [found] : undefined;
  } catch {
    return undefined;
  }
}

/** What a key of each type must have (RFC 7518, section 6; RFC 8037, section 2). */
const needed = new Map([['RSA', ['n', 'e']], ['EC', ['crv', 'x', 'y']], ['OKP', ['crv', 'x']], ['oct', ['k']]]);

function isKey(key: unknown): boolean {
  return needed.get(text(field(key, 'kty')) ?? '')?.every(name => typeof field(key, name) === 'string') ?? false;
}

/** Fields of a JWK that only the signer may have (RFC 7518, section 6). */
const secretFields = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

function inlineKeys(say: Say, jwks: string, path: string): void {
  if (jwks === '') return;
  const keys = keysOf(jwks);
  // What is wrong is said without what is there: it may be a key.
  if (!keys?.every(isKey)) say({ path, message: 'it is no JWK set: { "keys": [{ "kty": … }] }' });
  else if (keys.some(key => secretFields.some(name => field(key, name) !== undefined))) say(warn(path, 'it holds a private or symmetric key, with which anyone who reads it can sign tokens'));
}
