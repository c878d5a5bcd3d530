import type { Problem } from '../manifest/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { Checked } from './checked.ts';
import type { Finding } from './finding.ts';
import { codesOf, namesOf, type Rule, type Severity } from './rule.ts';
import { rules as allRules } from './rules/index.ts';

/** Which rules run, and on what. */
export interface CheckOptions {
  /** @default - all but those that are advice, unless `only` names them */
  readonly rules?: readonly Rule[] | undefined;
  /** Codes or names; only these run. @default - all */
  readonly only?: readonly string[] | undefined;
  /** Codes or names; these do not run. @default - none */
  readonly skip?: readonly string[] | undefined;
  /** Findings on objects of these namespaces. @default - all */
  readonly namespaces?: readonly string[] | undefined;
  /** What could not be read; each is a finding, unless its rule is skipped: what other rules say is worth less without it. @default - nothing */
  readonly problems?: readonly Problem[] | undefined;
  /** Whether to remember what the rules asked the mesh, so that the first `recheck` costs no more than its change. @default false */
  readonly remember?: boolean | undefined;
}

/** What a check says. */
export interface Report {
  readonly findings: readonly Finding[];
  readonly summary: Readonly<Record<Severity, number>> & { readonly objects: number };
}

/** Says what is wrong with a mesh. */
export function check(mesh: Mesh, options: CheckOptions = {}): Report {
  const { only, skip, rules = only ? allRules : faults, namespaces, problems = [], remember = false } = options;
  return reported(Checked.of(mesh, {
    rules: rules.filter(rule => codesOf(rule).some(code => wants(options, rule, code))), wants: (rule, code) => wants(options, rule, code), wantsProblem: rule => wants({ skip }, rule, rule.id), namespaces, problems, whole: !options.rules && !only && !skip, unasked: ofAdvice, remember,
  }));
}

/**
 * Says what is wrong with a mesh that `Mesh.with` made of the one that was reported on: the same as `check` with the same
 * options, at the cost of what the change touches. Of any other mesh, and where the report does not remember, everything
 * is checked, and remembered.
 */
export function recheck(report: Report, mesh: Mesh): Report {
  const checked = known.get(report);
  if (!checked) throw new Error('recheck: the report is not one that check made; check the mesh instead');
  return reported(checked.with(mesh));
}

const known = new WeakMap<Report, Checked>();

function reported(checked: Checked): Report {
  const findings = sorted(unique(checked.findings));
  const count = (wanted: Severity): number => findings.filter(({ severity }) => severity === wanted).length;
  const report = { findings, summary: { error: count('error'), warning: count('warning'), info: count('info'), objects: checked.mesh.size } };
  known.set(report, checked);
  return report;
}

/** What a check runs. */
const faults = allRules.filter(({ advice }) => !advice);
const ofAdvice = new Set(allRules.filter(({ advice }) => advice).flatMap(namesOf));

/** Whether what a rule says under one of its codes is asked for. */
function wants({ only, skip }: CheckOptions, rule: Rule, code: string): boolean {
  const named = (wanted: readonly string[]): boolean => wanted.includes(code) || wanted.includes(rule.name) || (rule.alsoKnownAs ?? []).some(name => wanted.includes(name));
  return (!only || named(only)) && !(skip && named(skip));
}

/** A finding that says the same of the same field twice says nothing new. */
function unique(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ code, message, path, resource, file, line }) => {
    const key = JSON.stringify([code, message, path, resource, file, resource ? 0 : line]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const weight: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

function sorted(findings: Finding[]): Finding[] {
  const text = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0);
  return findings.sort((a, b) => text(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || weight[a.severity] - weight[b.severity] || text(a.code, b.code) || text(a.message, b.message)
    || text(a.resource?.namespace, b.resource?.namespace) || text(a.resource?.name, b.resource?.name)
    || text(a.resource?.kind, b.resource?.kind) || text(a.resource?.apiVersion, b.resource?.apiVersion) || text(a.path, b.path) || text(a.name, b.name));
}
