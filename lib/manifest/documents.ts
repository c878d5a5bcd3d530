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
  let begin = 0;
  let line = 0;
  let beginLine = 0;
  for (let at = 0; at <= text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    if (text.startsWith('---', at) && (end === at + 3 || /\s/.test(text.charAt(at + 3)))) {
      if (at > begin) keep(found, text.slice(begin, at), beginLine, begin);
      begin = at;
      beginLine = line;
    }
    at = end + 1;
    line++;
  }
  keep(found, text.slice(begin), beginLine, begin);
  return found;
}

function keep(found: DocumentText[], text: string, line: number, offset: number): void {
  if (hasContent(text)) found.push({ text, line, offset });
}

/** Whether there is anything but separators, comments, directives and white space. */
function hasContent(text: string): boolean {
  return /^(?!(?:---)?[ \t]*(?:~|null|Null|NULL)?[ \t\r]*(?:#.*)?$|\.\.\.[ \t\r]*$|%).+/m.test(text);
}
