import { isPlain } from './defaults.ts';
import type { Schema } from './schema.ts';

/**
 * A value without the fields that are null where the schema has no null for them: the API server drops these before it
 * fills in defaults and validates. Items of lists stay. The value itself is not changed, and is returned as it is where
 * nothing is to be dropped.
 *
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting-and-nullable
 */
export function withoutNulls(schema: Schema, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!items) return value;
    const kept = value.map(item => withoutNulls(items, item));
    return kept.some((item, i) => item !== value[i]) ? kept : value;
  }
  if (!isPlain(value)) return value;
  const entries = Object.entries(value);
  const kept = entries.flatMap(([name, child]: [string, unknown]): (readonly [string, unknown])[] => {
    const below = fieldOf(schema, name);
    if (!below) return [[name, child]];
    return child === null && !below.nullable && below.default === undefined ? [] : [[name, withoutNulls(below, child)]];
  });
  return kept.length === entries.length && kept.every(([, child], i) => child === entries[i]?.[1]) ? value : Object.fromEntries(kept);
}

function fieldOf({ properties, additionalProperties }: Schema, name: string): Schema | undefined {
  if (properties && Object.hasOwn(properties, name)) return properties[name];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}
