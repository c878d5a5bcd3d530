/** What stands where a secret stood. */
export const redacted = '[redacted]';

/** Names of fields whose values are secrets, in any case and with `-`, `_` or neither. */
const secretNames = [
  'authorization', 'proxyauthorization', 'cookie', 'setcookie', 'token', 'accesstoken', 'refreshtoken', 'idtoken', 'authtoken', 'sessiontoken', 'jwt', 'bearer',
  'password', 'passwd', 'secret', 'clientsecret', 'apikey', 'xapikey', 'privatekey', 'xforwardedaccesstoken',
] as const;

/** A token inside a text: a JWT, or what follows Bearer or Basic. */
const secretText = /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*|\b(?<=(?:bearer|basic)\s)[\w~+/.-]{6,}=*/gi;

const scheme = /(?:bearer|basic)\s/i;

/** Whether a field is secret by its name: always, or as a contract says. */
export function secretFields(further: readonly string[]): (name: string) => boolean {
  const secret = new Set([...secretNames, ...further.map(plain)]);
  const known = new Map<string, boolean>();
  return name => {
    let answer = known.get(name);
    if (answer === undefined) {
      answer = secret.has(plain(name));
      // Names are those of a program; the bound is for one that makes them up.
      if (known.size < 10_000) known.set(name, answer);
    }
    return answer;
  };
}

/**
 * A value without its secrets, at any depth that a line of log may have; what was given stays as it was, and is given back
 * itself where there is nothing to hide.
 */
export function withoutSecrets(value: unknown, isSecret: (name: string) => boolean, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || ArrayBuffer.isView(value)) return value;
  if (depth === 10) return '[deeper than 10]';
  if ('toJSON' in value && typeof value.toJSON === 'function') return withoutSecrets((value as { toJSON(): unknown }).toJSON(), isSecret, depth + 1);
  if (Array.isArray(value)) {
    const items = value.map(item => withoutSecrets(item, isSecret, depth + 1));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const inner = (value as Record<string, unknown>)[key];
    const clean = inner !== undefined && isSecret(key) ? redacted : withoutSecrets(inner, isSecret, depth + 1);
    if (clean !== inner) (copy ??= { ...value })[key] = clean;
  }
  return copy ?? value;
}

/** A written line without the tokens that stand inside its texts. */
export function withoutTokens(line: string): string {
  // Most lines have neither, and that is found out faster than a match.
  return line.includes('eyJ') || (line.includes(' ') && scheme.test(line)) ? line.replace(secretText, redacted) : line;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}
