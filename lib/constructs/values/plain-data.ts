/**
 * A copy of data as YAML can hold it: text, finite numbers, booleans, lists and objects of these.
 *
 * @throws where something else is among it, with its path
 */
export function plainData(where: string, what: string, value: unknown): unknown {
  return copied(value, what, [], where);
}

function copied(value: unknown, path: string, around: readonly unknown[], where: string): unknown {
  // Written to YAML, a null would be gone without a word.
  if (value === null) throw new Error(`${where}: ${path} is null, which no manifest keeps; leave it out`);
  if (typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  if (typeof value !== 'object' || !(Array.isArray(value) || isPlain(value))) throw new Error(`${where}: ${path} must be plain data (text, a number, true, false, a list or an object), got ${named(value)}`);
  if (around.includes(value)) throw new Error(`${where}: ${path} leads back to what it is in, so that it has no end`);
  const inside = [...around, value];
  if (Array.isArray(value)) return value.map((item, i) => copied(item, `${path}[${i}]`, inside, where));
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined).map(([key, item]) => [key, copied(item, `${path}.${key}`, inside, where)]));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function named(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `a ${value.constructor.name}`;
  return typeof value === 'number' || value === undefined ? String(value) : `a ${typeof value}`;
}
