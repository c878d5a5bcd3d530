import type { Schema } from './crd.ts';

/** Marks the CEL rule by which Istio's CRDs ask for a duration. */
const durationRule = /^duration\(self\)/;

/** Whether a string field holds a Go duration such as `1h30m`. */
export function isDuration(schema: Schema): boolean {
  return schema.type === 'string'
    && (schema['x-kubernetes-validations']?.some(({ rule }) => durationRule.test(rule))
      || schema.pattern === '^([0-9]{1,5}(h|m|s|ms)){1,4}$');
}

/** One sentence that says what a field takes, from the facts alone. */
export function sentence(schema: Schema): string {
  const parts = [what(schema), ...limits(schema)];
  if (schema.default !== undefined && typeof schema.default !== 'object') parts.push(`\`${JSON.stringify(schema.default)}\` if not set`);
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    if (rule.message !== undefined && !durationRule.test(rule.rule)) parts.push(rule.message.replace(/\s+/g, ' ').replace(/\.$/, ''));
  }
  return `${parts.join('; ')}.`;
}

/** A doc comment, indented; `*` + `/` inside is broken up. */
export function comment(indent: string, lines: readonly string[]): string {
  const text = lines.map(line => line.replaceAll('*/', '*\\/'));
  if (text.length === 1) return `${indent}/** ${text[0]} */\n`;
  return `${indent}/**\n${text.map(line => `${indent} *${line === '' ? '' : ` ${line}`}\n`).join('')}${indent} */\n`;
}

function what(schema: Schema): string {
  if (schema.enum) return `One of ${schema.enum.map(value => `\`${String(value)}\``).join(', ')}`;
  if (isDuration(schema)) return 'A duration such as `1h30m`, at least 1ms';
  if (schema['x-kubernetes-int-or-string']) return 'A number or a string';
  switch (schema.type) {
    case 'string': return schema.format === 'date-time' ? 'A time (RFC 3339)' : 'A string';
    case 'integer': return 'A whole number';
    case 'number': return 'A number';
    case 'boolean': return 'True or false';
    case 'array': return schema.items ? `A list. Each: ${lower(what(schema.items))}` : 'A list';
    default:
      if (schema.properties) return 'An object';
      if (typeof schema.additionalProperties === 'object') return `A map. Each value: ${lower(what(schema.additionalProperties))}`;
      return schema.type === 'object' ? 'A free-form object' : 'Any value';
  }
}

function limits(schema: Schema): string[] {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, maxProperties, pattern } = schema;
  return [
    range(minimum, maximum, ''),
    range(minLength, maxLength, ' characters'),
    range(minItems, maxItems, ' items'),
    range(undefined, maxProperties, ' entries'),
    pattern === undefined || isDuration(schema) ? undefined : `matches \`${pattern.replaceAll('`', '\\`')}\``,
  ].filter(part => part !== undefined);
}

function range(low: number | undefined, high: number | undefined, unit: string): string | undefined {
  if (low !== undefined && high !== undefined) return `${low} to ${high}${unit}`;
  if (low !== undefined) return `at least ${low}${unit}`;
  return high === undefined ? undefined : `at most ${high}${unit}`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
