// What a contract may be given: each function returns it, or refuses it with where, what was given and what to do.

/** Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names */
export function serviceName(name: string): string {
  if (/^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return name;
  throw new Error(`defineService: name must be a DNS label (a lower-case letter, then letters, digits and "-", at most 63 characters), got ${JSON.stringify(name)}`);
}

export function port(where: string, what: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= 65535) return value;
  throw new Error(`${where}: ${what} must be a whole number between 1 and 65535, got ${String(value)}`);
}

export function path(where: string, what: string, value: string): string {
  if (/^\/[^?#\s]*$/.test(value)) return value;
  throw new Error(`${where}: ${what} must be a path that begins with "/" and has no "?", "#" or space, got ${JSON.stringify(value)}`);
}

export function httpUrl(where: string, what: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && (url.username !== '' || url.password !== '')) throw new Error(`${where}: ${what} must carry no user or password: a contract is no place for a secret`);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new Error(`${where}: ${what} must be an http or https URL, got ${JSON.stringify(value)}`);
  return value;
}

export function atLeast(where: string, what: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`${where}: ${what} must be a whole number of at least ${least}, got ${String(value)}`);
}

export function ascending(where: string, what: string, values: readonly number[]): readonly number[] {
  if (values.length > 0 && values.every((value, i) => Number.isFinite(value) && value > (values[i - 1] ?? -Infinity))) return [...values];
  throw new Error(`${where}: ${what} must be numbers that grow, at least one, got ${JSON.stringify(values)}`);
}

/** Source: https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels (colons are for recording rules) */
export function metricName(where: string, what: string, name: string): string {
  if (/^[a-z][a-z0-9_]*$/.test(name)) return name;
  throw new Error(`${where}: ${what} must be a name of lower-case letters, digits and "_", beginning with a letter, got ${JSON.stringify(name)}`);
}

export function labels(where: string, what: string, kind: string, names: readonly string[]): readonly string[] {
  for (const name of names) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || name.startsWith('__')) {
      throw new Error(`${where}: ${what} must be letters, digits and "_", not beginning with "__", got ${JSON.stringify(name)}`);
    }
    if (kind === 'histogram' && name === 'le') throw new Error(`${where}: ${what} has "le", which a histogram keeps for its buckets`);
  }
  return [...distinct(where, what, names)];
}

export function distinct<Value extends string | number>(where: string, what: string, values: readonly Value[]): readonly Value[] {
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice !== undefined) throw new Error(`${where}: ${what} has ${JSON.stringify(twice)} twice; each is said once`);
  return values;
}

/** Refuses two things that would be in each other's place. */
export function apart(where: string, what: string, places: readonly (readonly [of: string, at: string | number])[]): void {
  for (const [i, [of, at]] of places.entries()) {
    const earlier = places.slice(0, i).find(([, other]) => other === at);
    if (earlier) throw new Error(`${where}: ${what} ${of} is ${at}, as is ${what} ${earlier[0]}; give each its own`);
  }
}
