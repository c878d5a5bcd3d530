import { claimDimension, type Dimension } from '../../mesh/index.ts';

/**
 * What is known of a caller by the claims of its token. Only texts and lists of texts can be asked for; a claim that is a
 * list written with spaces is a list.
 */
export function knownByClaims(claims: Readonly<Record<string, unknown>>, spaceDelimited: readonly string[]): ReadonlyMap<Dimension, readonly string[]> {
  const known = new Map<Dimension, readonly string[]>();
  const read = (value: unknown, names: readonly string[]): void => {
    const [name = ''] = names;
    const values = typeof value === 'string' ? (names.length === 1 && spaceDelimited.includes(name) ? value.split(' ') : [value]) : Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
    if (values.length > 0) known.set(claimDimension(names), values);
    if (isObject(value) && names.length < mostNames) for (const [key, inner] of Object.entries(value)) read(inner, [...names, key]);
  };
  for (const [name, value] of Object.entries(claims)) read(value, [name]);
  const principal = principalOf(claims);
  if (principal !== undefined) known.set('request.principal', [principal]);
  for (const [dim, claim] of [['request.audiences', 'aud'], ['request.presenter', 'azp']] as const) {
    const values = known.get(claimDimension([claim]));
    if (values) known.set(dim, values);
  }
  return known;
}

/** `ISSUER/SUBJECT`, where a token has both. A slash of the subject is `%2F`, as an issuer is often a URL. */
export function principalOf({ iss, sub }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof iss === 'string' && typeof sub === 'string' ? `${iss}/${sub.replaceAll('/', '%2F')}` : undefined;
}

/** Claims that are nested deeper are not asked for. */
const mostNames = 16;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
