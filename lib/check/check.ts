import type { Problem } from '../manifest/index.ts';
import { isSystemNamespace, type Mesh } from '../mesh/index.ts';
import { findingOf, findingOfProblem, type Finding } from './finding.ts';
import type { Rule, Severity } from './rule.ts';
import { rules as allRules } from './rules/index.ts';
import { unusedSuppression } from './rules/unused-suppression.ts';
import { Suppressions } from './suppression.ts';

/** Which rules run, and on what. */
export interface CheckOptions {
  /** @default - all */
  readonly rules?: readonly Rule[] | undefined;
  /** Codes or names; only these run. @default - all */
  readonly only?: readonly string[] | undefined;
  /** Codes or names; these do not run. @default - none */
  readonly skip?: readonly string[] | undefined;
  /** Findings on objects of these namespaces. @default - all */
  readonly namespaces?: readonly string[] | undefined;
  /** What could not be read; each is a finding. @default - nothing */
  readonly problems?: readonly Problem[] | undefined;
}

/** What a check says. */
export interface Report {
  readonly findings: readonly Finding[];
  readonly summary: Readonly<Record<Severity, number>> & { readonly objects: number };
}

/** Says what is wrong with a mesh. */
export function check(mesh: Mesh, options: CheckOptions = {}): Report {
  const { problems = [], namespaces } = options;
  const suppressions = new Suppressions();
  const findings: Finding[] = problems.map(findingOfProblem);
  const wanted = (options.rules ?? allRules).filter(rule => runs(rule, options));
  const concerns = (namespace: string): boolean => !isSystemNamespace(namespace) && (!namespaces || namespaces.includes(namespace));
  for (const rule of wanted) {
    for (const violation of rule.check(mesh)) {
      if (concerns(violation.on.namespace) && !suppressions.holdsBack(rule, violation)) findings.push(findingOf(rule, violation));
    }
  }
  // Whether a suppression holds something back is only known when every rule has run.
  if (!options.only && !options.skip && !options.rules) {
    for (const violation of unusedSuppression(suppressions, mesh.all)) if (concerns(violation.on.namespace)) findings.push(findingOf(unusedSuppression.rule, violation));
  }
  return { findings: sorted(unique(findings)), summary: { ...counts(findings), objects: mesh.all.length } };
}

function runs(rule: Rule, { only, skip }: CheckOptions): boolean {
  const named = (codes: readonly string[]): boolean => codes.includes(rule.id) || codes.includes(rule.name) || (rule.alsoKnownAs ?? []).some(code => codes.includes(code));
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
    || text(a.resource?.namespace, b.resource?.namespace) || text(a.resource?.name, b.resource?.name));
}

function counts(findings: readonly Finding[]): Record<Severity, number> {
  const count = { error: 0, warning: 0, info: 0 };
  for (const { severity } of unique(findings)) count[severity]++;
  return count;
}
