import { namesOf, rules, type Rule } from '../check/index.ts';
import { nearest } from '../schema/index.ts';
import { listed, Usage } from './usage.ts';

/** Which codes, names of rules or codes of other tools were asked for, and which not. */
export interface Selection {
  readonly only: readonly string[] | undefined;
  readonly skip: readonly string[] | undefined;
}

/** Reads `--only` and `--skip`. @throws Usage */
export function selection(flags: { readonly only?: string | undefined; readonly skip?: string | undefined }): Selection {
  return { only: known('--only', flags.only), skip: known('--skip', flags.skip) };
}

/** The rules that a code, a name, or the code of another tool means. @throws Usage where it means none */
export function rulesNamed(wanted: string): readonly Rule[] {
  const found = rules.filter(rule => namesOf(rule).includes(wanted));
  if (found.length === 0) throw new Usage(`there is no rule ${JSON.stringify(wanted)}; ${meant(wanted)}`);
  return found;
}

function known(option: string, given: string | undefined): readonly string[] | undefined {
  const wanted = listed(option, given);
  const all = new Set(rules.flatMap(namesOf));
  for (const code of wanted ?? []) if (!all.has(code)) throw new Usage(`${option} names no rule: ${JSON.stringify(code)}; ${meant(code)}`);
  return wanted;
}

function meant(wanted: string): string {
  const near = nearest(wanted, rules.flatMap(namesOf));
  return near === undefined ? 'see meshwright rules' : `did you mean ${near}?`;
}
