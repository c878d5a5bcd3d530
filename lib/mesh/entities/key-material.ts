import { field, mapping, text } from '../../manifest/index.ts';
import { element, fromBase64 } from './der.ts';

/** That a field holds a key which must stay secret, and of which kind; never any of it. */
export interface KeyMaterial {
  /** The field, as `data["tls.key"]`. */
  readonly at: string;
  readonly kind: 'PEM private key' | 'DER private key' | 'private JWK' | 'symmetric JWK';
}

/**
 * The private and symmetric keys that stand in an object: PEM, DER in base64, or a JWK with `d` or `k`, as a mapping or within
 * text, also where that is base64. What is encrypted, and public keys and certificates, is none.
 *
 * Source: RFC 7468, section 10; RFC 5958, section 2; RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1
 */
export function keyMaterialIn(object: object): readonly KeyMaterial[] {
  if (!mayHoldKey(object)) return none;
  const found: KeyMaterial[] = [];
  // Objects may be nested deeper than calls may be.
  const open: { readonly value: unknown; readonly at: Path | undefined }[] = [{ value: object, at: undefined }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, at } = next;
    if (typeof value === 'string') {
      const kind = inText(value, 0);
      if (kind) found.push({ at: pathText(at), kind });
    } else if (Array.isArray(value)) {
      // A PEM may be written as a list of its lines.
      if (value.some(holdsHeader) && !value.some(item => typeof item === 'string' && hasPem(item)) && hasPem(value.filter(item => typeof item === 'string').join('\n'))) {
        found.push({ at: pathText(at), kind: 'PEM private key' });
      }
      for (const [i, item] of value.entries()) open.push({ value: item, at: { above: at, step: i } });
    } else if (mapping(value)) {
      const key = jwkKind(value);
      if (key) found.push({ at: pathText({ above: at, step: key.name }), kind: key.kind });
      for (const [name, item] of Object.entries(value as object)) {
        // Its name is not shown, for it is the key.
        if (hasPem(name)) found.push({ at: pathText(at), kind: 'PEM private key' });
        else open.push({ value: item, at: { above: at, step: name } });
      }
    }
  }
  return found.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

const none: readonly KeyMaterial[] = [];

/** Whether it is worth a look: nearly every object is not, and this makes nothing on the way. */
function mayHoldKey(object: object): boolean {
  const open: object[] = [object];
  for (let next = open.pop(); next; next = open.pop()) {
    if (Array.isArray(next)) {
      for (const value of next as unknown[]) if (mayBeKeyOr(value, open)) return true;
      continue;
    }
    if ('kty' in next) return true;
    for (const key in next) {
      if (key.length >= shortestPem && holdsHeader(key)) return true;
      if (mayBeKeyOr((next as Record<string, unknown>)[key], open)) return true;
    }
  }
  return false;
}

/** Whether a value may be a key; what has values of its own is left for later. */
function mayBeKeyOr(value: unknown, later: object[]): boolean {
  if (typeof value === 'string') return value.length >= shortest && mayBeKey(value);
  if (typeof value === 'object' && value !== null) later.push(value);
  return false;
}

function holdsHeader(value: unknown): boolean {
  return typeof value === 'string' && value.includes('PRIVATE KEY');
}

function mayBeKey(value: string): boolean {
  // Hosts, identities and labels are written small; whatever is a key is not, but for JWKs.
  return smallest.test(value) && (holdsHeader(value) || mayBeJwk(value) || mayBeBase64(value));
}

const smallest = /[A-Z\\]|kty/;

/** JSON may write any letter of "kty" by its number. */
function mayBeJwk(value: string): boolean {
  return value.includes('kty') || value.includes('\\u00');
}

/**
 * A run that is long enough for the shortest key, or nothing else in lines. Wherever it begins, the base64 of "kty:" or of dashes has a
 * capital letter, which hosts and identities have not.
 */
function mayBeBase64(value: string): boolean {
  let run = 0;
  let capital = false;
  let anyCapital = false;
  let whole = true;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (isBase64[code] === 1) {
      run += 1;
      if (code >= 0x41 && code <= 0x5a) capital = anyCapital = true;
      if (capital && run >= shortestInBase64) return true;
      continue;
    }
    run = 0;
    capital = false;
    if (code !== 0x0a && code !== 0x0d && code !== 0x20 && code !== 0x3d) whole = false;
  }
  return whole && anyCapital;
}

/** Whether a key stands in a text. */
export function holdsKey(text: string): boolean {
  return inText(text, 0) !== undefined;
}

/** The text without the keys in it, for what is printed. Where one is in base64, nothing is left. */
export function withoutKeys(given: string): string {
  if (!holdsKey(given)) return given;
  const shortened = given.replaceAll(/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY.*/gs, hidden)
    .replaceAll(/(["'\\]*\b[dk]\b["'\\]*[ \t]{0,9}[:=][ \t]{0,9}["'\\]*)[A-Za-z0-9_-]{8,}/g, `$1${hidden}`);
  return holdsKey(shortened) ? hidden : shortened;
}

const hidden = '(a key, not shown)';

interface Path {
  readonly above: Path | undefined;
  readonly step: string | number;
}

function pathText(path: Path | undefined): string {
  const steps: (string | number)[] = [];
  for (let part = path; part; part = part.above) steps.push(part.step);
  return steps.reverse().map(step => (typeof step === 'number' ? `[${step}]` : /^[A-Za-z_$][\w$-]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`)).join('').replace(/^\./, '');
}

type Kind = KeyMaterial['kind'];

function jwkKind(value: unknown): { readonly name: 'd' | 'k'; readonly kind: Kind } | undefined {
  const type = text(field(value, 'kty'));
  if (type === undefined) return undefined;
  if ((text(field(value, 'd')) ?? '') !== '') return { name: 'd', kind: 'private JWK' };
  return (text(field(value, 'k')) ?? '') === '' ? undefined : { name: 'k', kind: 'symmetric JWK' };
}

/** What a text holds. Every part of it is looked at once a level, so that the longest text takes no more than its length. */
function inText(value: string, depth: number): Kind | undefined {
  if (value.length < shortest) return undefined;
  if (hasPem(value)) return 'PEM private key';
  const key = mayBeJwk(value) ? inJson(value) ?? inJwkText(value) : undefined;
  if (key || depth === deepest) return key;
  for (const run of runsOfBase64(value)) {
    const inside = decoded(run);
    const kind = inside === undefined ? undefined : isDer(inside) ? 'DER private key' : inText(latin1.decode(inside), depth + 1);
    if (kind) return kind;
  }
  return undefined;
}

/** No JWK with a key in it is shorter. */
const shortest = 20;
/** With its header alone. */
const shortestPem = '-----BEGIN PRIVATE KEY-----'.length;
const shortestInBase64 = Math.ceil(shortest * 4 / 3);
/** A kubeconfig in a Secret has base64 in base64. */
const deepest = 3;

/** A header with something behind it: text that speaks of keys, as a CRD's description does, holds none. */
function hasPem(value: string): boolean {
  if (!value.includes('PRIVATE KEY')) return false;
  for (const { index, 0: header } of value.matchAll(/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g)) {
    const begin = index + header.length;
    const [body = ''] = value.slice(begin, begin + 400).split('-----', 1);
    if (/[A-Za-z0-9+/]{24}/.test(body)) return true;
  }
  return false;
}

function inJson(value: string): Kind | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return undefined;
  }
  const open = [parsed];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const key = jwkKind(next);
    if (key) return key.kind;
    if (typeof next === 'object' && next !== null) for (const value of Object.values(next)) open.push(value);
  }
  return undefined;
}

/** PKCS #8, PKCS #1 or SEC 1: a small version, then the key; what is public begins with something else. */
function isDer(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30) return false;
  const [version, ...parts] = element(bytes)?.children ?? [];
  if (version?.tag !== 0x02 || version.bytes.length !== 1 || (version.bytes[0] ?? 2) > 1) return false;
  const tags = parts.map(({ tag }) => tag);
  return (tags[0] === 0x30 && tags[1] === 0x04) || tags[0] === 0x04 || (tags.length >= 8 && tags.every(tag => tag === 0x02));
}

/** JSON or YAML, whole or within other text, with or without escapes. */
function inJwkText(value: string): Kind | undefined {
  const plain = value.replaceAll(/\\+[nrt]?/g, ' ').replaceAll(/["']/g, '');
  for (const part of plain.split(/[{}]/)) {
    if (!/(?:^|[\s,[-])kty\s*[:=]/.test(part)) continue;
    if (/(?:^|[\s,[-])d\s*[:=]\s*[A-Za-z0-9_-]{8}/.test(part)) return 'private JWK';
    if (/(?:^|[\s,[-])k\s*[:=]\s*[A-Za-z0-9_-]{2}/.test(part) && /kty\s*[:=]\s*oct/.test(part)) return 'symmetric JWK';
  }
  return undefined;
}

/** A regular expression would need a stack as deep as the text is long. */
function runsOfBase64(value: string): readonly string[] {
  const runs: string[] = [];
  let begin = -1;
  let lines = false;
  let whole = true;
  for (let i = 0; i <= value.length; i++) {
    const code = i === value.length ? 0 : value.charCodeAt(i);
    if (isBase64[code] === 1) {
      if (begin < 0) begin = i;
      continue;
    }
    if (begin >= 0 && i - begin >= shortest) runs.push(value.slice(begin, i));
    begin = -1;
    if (code === 0x0a || code === 0x0d || code === 0x20) lines = true;
    else if (code !== 0 && code !== 0x3d) whole = false;
  }
  // As `base64` writes it, in lines.
  if (lines && whole) runs.push(value.replaceAll(/[\s=]/g, ''));
  else if (lines) runs.push(...blocks(value));
  return runs.flatMap(run => {
    // A path may stand right before it.
    const at = run.indexOf(pemInBase64);
    return at > 0 ? [run, run.slice(at)] : [run];
  });
}

/** Lines that are nothing but base64, one after another, as in YAML within text. */
function blocks(value: string): readonly string[] {
  const found: string[] = [];
  let block: string[] = [];
  for (const line of [...value.split('\n'), '']) {
    const written = line.trim().replace(/={1,2}$/, '');
    if (written.length > 0 && onlyBase64(written)) {
      block.push(written);
      continue;
    }
    if (block.length > 1) found.push(block.join(''));
    block = [];
  }
  return found.filter(({ length }) => length >= shortest);
}

function onlyBase64(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (isBase64[value.charCodeAt(i)] !== 1) return false;
  return true;
}

const isBase64 = new Uint8Array(0x10000);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_') isBase64[character.charCodeAt(0)] = 1;
/** "-----BEGIN " */
const pemInBase64 = 'LS0tLS1CRUdJTi';

function decoded(run: string): Uint8Array | undefined {
  const standard = run.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  return fromBase64(standard.length % 4 === 1 ? standard.slice(0, -1) : standard);
}

const latin1 = new TextDecoder('latin1');
