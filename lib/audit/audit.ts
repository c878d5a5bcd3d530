import { check, isOfAudit, rules, type CheckOptions, type Finding, type Report, type Severity } from '../check/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { matrixOf, type MatrixOptions } from './matrix.ts';
import { plainMatrix, type PlainMatrix } from './plain-matrix.ts';
import { suppress, type Suppressed, type Suppression } from './suppressions.ts';

/** What an audit looks at, and what it leaves out. */
export interface AuditOptions extends Pick<CheckOptions, 'only' | 'skip' | 'namespaces' | 'problems'>, MatrixOptions {
  /** @default - none */
  readonly suppressions?: readonly Suppression[] | undefined;
}

/** What an audit says. */
export interface Audit extends Omit<Suppressed, 'report'> {
  readonly report: Report;
  readonly matrix: PlainMatrix;
}

/** The security of a mesh: what to put right, and who may call what. */
export function audit(mesh: Mesh, { only, skip, namespaces, problems, suppressions = [], mostCells }: AuditOptions = {}): Audit {
  const found = check(mesh, { rules: rules.filter(isOfAudit), only, skip, namespaces, problems });
  const matrix = plainMatrix(matrixOf(mesh, { mostCells }));
  return { ...suppress(found, suppressions), matrix: namespaces ? { ...matrix, services: matrix.services.filter(({ service }) => namespaces.includes(service.split('/', 1)[0] ?? '')) } : matrix };
}

const weight: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** Findings of one rule, as one thing to put right. */
export interface Task {
  readonly severity: Severity;
  readonly code: string;
  readonly name: string;
  readonly fix: string;
  readonly findings: readonly Finding[];
}

/** What to put right, in order: the worst first, of what is alike that which is found most often. */
export function tasksOf({ findings }: Report): readonly Task[] {
  const tasks = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.code} ${finding.name}`;
    const known = tasks.get(key);
    if (known) known.push(finding);
    else tasks.set(key, [finding]);
  }
  return [...tasks.values()].flatMap(([first, ...more]) => (first ? [{ severity: first.severity, code: first.code, name: first.name, fix: first.fix, findings: [first, ...more] }] : []))
    .sort((a, b) => weight[a.severity] - weight[b.severity] || b.findings.length - a.findings.length || (a.code < b.code ? -1 : 1));
}
