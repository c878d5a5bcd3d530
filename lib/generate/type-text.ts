import type { Schema } from './crd.ts';
import { isDuration } from './doc-text.ts';

/** The TypeScript type of a schema; `shapeAt` names the interface of a nested object. */
export function typeText(schema: Schema, path: string, shapeAt: (path: string) => string): string {
  if (schema.enum) return schema.enum.map(value => quoted(value)).join(' | ');
  if (schema['x-kubernetes-int-or-string']) return 'number | string';
  switch (schema.type) {
    case 'string': return isDuration(schema) ? 'GoDuration' : 'string';
    case 'integer':
    case 'number': return 'number';
    case 'boolean': return 'boolean';
    case 'array': {
      if (!schema.items) return 'readonly any[]';
      const item = typeText(schema.items, `${path}[]`, shapeAt);
      return `readonly ${item.includes(' ') ? `(${item})` : item}[]`;
    }
    case 'object': {
      if (schema.properties) return shapeAt(path);
      const values = typeof schema.additionalProperties === 'object'
        ? typeText(schema.additionalProperties, `${path}{}`, shapeAt)
        : 'any';
      return `{ readonly [key: string]: ${values} }`;
    }
    default: return 'any';
  }
}

/** A value as a TypeScript literal, in single quotes. */
export function quoted(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : JSON.stringify(value);
}

/** A property name, quoted where it is no identifier. */
export function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
}
