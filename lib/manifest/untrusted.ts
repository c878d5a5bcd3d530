// Reading fields of objects that nobody has checked: what is of another type is as good as absent.

/** A mapping of anything. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as a mapping; an empty one where it is none. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Fields : nothing;
}

/** One field, which must be the mapping's own: `constructor` is no field of every object. */
export function field(value: unknown, name: string): unknown {
  const from = fields(value);
  return Object.hasOwn(from, name) ? from[name] : undefined;
}

/** The value as a mapping, or undefined where it is none. */
export function mapping(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Fields : undefined;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function boolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : empty;
}

/** The texts of a list; others are left out. */
export function texts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return empty as readonly string[];
  return value.every(item => typeof item === 'string') ? value : value.filter(item => typeof item === 'string');
}

/** The entries of a mapping whose values are text: labels, annotations. */
export function textMap(value: unknown): ReadonlyMap<string, string> {
  const from = fields(value);
  let texts: Map<string, string> | undefined;
  for (const name of Object.keys(from)) {
    const own = from[name];
    if (typeof own === 'string') (texts ??= new Map()).set(name, own);
  }
  return texts ?? noTexts;
}

const nothing: Fields = Object.freeze({});
const empty: readonly unknown[] = Object.freeze([]);
const noTexts: ReadonlyMap<string, string> = new Map();
