import type { Colors } from 'picocolors/types.js';
import { resourceText, rules, type Finding, type Report } from '../../check/index.ts';
import { excerpt, visible } from './excerpt.ts';

/** How findings are printed for people. */
export interface TextOptions {
  readonly colors: Colors;
  /** The lines of a file that was read; undefined where it was not, or must not be shown. */
  readonly linesOf: (file: string) => readonly string[] | undefined;
  /** Whether all that was asked for was read. */
  readonly whole: boolean;
}

/** Findings with the lines that they are about, why they matter, and what to do. */
export function textReport({ findings, summary }: Report, options: TextOptions): string {
  const { colors, whole } = options;
  const parts = findings.map(finding => one(finding, options));
  const counts = (['error', 'warning', 'info'] as const).filter(severity => summary[severity] > 0).map(severity => plural(summary[severity], severity));
  const objects = `${plural(summary.objects, 'object')} checked${whole ? '' : ', not all that was asked for'}`;
  const last = counts.length > 0 ? `${objects}: ${counts.join(', ')}` : whole ? colors.green(`${objects}, nothing found`) : objects;
  return `${[...parts, last].join('\n\n')}\n`;
}

function one(finding: Finding, { colors, linesOf }: TextOptions): string {
  const paint = { error: colors.red, warning: colors.yellow, info: colors.cyan }[finding.severity];
  const place = finding.file === undefined ? '' : `${visible(finding.file)}:${finding.line ?? 1}:${finding.column ?? 1} `;
  const rule = rules.find(({ name }) => name === finding.name);
  const head = `${place}${paint(finding.severity)} ${colors.bold(finding.code)} ${clipped(finding.message)}`;
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

function clipped(message: string): string {
  return visible(message.length > 400 ? `${message.slice(0, 400)}…` : message);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 || noun === 'info' ? '' : 's'}`;
}
