import { audit, type Audit } from '../audit/index.ts';
import type { Severity } from '../check/index.ts';
import { selection } from './codes.ts';
import type { CheckFlags, Result, Terminal } from './check.ts';
import { auditHtml } from './formats/audit-html.ts';
import { auditText } from './formats/audit-text.ts';
import { sarifReport } from './formats/sarif.ts';
import { failureOf } from './check.ts';
import { readMeshInPart, wholeNumber } from './read-mesh.ts';
import { findingOfUnused, readSuppressions } from './suppressions.ts';
import { listed, oneOf } from './usage.ts';

export interface AuditFlags extends CheckFlags {
  readonly suppressions?: string | undefined;
  readonly maxCells?: string | undefined;
}

const formats = ['text', 'json', 'sarif', 'html'] as const;
const severities: readonly Severity[] = ['error', 'warning', 'info'];

/** `meshwright audit`: what to put right in the security of a mesh, and who may call what. */
export function auditCommand(paths: readonly string[], flags: AuditFlags, { colors, version, progress }: Terminal): Result {
  const format = oneOf('--format', formats, flags.format);
  const failOn = oneOf('--fail-on', severities, flags.failOn);
  const { only, skip } = selection(flags);
  const namespaces = listed('--namespace', flags.namespace);
  const mostCells = wholeNumber('--max-cells', flags.maxCells, 10_000_000);
  const suppressions = flags.suppressions === undefined ? [] : readSuppressions(flags.suppressions);
  const { mesh, problems, failures } = readMeshInPart(paths, flags, progress);
  const found = audit(mesh, { only, skip, namespaces, problems, suppressions, mostCells });
  // Of what was not asked, it is not known whether a suppression would hold it back.
  const idle = only || skip || namespaces || failures.length > 0 ? [] : found.unused.map(suppression => findingOfUnused(suppression, flags.suppressions ?? ''));
  const { findings, summary } = found.report;
  const whole: Audit = { ...found, report: { findings: [...findings, ...idle], summary: { ...summary, warning: summary.warning + idle.length } } };
  const failure = failureOf(paths, failures, whole.report);
  const print: Record<(typeof formats)[number], () => string> = {
    text: () => (summary.objects === 0 && findings.length === failures.length ? '' : auditText(whole, { colors, whole: failure === undefined })),
    json: () => `${JSON.stringify({ findings: whole.report.findings, summary: whole.report.summary, matrix: whole.matrix, suppressed: whole.heldBack.map(({ by }) => by) }, undefined, 2)}\n`,
    sarif: () => sarifReport(whole.report, { version, whole: failure === undefined, suppressed: whole.heldBack.map(({ finding, by }) => ({ finding, reason: by.reason })) }),
    html: () => auditHtml(whole, { whole: failure === undefined }),
  };
  const stdout = print[format]();
  if (failure !== undefined) return { stdout, status: 2, stderr: failure };
  const fails = whole.report.findings.some(({ severity }) => severities.indexOf(severity) <= severities.indexOf(failOn));
  return { stdout, status: fails ? 1 : 0 };
}
