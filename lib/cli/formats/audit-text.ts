import type { Colors } from 'picocolors/types.js';
import { cellWords, tasksOf, witnessWords, type Audit, type PlainMatrix, type PlainService } from '../../audit/index.ts';
import { resourceText, rules, type Finding } from '../../check/index.ts';
import { visible } from './excerpt.ts';

/** How an audit is printed for people. */
export interface AuditTextOptions {
  readonly colors: Colors;
  /** Whether all that was asked for was read. */
  readonly whole: boolean;
}

/** What to put right, the worst first, and who may call what. */
export function auditText(audit: Audit, { colors, whole }: AuditTextOptions): string {
  const { report, heldBack, matrix } = audit;
  const tasks = tasksOf(report).map(({ severity, code, name, fix, findings }, i) => {
    const paint = { error: colors.red, warning: colors.yellow, info: colors.cyan }[severity];
    const rule = rules.find(one => one.name === name);
    return [
      `${i + 1}. ${paint(severity)} ${colors.bold(code)} ${rule?.title ?? visible(findings[0]?.message ?? '')}`,
      ...findings.slice(0, mostShown).map(finding => `   ${placeOf(finding)}${visible(clipped(finding.message))}`),
      ...(findings.length > mostShown ? [`   and ${findings.length - mostShown} more`] : []),
      ...(rule ? [`   ${colors.dim('why')} ${rule.why}`] : []),
      `   ${colors.dim('fix')} ${fix}`,
    ].join('\n');
  });
  const counts = (['error', 'warning', 'info'] as const).filter(severity => report.summary[severity] > 0).map(severity => plural(report.summary[severity], severity));
  const held = heldBack.length > 0 ? [`${heldBack.length} suppressed`] : [];
  const said = [...counts, ...held].join(', ');
  const last = `${plural(report.summary.objects, 'object')} audited${whole ? '' : ', not all that was asked for'}${said === '' ? ', nothing found' : counts.length === 0 ? `, nothing found, ${said}` : `: ${said}`}`;
  return `${[...tasks, ...matrixText(matrix, colors), last].join('\n\n')}\n`;
}

const mostShown = 10;

function placeOf({ resource, file, line, path }: Finding): string {
  const where = file === undefined ? '' : ` (${visible(file)}:${line ?? 1})`;
  return resource ? `${visible(resourceText(resource))}${path === '' ? '' : ` ${visible(path)}`}${where}: ` : file === undefined ? '' : `${visible(file)}: `;
}

function matrixText({ services, clients, leftOut }: PlainMatrix, colors: Colors): readonly string[] {
  if (services.length === 0) return [];
  const left = leftOut === 0 ? [] : [`  ${colors.yellow(`${plural(leftOut, 'port')} left out: the matrix would be too large; raise --max-cells, or name namespaces with --namespace`)}`];
  return [[colors.bold(`who may call what (${plural(clients, 'client')}, ${plural(services.length, 'port')})`), ...left].join('\n'), ...services.map(service => serviceText(service, colors))];
}

function serviceText({ service, port, protocol, cells }: PlainService, colors: Colors): string {
  const several = new Set(cells.map(({ workloads }) => workloads.join())).size > 1;
  const rows = cells.flatMap(cell => {
    const { what, not, who, how } = cellWords(cell, isConnection(protocol));
    const paint = { all: colors.yellow, some: colors.green, none: colors.dim }[cell.verdict];
    return [
      `  ${visible(who)}${several ? ` to ${visible(cell.workloads.join(', '))}` : ''}, ${how}`,
      ...what.map(line => `    ${paint(visible(line))}`),
      ...not.map(line => `    but not ${visible(line)}`),
      ...(cell.allowed ? [colors.dim(`    passes   ${visible(witnessWords(cell.allowed))}`)] : []),
      ...(cell.refused ? [colors.dim(`    refused  ${visible(witnessWords(cell.refused))}`)] : []),
    ];
  });
  return [`${colors.bold(visible(service))} port ${port} (${protocol})`, ...rows].join('\n');
}

/** Whether a port is no HTTP. */
export function isConnection(protocol: string): boolean {
  return !/^(HTTP|HTTP2|GRPC|GRPC-WEB|AUTO|HTTP_PROXY)$/.test(protocol);
}

function clipped(message: string): string {
  return message.length > 400 ? `${message.slice(0, 400)}…` : message;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 || noun === 'info' ? '' : 's'}`;
}
