import { RE2JS } from 're2js';
import { field, mapping, number, text } from '../../manifest/index.ts';
import { goDuration } from '../../schema/index.ts';
import { shown, type Say } from './said.ts';

/** A duration of at least a millisecond, and of whole ones. An empty one is as good as absent. */
export function duration(say: Say, value: unknown, path: string, zero = false): void {
  const given = text(value);
  if (given === undefined) return;
  const found = goDuration(given);
  if (found === undefined) say({ path, message: `must be a duration such as 1h30m, got ${shown(given)}` });
  else if (zero && found / 1_000_000n === 0n) return;
  else if (found < 1_000_000n) say({ path, message: `must be at least 1ms, got ${shown(given)}` });
  else if (found % 1_000_000n !== 0n) say({ path, message: `must be a whole number of milliseconds, got ${shown(given)}` });
}

/** Durations among the fields of an object. */
export function durations(say: Say, object: unknown, names: readonly string[], path: string): void {
  for (const name of names) duration(say, field(object, name), `${path}.${name}`);
}

export function percent(say: Say, value: unknown, path: string): void {
  const given = number(value);
  if (given !== undefined && (given < 0 || given > 100)) say({ path, message: `must be between 0 and 100, got ${given}` });
}

/** `{ value }`, as fine as a ten-thousandth. */
export function percentage(say: Say, value: unknown, path: string): void {
  const given = number(field(value, 'value'));
  if (given !== undefined && (given < 0 || given > 100 || (given > 0 && given < 0.0001))) say({ path, message: `must be 0, or between 0.0001 and 100, got ${given}` });
}

export function notNegative(say: Say, object: unknown, names: readonly string[], path: string): void {
  for (const name of names) {
    const given = number(field(object, name));
    if (given !== undefined && given < 0) say({ path: `${path}.${name}`, message: `must not be negative, got ${given}` });
  }
}

/** A regular expression of Envoy: RE2, at most 1024 characters. */
export function regex(say: Say, value: string, path: string): void {
  const why = whyNoRegex(value);
  if (why !== undefined) say({ path, message: `${shown(value)} is no regular expression: ${why}` });
}

export function whyNoRegex(value: string): string | undefined {
  if (value.length > 1024) return 'it has more than 1024 characters';
  try {
    RE2JS.compile(value);
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? 'it cannot be read';
  }
}

/** `{ exact | prefix | regex }`. An empty prefix is allowed for a URI. */
export function stringMatch(say: Say, value: unknown, path: string, emptyPrefix = false): void {
  if (!mapping(value)) return;
  const prefix = text(field(value, 'prefix'));
  const expression = text(field(value, 'regex'));
  if (prefix === '' && !emptyPrefix) say({ path: `${path}.prefix`, message: 'an empty prefix matches everything; leave it out' });
  if (expression === '') say({ path: `${path}.regex`, message: 'a regular expression must not be empty' });
  else if (expression !== undefined) regex(say, expression, `${path}.regex`);
}
