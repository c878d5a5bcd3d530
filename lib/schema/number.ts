import { shown, type Report } from './report.ts';
import type { Schema } from './schema.ts';

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  int32: [-2147483648, 2147483647],
  uint32: [0, 4294967295],
};

/** Checks a number: its range and the range of its format. */
export function checkNumber(schema: Schema, value: number, report: Report): void {
  const { minimum, maximum, exclusiveMinimum = false, exclusiveMaximum = false, multipleOf, format } = schema;
  const below = minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum);
  const above = maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum);
  if (below || above) {
    const low = minimum === undefined ? undefined : `${exclusiveMinimum ? 'more than' : 'at least'} ${minimum}`;
    const high = maximum === undefined ? undefined : `${exclusiveMaximum ? 'less than' : 'at most'} ${maximum}`;
    const both = minimum !== undefined && maximum !== undefined && !exclusiveMinimum && !exclusiveMaximum;
    const wanted = both ? `between ${minimum} and ${maximum}` : [low, high].filter(part => part !== undefined).join(' and ');
    report.add(below ? 'minimum' : 'maximum', `must be ${wanted}, got ${shown(value)}`, value);
    return;
  }
  if (multipleOf !== undefined && value % multipleOf !== 0) report.add('multipleOf', `must be a multiple of ${multipleOf}, got ${shown(value)}`, value);
  const range = format === undefined ? undefined : ranges[format];
  if (range && (value < range[0] || value > range[1])) {
    report.add('format', `must fit ${format}, so be between ${range[0]} and ${range[1]}, got ${shown(value)}`, value);
  }
}
