import { isAlias, isMap, isNode, isPair, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { documents, type DocumentText } from './documents.ts';
import type { Origin, SourceText } from './manifest.ts';

/** A place in a text, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Finds where a field stands: its key, or its item in a list; where it is absent, the nearest thing above it that is
 * there. Only a finding pays for this: a text is split, and a document parsed again, when it is first asked for.
 */
export function positionOf(origin: Origin, path: string): Position {
  const { part, lines, document } = placed(origin.source, origin.document);
  if (!part) return { line: 1, column: 1 };
  let node: unknown = document.contents;
  let offset = isNode(node) ? node.range?.[0] ?? 0 : 0;
  for (const step of steps(origin.prefix === '' ? path : path === '' ? origin.prefix : `${origin.prefix}.${path}`)) {
    const next = child(node, step, document);
    if (!next) break;
    node = next.node;
    offset = next.offset;
  }
  const { line, col } = lines.linePos(offset);
  return { line: part.line + line, column: line === 1 ? part.column + col : col };
}

interface Placed {
  readonly part: DocumentText | undefined;
  readonly lines: LineCounter;
  readonly document: Document.Parsed;
}

const split = new WeakMap<SourceText, DocumentText[]>();
/** The documents parsed last: findings come object by object. */
const parsed = new Map<DocumentText, Placed>();

function placed(source: SourceText, index: number): Placed {
  let parts = split.get(source);
  if (!parts) split.set(source, parts = documents(source.text));
  const part = parts[index];
  const known = part && parsed.get(part);
  if (known) return known;
  const lines = new LineCounter();
  const document = parseDocument(part?.text ?? '', { lineCounter: lines, merge: true, uniqueKeys: false, logLevel: 'silent', strict: false });
  const result = { part, lines, document };
  if (part) {
    if (parsed.size >= 16) parsed.delete(parsed.keys().next().value as DocumentText);
    parsed.set(part, result);
  }
  return result;
}

function child(node: unknown, step: string | number, document: Document.Parsed): { node: unknown; offset: number } | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  if (typeof step === 'number' && isSeq(target)) {
    const item = target.items[step];
    return isNode(item) && item.range ? { node: item, offset: item.range[0] } : undefined;
  }
  if (!isMap(target)) return undefined;
  const pair = target.items.find(entry => isPair(entry) && isNode(entry.key) && 'value' in entry.key && String(entry.key.value) === String(step));
  if (!pair || !isNode(pair.key) || !pair.key.range) return undefined;
  return { node: pair.value, offset: pair.key.range[0] };
}

/** The parts of a field path: names, list indexes, and quoted names in brackets. */
function steps(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(([, index, quoted, name]) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? name ?? '' : JSON.parse(`"${quoted}"`) as string;
  });
}
