import type { Colors } from 'picocolors/types.js';
import type { Finding } from '../../check/index.ts';
import { holdsKey } from '../../mesh/index.ts';

/** The line of a finding with a caret below it, and the one before. Nothing of a Secret is shown, nor of a document with a key. */
export function excerpt({ file, line, column = 1, path, resource }: Finding, linesOf: (file: string) => readonly string[] | undefined, colors: Colors): string[] {
  const lines = file === undefined || resource?.kind === 'Secret' ? undefined : linesOf(file);
  const wanted = lines && line !== undefined ? lines[line - 1] : undefined;
  if (!lines || wanted === undefined || line === undefined || mayShowSecret(lines, line, resource !== undefined)) return [];
  const width = String(line).length;
  // A line may be a whole file: what is shown of it is what stands around the caret.
  const from = column > most ? column - most / 2 : 0;
  const cut = (text: string): string => `${from > 0 ? '…' : ''}${visible(text.slice(from, from + most))}${text.length > from + most ? '…' : ''}`;
  const indent = (from > 0 ? 1 : 0) + visible(wanted.slice(from, column - 1)).length;
  // Above the first line of an object stands something else.
  const before = path === '' && resource ? undefined : lines[line - 2];
  return [
    ...(before === undefined || from > 0 || before.trim() === '' || before.startsWith('---') ? [] : [`  ${colors.dim(`${String(line - 1).padStart(width)} |`)} ${cut(before)}`]),
    `  ${colors.dim(`${line} |`)} ${cut(wanted)}`,
    `  ${' '.repeat(width)} ${colors.dim('|')} ${' '.repeat(indent)}${colors.red('^')}`,
  ];
}

/** Text of a file must not steer a terminal. */
export function visible(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the ones meant
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff]/gu, '\uFFFD').replaceAll('\t', '  ');
}

const most = 160;
const secret = /["']?kind["']?\s*:\s*["']?Secret/;

/** Whether a line may hold what a Secret keeps: it stands on the line of one, in a document that cannot be read and may be one, or beside a key. */
function mayShowSecret(lines: readonly string[], line: number, isRead: boolean): boolean {
  if (secret.test(lines[line - 1] ?? '')) return true;
  let first = line - 1;
  while (first > 0 && !lines[first]?.startsWith('---')) first--;
  const known = documents.get(lines) ?? new Map<number, { readonly isSecret: boolean; readonly hasKey: boolean }>();
  documents.set(lines, known);
  let document = known.get(first);
  if (!document) {
    let last = line;
    while (last < lines.length && !lines[last]?.startsWith('---')) last++;
    const own = lines.slice(first, last);
    known.set(first, document = { isSecret: own.some(text => secret.test(text)), hasKey: holdsKey(own.join('\n')) });
  }
  return document.hasKey || (!isRead && document.isSecret);
}

/** What is known of documents, by the line that they begin on. */
const documents = new WeakMap<readonly string[], Map<number, { readonly isSecret: boolean; readonly hasKey: boolean }>>();
