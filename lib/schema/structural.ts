import { checkCombined } from './combine.ts';
import { checkRules } from './cel.ts';
import { isPlain } from './defaults.ts';
import { checkList } from './lists.ts';
import { nearest } from './nearest.ts';
import { checkNumber } from './number.ts';
import { Report, shown } from './report.ts';
import type { Schema } from './schema.ts';
import { checkText } from './text.ts';

/** No honest object is deeper; the API server refuses far less. */
export const deepest = 200;

/** No honest object has more values; the API server takes at most 1.5 MB of text. */
export const largest = 1_000_000;

/** Checks a value against a schema, itself and everything below. */
export function checkValue(schema: Schema, value: unknown, report: Report, depth = 0): void {
  if (report.full || report.opaque(value)) return;
  if (depth > deepest) return report.add('depth', `is nested more than ${deepest} deep; flatten it`);
  if (value === null) {
    if (!schema.nullable && !accepts(schema, 'null')) report.add('type', `must be ${wanted(schema)}, got null; leave the field out instead`, null);
    return;
  }
  const type = typeOf(value);
  if (!accepts(schema, type)) return report.add('type', `must be ${wanted(schema)}, got ${shown(value)}`, value);
  if (schema.enum && !schema.enum.some(choice => choice === value)) {
    const guess = typeof value === 'string' ? nearest(value, schema.enum.filter(choice => typeof choice === 'string')) : undefined;
    return report.add('enum', `must be one of ${schema.enum.map(String).join(', ')}, got ${shown(value)}${guess === undefined ? '' : `; did you mean ${guess}?`}`, value);
  }
  const before = report.violations.length;
  if (typeof value === 'string') checkText(schema, value, report);
  if (typeof value === 'number') checkNumber(schema, value, report);
  if (Array.isArray(value)) {
    checkList(schema, value, report);
    const { items } = schema;
    for (let i = 0; items && i < value.length; i++) {
      report.enter(i);
      checkValue(items, value[i], report, depth + 1);
      report.leave();
    }
  } else if (type === 'object') {
    checkObject(schema, value as Readonly<Record<string, unknown>>, report, depth);
  }
  checkCombined(schema, value, report, fits);
  // The API server, too, asks its rules only about values whose shape is right.
  if (report.violations.length === before) checkRules(schema, value, report);
}

function checkObject(schema: Schema, value: Readonly<Record<string, unknown>>, report: Report, depth: number): void {
  const { properties, additionalProperties, required = [], minProperties, maxProperties } = schema;
  const names = present(value);
  for (const name of required) {
    if (!Object.hasOwn(value, name) || value[name] === undefined) report.add('required', 'is required', undefined, name);
  }
  if (minProperties !== undefined && names.length < minProperties) report.add('minProperties', `must have at least ${minProperties} entries, got ${names.length}`, value);
  if (maxProperties !== undefined && names.length > maxProperties) report.add('maxProperties', `must have at most ${maxProperties} entries, got ${names.length}`, value);
  for (const name of names) {
    const property = properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
    const child = property ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (!child && properties && additionalProperties !== true && !schema['x-kubernetes-preserve-unknown-fields'] && !isTypeMeta(schema, report, name)) {
      unknown(name, properties, report);
      continue;
    }
    report.enter(name);
    if (child) checkValue(child, value[name], report, depth + 1);
    else checkDepth(value[name], report, depth + 1);
    report.leave();
  }
}

/** The names of what is set; mostly that is all of them. */
function present(value: Readonly<Record<string, unknown>>): string[] {
  const names = Object.keys(value);
  return names.some(name => value[name] === undefined) ? names.filter(name => value[name] !== undefined) : names;
}

function unknown(name: string, properties: Readonly<Record<string, Schema>>, report: Report): void {
  if (report.ignoresUnknown) return;
  const guess = nearest(name, Object.keys(properties));
  report.add('unknown', `unknown field ${shown(name)}${guess === undefined ? '' : `; did you mean ${shown(guess)}?`}`, undefined, name);
}

/** The root of every object has these, whatever its schema says; so have embedded objects. */
function isTypeMeta(schema: Schema, report: Report, name: string): boolean {
  return (report.atRoot || schema['x-kubernetes-embedded-resource'] === true) && typeMeta.includes(name);
}

export const typeMeta: readonly string[] = ['apiVersion', 'kind', 'metadata'];

/** Free-form content is not looked at, but must end. */
function checkDepth(value: unknown, report: Report, depth: number): void {
  if (typeof value !== 'object' || value === null || report.full || report.opaque(value)) return;
  if (depth > deepest) return report.add('depth', `is nested more than ${deepest} deep; flatten it`);
  for (const [name, child] of Object.entries(value)) {
    if (typeof child !== 'object' || child === null) continue;
    report.enter(Array.isArray(value) ? Number(name) : name);
    checkDepth(child, report, depth + 1);
    report.leave();
  }
}

function fits(schema: Schema, value: unknown): boolean {
  const report = new Report({ unknownFields: 'ignore', limit: 1 });
  checkValue(schema, value, report);
  return report.violations.length === 0;
}

type Type = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'null' | 'other';

/** What a value is, in the words of a schema; `other` for what is no plain data. */
export function typeOf(value: unknown): Type {
  switch (typeof value) {
    case 'string': return 'string';
    case 'boolean': return 'boolean';
    case 'number': return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? 'integer' : Number.isFinite(value) ? 'number' : 'other';
    case 'object': return Array.isArray(value) ? 'array' : value !== null && isPlain(value) ? 'object' : 'other';
    default: return 'other';
  }
}

/** Whether a schema takes values of a type. */
export function accepts(schema: Schema, type: Type): boolean {
  if (type === 'other') return false;
  if (schema['x-kubernetes-int-or-string']) return type === 'integer' || type === 'string';
  if (schema.type === undefined) return true;
  return schema.type === type || (schema.type === 'number' && type === 'integer');
}

function wanted(schema: Schema): string {
  if (schema['x-kubernetes-int-or-string']) return 'a whole number or a string';
  const names: Readonly<Record<string, string>> = {
    string: 'a string', integer: 'a whole number', number: 'a number', boolean: 'true or false', array: 'a list', object: 'an object',
  };
  return names[schema.type ?? ''] ?? 'a plain value';
}
