import { conforms } from './conforms.ts';
import { hasDefaults, isPlain, withDefaults } from './defaults.ts';
import { withoutNulls } from './nulls.ts';
import { Report, type Options, type Violation } from './report.ts';
import type { Schema } from './schema.ts';
import { checkValue, largest } from './structural.ts';

/**
 * Says in which ways a value does not fit a schema: what the API server would refuse it for, and the fields it would
 * drop. An empty list means that it fits. The value is not changed.
 *
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
 */
export function violations(schema: Schema, value: unknown, options: Options = {}): Violation[] {
  const report = new Report(options);
  // What is in order, as most is, is told without the notes that a report takes; defaults are filled in only where a value is known to end.
  const quick = !report.hasOpaque && !hasDefaults(schema);
  if (quick && conforms(schema, value)) return report.violations;
  if (endless(value, report.opaque)) report.add('depth', 'contains itself, or is too deep or too large to be read');
  else if (quick || report.hasOpaque || !conforms(schema, withDefaults(schema, value))) checkValue(schema, withDefaults(schema, withoutNulls(schema, value)), report);
  return report.violations;
}

/**
 * Whether a value contains itself, is deeper than any honest one, or grows without measure where parts of it stand in
 * many places (as YAML aliases make them). Looked at without recursion.
 */
function endless(value: unknown, opaque: (value: unknown) => boolean): boolean {
  let level: unknown[] = [value];
  let count = 0;
  for (let depth = 0; level.length > 0; depth++) {
    count += level.length;
    if (depth > 1000 || count > largest) return true;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null || !(Array.isArray(item) || isPlain(item)) || opaque(item)) continue;
      for (const child of Object.values(item)) if (typeof child === 'object' && child !== null) next.push(child);
      if (count + next.length > largest) return true;
    }
    level = next;
  }
  return false;
}
