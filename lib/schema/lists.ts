import { itemPath } from './path.ts';
import { shown, type Report } from './report.ts';
import type { Schema } from './schema.ts';

/** Checks a list as a whole: its length, and that what must differ differs. */
export function checkList(schema: Schema, list: readonly unknown[], report: Report): void {
  const { minItems, maxItems, uniqueItems } = schema;
  if (minItems !== undefined && list.length < minItems) report.add('minItems', `must have at least ${count(minItems)}, got ${list.length}`, list);
  if (maxItems !== undefined && list.length > maxItems) report.add('maxItems', `must have at most ${count(maxItems)}, got ${list.length}`, list);
  const keys = schema['x-kubernetes-list-type'] === 'map' ? schema['x-kubernetes-list-map-keys'] ?? [] : undefined;
  if (keys) return unlike(list, item => keyOf(item, keys, schema.items), keys.join(' and '), report);
  if (uniqueItems || schema['x-kubernetes-list-type'] === 'set') unlike(list, canonical, undefined, report);
}

function unlike(list: readonly unknown[], identity: (item: unknown) => string, keys: string | undefined, report: Report): void {
  if (list.length < 2) return;
  const seen = new Map<string, number>();
  for (const [i, item] of list.entries()) {
    const key = identity(item);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, i);
    else report.add('x-kubernetes-list-type', `${keys === undefined ? 'is' : `has the same ${keys} as`} ${itemPath(report.path, first)}${keys === undefined ? ' again' : ''}; each must differ`, item, i);
  }
}

function keyOf(item: unknown, keys: readonly string[], schema: Schema | undefined): string {
  if (typeof item !== 'object' || item === null) return canonical(item);
  const fields = item as Readonly<Record<string, unknown>>;
  return canonical(keys.map(key => (Object.hasOwn(fields, key) ? fields[key] : schema?.properties?.[key]?.default ?? null)));
}


function canonical(value: unknown): string {
  try {
    return JSON.stringify(value, (_, child: unknown) =>
      typeof child === 'object' && child !== null && !Array.isArray(child)
        ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1)))
        : child) ?? 'undefined';
  } catch {
    return shown(value);
  }
}

function count(items: number): string {
  return items === 1 ? '1 item' : `${items} items`;
}
