import type { Colors } from 'picocolors/types.js';
import { resourceText, rules, type Finding, type Report } from '../../check/index.ts';

/** How findings are printed for people. */
export interface TextOptions {
  readonly colors: Colors;
  /** The lines of a file that was read; undefined where it was not, or must not be shown. */
  readonly linesOf: (file: string) => readonly string[] | undefined;
}

/** Findings with the lines that they are about, why they matter, and what to do. */
export function textReport({ findings, summary }: Report, options: TextOptions): string {
  const { colors } = options;
  const parts = findings.map(finding => one(finding, options));
  const counts = (['error', 'warning', 'info'] as const).filter(severity => summary[severity] > 0).map(severity => plural(summary[severity], severity));
  const objects = plural(summary.objects, 'object');
  const last = counts.length === 0 ? colors.green(`${objects} checked, nothing found`) : `${objects} checked: ${counts.join(', ')}`;
  return `${[...parts, last].join('\n\n')}\n`;
}

function one(finding: Finding, { colors, linesOf }: TextOptions): string {
  const paint = { error: colors.red, warning: colors.yellow, info: colors.cyan }[finding.severity];
  const place = finding.file === undefined ? '' : `${visible(finding.file)}:${finding.line ?? 1}:${finding.column ?? 1} `;
  const rule = rules.find(({ name }) => name === finding.name);
  const head = `${place}${paint(finding.severity)} ${colors.bold(finding.code)} ${visible(finding.message)}`;
  const lines = [head];
  if (finding.resource) {
    const made = finding.construct === undefined ? '' : `, made by ${visible(finding.construct)}${finding.source === undefined ? '' : ` at ${visible(finding.source)}`}`;
    lines.push(colors.dim(`  in ${visible(resourceText(finding.resource))}${finding.path === '' ? '' : ` at ${visible(finding.path)}`}${made}`));
  }
  lines.push(...excerpt(finding, linesOf, colors));
  if (rule) lines.push(`  ${colors.dim('why')} ${rule.why}`);
  lines.push(`  ${colors.dim('fix')} ${finding.fix}`);
  return lines.join('\n');
}

/** The line of a finding with a caret below it, and the one before. Nothing of a Secret is shown. */
function excerpt({ file, line, column, resource }: Finding, linesOf: TextOptions['linesOf'], colors: Colors): string[] {
  const lines = file === undefined || resource?.kind === 'Secret' ? undefined : linesOf(file);
  const wanted = lines && line !== undefined ? lines[line - 1] : undefined;
  if (!lines || wanted === undefined || line === undefined) return [];
  const width = String(line).length;
  const shown = (text: string): string => visible(text.length > 160 ? `${text.slice(0, 160)}…` : text);
  const before = lines[line - 2];
  return [
    ...(before === undefined || before.trim() === '' || before.startsWith('---') ? [] : [`  ${colors.dim(`${String(line - 1).padStart(width)} |`)} ${shown(before)}`]),
    `  ${colors.dim(`${line} |`)} ${shown(wanted)}`,
    ...((column ?? 1) > 160 ? [] : [`  ${' '.repeat(width)} ${colors.dim('|')} ${' '.repeat((column ?? 1) - 1)}${colors.red('^')}`]),
  ];
}

/** Text of a file must not steer a terminal. */
function visible(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the ones meant
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\uFFFD').replaceAll('\t', '  ');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 || noun === 'info' ? '' : 's'}`;
}
