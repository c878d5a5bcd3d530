import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programOf } from '../../lib/schema/cel.ts';
import { keywords, type Schema } from '../../lib/schema/index.ts';
import { contains } from '../../lib/schema/text.ts';

const folder = join(import.meta.dirname, '..', '..', 'imports', 'facts');
const schemas: Schema[] = [];
for (const name of readdirSync(folder).filter(file => file.endsWith('.js'))) {
  const { facts } = await import(join(folder, name)) as { facts: { kinds: Record<string, { versions: Record<string, { schema: Schema }> }> } };
  for (const kind of Object.values(facts.kinds)) for (const version of Object.values(kind.versions)) collect(version.schema);
}

test('every keyword of the facts is one that is read', () => {
  expect(schemas.length).toBeGreaterThan(5000);
  expect([...new Set(schemas.flatMap(Object.keys))].filter(keyword => !keywords.has(keyword))).toEqual([]);
});

test('every CEL rule of the facts can be parsed', () => {
  const rules = new Set(schemas.flatMap(schema => schema['x-kubernetes-validations'] ?? []).map(({ rule }) => rule));
  expect(rules.size).toBeGreaterThan(100);
  for (const rule of rules) expect(() => programOf(rule), rule).not.toThrow();
});

test('every pattern of the facts is RE2', () => {
  const patterns = new Set(schemas.flatMap(({ pattern }) => pattern ?? []));
  expect(patterns.size).toBeGreaterThan(30);
  for (const pattern of patterns) expect(() => contains(pattern, ''), pattern).not.toThrow();
});

function collect(schema: Schema): void {
  schemas.push(schema);
  const { properties, items, additionalProperties, oneOf, anyOf, allOf, not } = schema;
  for (const child of [...Object.values(properties ?? {}), ...(items ? [items] : []), ...(typeof additionalProperties === 'object' ? [additionalProperties] : []), ...(oneOf ?? []), ...(anyOf ?? []), ...(allOf ?? []), ...(not ? [not] : [])]) collect(child);
}
