/** One document of a text, and where it begins. */
export interface DocumentText {
  readonly text: string;
  /** Lines before it. */
  readonly line: number;
  readonly offset: number;
  /** Characters before it on its first line. */
  readonly column: number;
}

/**
 * Splits a text at the lines that separate documents, and JSON at the end of each value, as kubectl does. Documents
 * without content are left out.
 */
export function documents(text: string): DocumentText[] {
  return separated(text).flatMap(jsonValues);
}

function separated(text: string): DocumentText[] {
  const found: DocumentText[] = [];
  let begin = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 0;
  let beginLine = 0;
  let filled = false;
  const close = (end: number): void => {
    if (filled) found.push({ text: text.slice(begin, end), line: beginLine, offset: begin, column: 0 });
    filled = false;
    begin = end;
    beginLine = line;
  };
  for (let at = begin; at <= text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    if (isMarker(text, at, end, '---')) {
      close(at);
      filled = isContent(text.slice(at + 3, end).trim());
    } else if (isMarker(text, at, end, '...')) {
      line++;
      close(Math.min(end + 1, text.length));
      line--;
    } else {
      filled ||= isContent(text.slice(at, end).trim());
    }
    at = end + 1;
    line++;
  }
  close(text.length);
  return found;
}

/** The values of JSON that stand one after the other: on lines of their own, as programs stream them, or with nothing between. */
function jsonValues(whole: DocumentText): readonly DocumentText[] {
  const { text } = whole;
  const begin = /^---[ \t\r]*\n/.exec(text)?.[0].length ?? 0;
  const parts: DocumentText[] = [];
  let { line, column } = whole;
  let from = 0;
  for (let start = objectAt(text, begin); start !== -1;) {
    const end = endOfObject(text, start);
    const next = end === -1 ? -1 : objectAt(text, end);
    // What is no JSON keeps what follows from being told from it.
    if (next === -1 || !isJson(text.slice(start, end))) break;
    const part = text.slice(from, next);
    parts.push({ text: part, line, offset: whole.offset + from, column });
    const lines = part.split('\n');
    column = (lines.length > 1 ? 0 : column) + (lines.at(-1)?.length ?? 0);
    line += lines.length - 1;
    from = start = next;
  }
  return parts.length === 0 ? [whole] : [...parts, { text: text.slice(from), line, offset: whole.offset + from, column }];
}

/** Where an object begins, if that is what comes next. */
function objectAt(text: string, from: number): number {
  let at = from;
  while (' \t\r\n'.includes(text.charAt(at)) && at < text.length) at++;
  return text.charAt(at) === '{' ? at : -1;
}

/** Behind the brace that closes the one at `from`; -1 where none does. */
function endOfObject(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      for (at++; at < text.length && text.charCodeAt(at) !== quote; at++) if (text.charCodeAt(at) === backslash) at++;
    } else if (code === open) depth++;
    else if (code === close && --depth === 0) return at + 1;
  }
  return -1;
}

const [quote, backslash, open, close] = [0x22, 0x5C, 0x7B, 0x7D];

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isMarker(text: string, at: number, end: number, marker: string): boolean {
  return text.startsWith(marker, at) && (end === at + 3 || ' \t\r'.includes(text.charAt(at + 3)));
}

/** Whether a line is more than a comment, a directive, or a null. */
function isContent(line: string): boolean {
  return line !== '' && !line.startsWith('#') && !line.startsWith('%') && !/^(?:~|null|Null|NULL)(?:\s+#|$)/.test(line);
}

/** The line of a document's first content, counted from 0 in the document. */
export function contentLine(text: string): number {
  let line = 0;
  for (let at = 0; at <= text.length; line++) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    if (isContent(text.slice(isMarker(text, at, end, '---') ? at + 3 : at, end).trim())) return line;
    at = end + 1;
  }
  return 0;
}
