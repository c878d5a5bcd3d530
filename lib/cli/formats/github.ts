import type { Report } from '../../check/index.ts';

const commands = { error: 'error', warning: 'warning', info: 'notice' } as const;

/**
 * Findings as workflow commands, which GitHub shows in the diff of a pull request.
 *
 * Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function githubReport({ findings }: Report): string {
  return findings.map(({ severity, file, line, column, code, message, fix }) => {
    const place = file === undefined ? [] : [`file=${property(file)}`, `line=${line ?? 1}`, `col=${column ?? 1}`];
    return `::${commands[severity]} ${[...place, `title=${property(code)}`].join(',')}::${data(`${message}. ${fix}`)}\n`;
  }).join('');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
