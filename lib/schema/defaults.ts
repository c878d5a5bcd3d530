import type { Schema } from './schema.ts';

/**
 * A value with the defaults of its schema filled in, as the API server does before it validates. The value itself is
 * not changed, and is returned as it is where nothing is to be filled in.
 *
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting
 */
export function withDefaults(schema: Schema, value: unknown): unknown {
  if (!hasDefaults(schema) || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map(item => withDefaults(items, item)) : value;
  }
  if (!isPlain(value)) return value;
  const filled: Record<string, unknown> = { ...value };
  for (const [name, property] of propertiesWithDefaults(schema)) {
    const given = Object.hasOwn(filled, name) ? filled[name] : undefined;
    const replaced = given === undefined || (given === null && !property.nullable);
    const start = replaced && property.default !== undefined ? property.default : given;
    if (start !== undefined && hasDefaults(property)) filled[name] = withDefaults(property, start);
    else if (start !== given) filled[name] = start;
  }
  const { additionalProperties } = schema;
  if (typeof additionalProperties === 'object' && hasDefaults(additionalProperties)) {
    for (const name of Object.keys(value)) {
      if (name !== '__proto__' && !schema.properties?.[name]) filled[name] = withDefaults(additionalProperties, filled[name]);
    }
  }
  return filled;
}

const found = new WeakMap<Schema, readonly (readonly [string, Schema])[]>();

function propertiesWithDefaults(schema: Schema): readonly (readonly [string, Schema])[] {
  let list = found.get(schema);
  if (!list) found.set(schema, list = Object.entries(schema.properties ?? {}).filter(([, property]) => hasDefaults(property)));
  return list;
}

/** Whether an object is plain data: neither a lazy value nor an instance of some class. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

const known = new WeakMap<Schema, boolean>();

/** Whether a schema says a default, itself or below. */
export function hasDefaults(schema: Schema): boolean {
  let found = known.get(schema);
  if (found === undefined) {
    const below = [
      ...Object.values(schema.properties ?? {}),
      ...(schema.items ? [schema.items] : []),
      ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
    ];
    found = schema.default !== undefined || below.some(hasDefaults);
    known.set(schema, found);
  }
  return found;
}
