import { RE2JS } from 're2js';
import { shown, type Report } from './report.ts';
import type { Schema } from './schema.ts';

/** Checks a string: its length in characters, its pattern and its format. */
export function checkText(schema: Schema, value: string, report: Report): void {
  const { minLength, maxLength, pattern, format } = schema;
  if (minLength !== undefined || maxLength !== undefined) {
    const length = characters(value);
    if (minLength !== undefined && length < minLength) {
      report.add('minLength', minLength === 1 ? 'must not be empty' : `must have at least ${minLength} characters, got ${length}`, value);
    }
    if (maxLength !== undefined && length > maxLength) report.add('maxLength', `must have at most ${maxLength} characters, got ${length}`, value);
  }
  if (pattern !== undefined && !contains(pattern, value)) report.add('pattern', `must match ${pattern}, got ${shown(value)}`, value);
  const expected = format === undefined ? undefined : formats[format];
  if (expected && !expected.fits(value)) report.add('format', `must be ${expected.name}, got ${shown(value)}`, value);
}

/** Whether an RE2 expression is found in a text. Linear in the text, whatever the expression. */
export function contains(pattern: string, text: string): boolean {
  let regex = compiled.get(pattern);
  if (!regex) compiled.set(pattern, regex = RE2JS.compile(pattern));
  return regex.matcher(text).find();
}

const compiled = new Map<string, RE2JS>();

/** Go counts runes, not UTF-16 units. */
function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/**
 * The formats of strings that the API server enforces and CRDs use.
 *
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
 */
const formats: Readonly<Record<string, { readonly name: string; readonly fits: (text: string) => boolean }>> = {
  'date-time': { name: 'a time such as 2026-01-31T12:00:00Z (RFC 3339)', fits: text => /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text.replace(' ', 'T'))) },
  date: { name: 'a date such as 2026-01-31', fits: text => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) },
  // Leading zeros were read so for years, and still are.
  ipv4: { name: 'an IPv4 address', fits: text => isIPv4(text.replace(/\b0+(?=\d)/g, '')) },
  ipv6: { name: 'an IPv6 address', fits: isIPv6 },
  byte: { name: 'base64', fits: text => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/.test(text) },
  uuid: { name: 'a UUID', fits: text => /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text) },
};

/** Whether a text is an IPv4 address, without leading zeros as in Go. */
export function isIPv4(text: string): boolean {
  const octets = text.split('.');
  return octets.length === 4 && octets.every(octet => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255);
}

/** Whether a text is an IPv6 address (RFC 4291), a zone aside. */
export function isIPv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return false;
  const groups = halves.flatMap(half => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const embedded = last.includes('.');
  if (embedded && !isIPv4(last)) return false;
  const hex = embedded ? groups.slice(0, -1) : groups;
  const count = hex.length + (embedded ? 2 : 0);
  return hex.every(group => /^[0-9a-f]{1,4}$/i.test(group)) && (halves.length === 2 ? count < 8 : count === 8);
}
