/** One document of a text, and where it begins. */
export interface DocumentText {
  readonly text: string;
  /** Lines before it. */
  readonly line: number;
  readonly offset: number;
}

/** Splits a text at the lines that separate documents, as kubectl does. Documents without content are left out. */
export function documents(text: string): DocumentText[] {
  const found: DocumentText[] = [];
  let begin = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 0;
  let beginLine = 0;
  let filled = false;
  const close = (end: number): void => {
    if (filled) found.push({ text: text.slice(begin, end), line: beginLine, offset: begin });
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
