import { plain } from './plain.ts';

/** What stands where a secret stood. */
export const redacted = '[redacted]';

/** Whether a field, header or parameter of a query is secret by its name. */
export type SecretName = (name: string) => boolean;

/** Names whose values are secrets, in any case and with `-`, `_` or neither. */
const secretNames = [
  'authorization', 'proxyauthorization', 'cookie', 'setcookie', 'token', 'accesstoken', 'refreshtoken', 'idtoken', 'authtoken', 'sessiontoken', 'csrftoken', 'jwt',
  'bearer', 'password', 'passwd', 'secret', 'clientsecret', 'apikey', 'xapikey', 'xauthtoken', 'privatekey', 'xforwardedaccesstoken',
  // Names and values by turns.
  'rawheaders',
] as const;

/** What is never written: always, or as a contract says. */
export function secretFields(further: readonly string[]): SecretName {
  const secret = new Set([...secretNames, ...further.map(spelled)]);
  const known = new Map<string, boolean>();
  return name => {
    let answer = known.get(name);
    if (answer === undefined) {
      answer = secret.has(spelled(name));
      // Names are those of a program; the bound is for one that makes them up.
      if (known.size < 10_000) known.set(name, answer);
    }
    return answer;
  };
}

function spelled(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/** How deep a line of log goes, and how many objects it has: who logs a socket by mistake is not kept waiting. */
const deepest = 10;
const mostObjects = 1000;

/**
 * A value as a log shows it, without its secrets; what was given stays as it was, and is given back itself where there is
 * nothing to hide.
 */
export function withoutSecrets(value: unknown, isSecret: SecretName): unknown {
  return new Cleaning(isSecret).of(value);
}

class Cleaning {
  readonly #isSecret: SecretName;
  readonly #path: object[] = [];
  #objects = 0;

  constructor(isSecret: SecretName) {
    this.#isSecret = isSecret;
  }

  of(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || value instanceof Date || ArrayBuffer.isView(value)) return value;
    if (this.#path.includes(value)) return '[circular]';
    if (this.#path.length === deepest) return `[deeper than ${deepest}]`;
    if (this.#objects === mostObjects) return `[more than ${mostObjects} objects]`;
    this.#objects += 1;
    this.#path.push(value);
    const seen = plain(value);
    const clean = seen !== value ? this.of(seen) : Array.isArray(value) ? this.#ofArray(value) : this.#ofObject(value);
    this.#path.pop();
    return clean;
  }

  #ofArray(array: readonly unknown[]): readonly unknown[] {
    const items = array.map(item => this.of(item));
    return items.some((item, i) => item !== array[i]) ? items : array;
  }

  #ofObject(object: object): object {
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(object)) {
      const inner = (object as Record<string, unknown>)[key];
      const clean = inner !== undefined && this.#isSecret(key) ? redacted : this.of(inner);
      if (clean !== inner) (copy ??= { ...object })[key] = clean;
    }
    return copy ?? object;
  }
}

/** A token inside a text: a JWT, or what follows Bearer or Basic. */
const token = /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*|\b(?<=(?:bearer|basic)\s)[\w~+/.-]{6,}=*/gi;
/** A header inside a text. What follows its name is written up to the end of the text or line. */
const header = /\b(?<=(?:authorization|cookie):\s?)[^\s"\\][^"\\\r\n]*/gi;
/** What either of them needs. */
const hint = /(?:bearer|basic)\s|(?:authorization|cookie):/i;
/** A parameter of a query or form. */
const parameter = /(?<=[?&])([\w.~%-]{1,64})=[^&#\s"\\]+/g;
/** The password of a URL. */
const password = /(?<=:\/\/[^\s/?#:@"\\]*:)[^\s/?#@"\\]+(?=@)/g;

/** A written line without the secrets that stand inside its texts. */
export function withoutTokens(line: string, isSecret: SecretName): string {
  let clean = line;
  // Most lines have none of them, and that is found out faster than a match.
  if (line.includes('eyJ') || hint.test(line)) clean = clean.replace(token, redacted).replace(header, redacted);
  if (line.includes('=')) clean = clean.replace(parameter, (whole, name: string) => (isSecret(name) ? `${name}=${redacted}` : whole));
  if (line.includes('@') && line.includes('://')) clean = clean.replace(password, redacted);
  return clean;
}
