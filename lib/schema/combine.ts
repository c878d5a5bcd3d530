import { shown, type Report } from './report.ts';
import type { Schema } from './schema.ts';

/** Says whether a value fits a schema that is part of an oneOf, anyOf, allOf or not. */
export type Fits = (schema: Schema, value: unknown) => boolean;

/** Checks oneOf, anyOf, allOf and not. */
export function checkCombined(schema: Schema, value: unknown, report: Report, fits: Fits): void {
  const { oneOf, anyOf, allOf, not } = schema;
  if (!oneOf && !anyOf && !allOf && !not) return;
  for (const part of allOf ?? []) {
    checkCombined(part, value, report, fits);
    if (!part.oneOf && !part.anyOf && !part.not && !fits(part, value)) report.add('allOf', `does not fit what the schema demands, got ${shown(value)}`, value);
  }
  if (oneOf && oneOf.filter(part => fits(part, value)).length !== 1) {
    report.add('oneOf', exclusive(oneOf, value) ?? `must fit exactly one alternative, got ${shown(value)}`, value);
  }
  if (anyOf && !anyOf.some(part => fits(part, value))) {
    const choices = anyOf.flatMap(onlyRequired);
    report.add('anyOf', choices.length > 0 ? `must set at least one of ${choices.join(', ')}` : `must fit one of the alternatives, got ${shown(value)}`, value);
  }
  if (not && fits(not, value)) report.add('not', `must not be ${shown(value)}`, value);
}

/** The message for fields that exclude each other, the form in which Istio's CRDs use oneOf. */
function exclusive(oneOf: readonly Schema[], value: unknown): string | undefined {
  const choices = oneOf.flatMap(onlyRequired);
  if (choices.length === 0 || typeof value !== 'object' || value === null) return undefined;
  const set = choices.filter(name => Object.hasOwn(value, name));
  if (set.length > 1) return `only one of ${choices.join(', ')} can be set, got ${set.join(' and ')}`;
  return set.length === 0 ? `one of ${choices.join(', ')} must be set` : undefined;
}

function onlyRequired(schema: Schema): readonly string[] {
  return schema.required?.length === 1 ? schema.required : [];
}
