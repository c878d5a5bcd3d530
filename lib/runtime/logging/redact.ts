/** What stands where a secret stood. */
export const redacted = '[redacted]';

/** Names of fields whose values are secrets, in any case and with `-`, `_` or neither. */
const secretNames = [
  'authorization', 'proxyauthorization', 'cookie', 'setcookie', 'token', 'accesstoken', 'refreshtoken', 'idtoken', 'authtoken', 'sessiontoken', 'jwt', 'bearer',
  'password', 'passwd', 'secret', 'clientsecret', 'apikey', 'xapikey', 'privatekey', 'xforwardedaccesstoken',
] as const;

/** A token inside a text: a JWT, or what follows Bearer or Basic. */
const secretText = /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*|\b(?<=(?:bearer|basic)\s)[\w~+/.-]{6,}=*/gi;

/** The names of a contract beside those that are always secret. */
export function secretFields(further: readonly string[]): ReadonlySet<string> {
  return new Set([...secretNames, ...further.map(plain)]);
}

/**
 * A value without its secrets, at any depth that a line of log may have; what was given stays as it was, and is given back
 * itself where there is nothing to hide.
 */
export function withoutSecrets(value: unknown, secret: ReadonlySet<string>, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || ArrayBuffer.isView(value)) return value;
  if (depth === 10) return '[deeper than 10]';
  if ('toJSON' in value && typeof value.toJSON === 'function') return withoutSecrets((value as { toJSON(): unknown }).toJSON(), secret, depth + 1);
  if (Array.isArray(value)) {
    const items = value.map(item => withoutSecrets(item, secret, depth + 1));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  let changed = false;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    const clean = inner !== undefined && secret.has(plain(key)) ? redacted : withoutSecrets(inner, secret, depth + 1);
    changed ||= clean !== inner;
    return [key, clean];
  });
  return changed ? Object.fromEntries(entries) : value;
}

/** A written line without the tokens that stand inside its texts. */
export function withoutTokens(line: string): string {
  return line.replace(secretText, redacted);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}
