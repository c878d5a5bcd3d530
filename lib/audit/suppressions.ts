import type { Finding, Report, Severity } from '../check/index.ts';

/** A finding that is taken as it is, and why. */
export interface Suppression {
  /** A code, or the name of a rule. */
  readonly id: string;
  /** `Kind namespace/name`, or `Kind name`. */
  readonly object: string;
  readonly reason: string;
}

/** A report without what is suppressed. */
export interface Suppressed {
  readonly report: Report;
  /** What was held back, each with the suppression that did. */
  readonly heldBack: readonly { readonly finding: Finding; readonly by: Suppression }[];
  /** Suppressions that hold nothing back. */
  readonly unused: readonly Suppression[];
}

/** Takes what is suppressed out of a report. */
export function suppress({ findings, summary }: Report, suppressions: readonly Suppression[]): Suppressed {
  const byName = new Map<string, Suppression[]>();
  for (const suppression of suppressions) byName.set(suppression.object, [...byName.get(suppression.object) ?? [], suppression]);
  const used = new Set<Suppression>();
  const left: Finding[] = [];
  const heldBack: { finding: Finding; by: Suppression }[] = [];
  for (const finding of findings) {
    const by = objectsOf(finding).flatMap(object => byName.get(object) ?? []).find(({ id }) => id === finding.code || id === finding.name);
    if (!by) {
      left.push(finding);
      continue;
    }
    used.add(by);
    heldBack.push({ finding, by });
  }
  const count = (wanted: Severity): number => left.filter(({ severity }) => severity === wanted).length;
  return {
    report: { findings: left, summary: { error: count('error'), warning: count('warning'), info: count('info'), objects: summary.objects } },
    heldBack,
    unused: suppressions.filter(suppression => !used.has(suppression)),
  };
}

function objectsOf({ resource }: Finding): readonly string[] {
  if (!resource) return [];
  const { kind, namespace, name } = resource;
  return [namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`];
}
