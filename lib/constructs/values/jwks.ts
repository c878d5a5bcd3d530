/** Where the public keys of an issuer come from. Made by `Jwks`. */
export type Jwks =
  | { readonly kind: 'uri'; readonly uri: string; /** Whether someone on the way could give keys of their own. */ readonly plainHttp: boolean }
  /** A JWK set as text. */
  | { readonly kind: 'inline'; readonly text: string; readonly keys: readonly PublicJwk[] };

/** What is read of a key. */
export interface PublicJwk {
  readonly kty: string;
  readonly alg?: string | undefined;
}

/**
 * The public keys of an issuer.
 *
 * @example
 * Jwks.uri('https://accounts.example.com/.well-known/jwks.json')
 */
export const Jwks = {
  /**
   * Fetched by istiod, every 20 minutes.
   *
   * @throws when it is no https URL; `plainHttp: true` allows http, where the way is safe by other means
   */
  uri(uri: string, { plainHttp = false }: { readonly plainHttp?: boolean | undefined } = {}): Jwks {
    const url = URL.canParse(uri) ? new URL(uri) : undefined;
    if (url && (url.username !== '' || url.password !== '')) throw new Error('Jwks.uri: the URL must carry no user or password: YAML is no place for a secret');
    if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw new Error(`Jwks.uri: must be an https URL, got ${JSON.stringify(uri)}`);
    if (url.protocol === 'http:' && !plainHttp) throw new Error(`Jwks.uri: ${JSON.stringify(uri)} is not https, so whoever sits between can give keys of their own; use https, or say { plainHttp: true } where the way is safe by other means`);
    return { kind: 'uri', uri, plainHttp: url.protocol === 'http:' };
  },

  /**
   * Written into the policy: a JWK set, as an object or as text. When the issuer changes its keys, so must the policy.
   *
   * @throws when a key is private or symmetric, or none; what is said never shows a key
   */
  inline(jwks: string | { readonly keys: readonly object[] }): Jwks {
    const keys = keysOf(typeof jwks === 'string' ? parsed(jwks) : jwks);
    return { kind: 'inline', text: JSON.stringify({ keys }), keys };
  },
};

/** Members that only a signer may have (RFC 7518, section 6). */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Members without which a key of a kind verifies nothing (RFC 7518, section 6; RFC 8037, section 2). */
const neededMembers: Readonly<Record<string, readonly string[]>> = { RSA: ['n', 'e'], EC: ['crv', 'x', 'y'], OKP: ['crv', 'x'] };

function keysOf(jwks: unknown): readonly PublicJwk[] {
  const keys: unknown = typeof jwks === 'object' && jwks !== null && 'keys' in jwks ? jwks.keys : undefined;
  if (!Array.isArray(keys) || keys.length === 0) throw new Error('Jwks.inline: takes a JWK set, { "keys": [{ "kty": … }] }, with one key at least; it is not shown here, since it may hold a secret');
  return keys.map((key: unknown, i) => publicKey(`Jwks.inline: keys[${i}]`, key));
}

function publicKey(where: string, key: unknown): PublicJwk {
  if (typeof key !== 'object' || key === null) throw new Error(`${where} is no JWK`);
  const members = key as Readonly<Record<string, unknown>>;
  const secret = secretMembers.filter(name => members[name] !== undefined);
  if (members.kty === 'oct' || members.k !== undefined) throw new Error(`${where} is a symmetric key: whoever reads the policy could sign tokens with it; sign with a key that has a public half, such as ES256, and give that half`);
  if (secret.length > 0) throw new Error(`${where} is a private key (it has ${secret.map(name => `"${name}"`).join(', ')}): whoever reads the policy could sign tokens with it; give its public half alone, and replace the key if it was committed`);
  const needed = typeof members.kty === 'string' && Object.hasOwn(neededMembers, members.kty) ? neededMembers[members.kty] : undefined;
  if (!needed) throw new Error(`${where} is of no kind that Envoy verifies tokens with; its "kty" must be one of ${Object.keys(neededMembers).join(', ')}`);
  const missing = needed.filter(name => typeof members[name] !== 'string' || members[name] === '');
  if (missing.length > 0) throw new Error(`${where} lacks ${missing.map(name => `"${name}"`).join(', ')}, without which it verifies nothing`);
  return { ...members } as unknown as PublicJwk;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What JSON.parse says quotes the text.
    throw new Error('Jwks.inline: the text is no JSON; it is not shown here, since it may hold a secret');
  }
}
