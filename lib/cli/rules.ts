import { codesOf, rules, type Rule } from '../check/index.ts';
import type { Result } from './check.ts';
import { rulesNamed } from './codes.ts';
import { oneOf } from './usage.ts';

/** `meshwright rules`: the catalogue, or one rule. */
export function rulesCommand(code: string | undefined, flags: { readonly format: string }): Result {
  const format = oneOf('--format', ['text', 'json'] as const, flags.format);
  const wanted = code === undefined ? rules : rulesNamed(code);
  if (format === 'json') return { stdout: `${JSON.stringify(wanted.map(withoutCode), undefined, 2)}\n`, status: 0 };
  return { stdout: code === undefined ? catalogue(wanted) : wanted.map(whole).join('\n'), status: 0 };
}

function withoutCode(rule: Rule): object {
  return Object.fromEntries(Object.entries(rule).filter(([key]) => key !== 'check'));
}

function catalogue(all: readonly Rule[]): string {
  const widths = [Math.max(...all.map(({ id }) => id.length)), Math.max(...all.map(({ severity }) => severity.length)), Math.max(...all.map(({ name }) => name.length))] as const;
  return all.map(({ id, severity, name, title }) => `${id.padEnd(widths[0])}  ${severity.padEnd(widths[1])}  ${name.padEnd(widths[2])}  ${title}\n`).join('');
}

function whole(rule: Rule): string {
  const { id, name, severity, title, why, fix, source, advice, alsoKnownAs = [], examples } = rule;
  const known = [...codesOf(rule).slice(1), ...alsoKnownAs];
  return `${id} ${name} (${severity}${advice ? ', by an audit alone' : ''})\n${title}\n${known.length === 0 ? '' : `also ${known.join(', ')}\n`}\nwhy  ${why}\nfix  ${fix}\n${source === undefined ? '' : `from ${source}\n`}\nbad\n${indented(examples.bad)}\n\ngood\n${indented(examples.good)}\n`;
}

function indented(text: string): string {
  return text.split('\n').map(line => (line === '' ? '' : `  ${line}`)).join('\n');
}
