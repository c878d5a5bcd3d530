import type { Schema } from './schema.ts';

/**
 * A value as CEL sees it: whole numbers as integers where the schema says so, property names escaped, and fields that
 * the schema does not know left out.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/cel/#escaping
 */
export function celValue(schema: Schema | undefined, value: unknown): unknown {
  if (typeof value === 'number') {
    const whole = schema?.type === 'integer' || schema?.['x-kubernetes-int-or-string'] || (schema?.type === undefined && Number.isInteger(value));
    return whole && Number.isInteger(value) ? BigInt(value) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(item => celValue(schema?.items, item));
  const result = new Map<string, unknown>();
  const values = typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  for (const [name, child] of Object.entries(value)) {
    if (child === undefined || child === null) continue;
    const property = schema?.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    // The keys of a map are values, not names.
    result.set(property ? escaped(name) : name, celValue(property ?? values, child));
  }
  return result;
}

const reserved = new Set([
  'true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package',
  'namespace', 'return',
]);

function escaped(name: string): string {
  if (reserved.has(name)) return `__${name}__`;
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !name.includes('__')) return name;
  return name.replace(/__|\.|-|\//g, part => ({ __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' })[part] ?? part);
}
