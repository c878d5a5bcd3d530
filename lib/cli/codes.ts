import { rules, type Finding, type Report, type Rule } from '../check/index.ts';
import { nearest } from '../schema/index.ts';
import { listed, Usage } from './usage.ts';

/** Which codes, names of rules or codes of other tools were asked for, and what that means for the rules and their findings. */
export interface Selection {
  readonly only: readonly string[] | undefined;
  readonly skip: readonly string[] | undefined;
  readonly of: (report: Report) => Report;
}

/** Reads `--only` and `--skip`. @throws Usage */
export function selection(flags: { readonly only?: string | undefined; readonly skip?: string | undefined }): Selection {
  const only = known('--only', flags.only);
  const skip = known('--skip', flags.skip);
  const wants = (names: readonly string[]): boolean => (!only || names.some(name => only.includes(name))) && !names.some(name => skip?.includes(name));
  return {
    only: only && rules.filter(rule => namesOf(rule).some(name => only.includes(name))).map(({ name }) => name),
    // A rule that says several things is not left out for one of them.
    skip: skip && rules.filter(rule => skip.includes(rule.name) || codesOf(rule).every(code => skip.includes(code))).map(({ name }) => name),
    of: report => (only ?? skip ? counted(report, report.findings.filter(finding => isUnread(finding) || wants(namesOfFinding(finding)))) : report),
  };
}

/** The rules that a code, a name, or the code of another tool means. @throws Usage where it means none */
export function rulesNamed(wanted: string): readonly Rule[] {
  const found = rules.filter(rule => namesOf(rule).includes(wanted));
  if (found.length === 0) throw new Usage(`there is no rule ${JSON.stringify(wanted)}; ${meant(wanted)}`);
  return found;
}

/** The codes that a rule's findings may have: its own first. */
export function codesOf({ id, name }: Rule): readonly string[] {
  return [id, ...(furtherCodes[name] ?? [])];
}

/** Codes of Istio for which one rule stands beside its own. */
const furtherCodes: Readonly<Record<string, readonly string[]>> = {
  'annotation-misused': ['IST0108', 'IST0125', 'IST0135'],
  'envoy-filter-operations': ['IST0152', 'IST0153', 'IST0154', 'IST0155'],
  'external-control-plane': ['IST0164'],
  'refused-by-istiod': ['IST0130', 'IST0131', 'IST0133'],
  'server-certificate-not-verified': ['IST0129'],
};

function namesOf(rule: Rule): readonly string[] {
  return [...codesOf(rule), rule.name, ...(rule.alsoKnownAs ?? [])];
}

function namesOfFinding({ code, name }: Finding): readonly string[] {
  return [code, name, ...(rules.find(rule => rule.name === name)?.alsoKnownAs ?? [])];
}

/** What could not be read is said whatever was asked for: nobody has checked it. */
function isUnread({ code }: Finding): boolean {
  return code === 'MW0001' || code === 'MW0002';
}

function counted({ summary }: Report, findings: readonly Finding[]): Report {
  const count = (severity: Finding['severity']): number => findings.filter(finding => finding.severity === severity).length;
  return { findings, summary: { ...summary, error: count('error'), warning: count('warning'), info: count('info') } };
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
