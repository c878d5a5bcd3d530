import { RE2JS } from 're2js';

/** Refuses an expression that Envoy could not compile. @throws naming what is wrong with it */
export function regex(where: string, pattern: string): string {
  try {
    compiled(pattern);
    return pattern;
  } catch (error) {
    throw new Error(`${where}: ${JSON.stringify(pattern)} is no RE2 expression (${error instanceof Error ? error.message : String(error)}); mend it, or use exact or prefix`, { cause: error });
  }
}

/** Quotes text for use inside an RE2 expression. */
export function literalInRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** Whether an expression takes a text as a whole. */
export function takesText(pattern: string, text: string): boolean {
  return compiled(pattern).matches(text);
}

/** What all texts begin with that an expression takes, as far as it can be read off; `rest` is what follows. */
export function beginningOf(pattern: string): { readonly text: string; readonly rest: string } {
  // Alternatives may begin differently, wherever the bar stands.
  if (pattern.includes('|')) return { text: '', rest: pattern };
  let text = '';
  let at = pattern.startsWith('^') ? 1 : 0;
  for (;;) {
    const [token = ''] = /^(?:\\[^A-Za-z0-9]|[^\\^$.*+?()[\]{}|])/u.exec(pattern.slice(at)) ?? [];
    const next = pattern[at + token.length] ?? '';
    if (token === '' || /[*?{]/.test(next)) return { text, rest: pattern.slice(at) };
    text += token.replace(/^\\/, '');
    at += token.length;
    if (next === '+') return { text, rest: pattern.slice(at) };
  }
}

const known = new Map<string, RE2JS>();

function compiled(pattern: string): RE2JS {
  let expression = known.get(pattern);
  if (!expression) known.set(pattern, expression = RE2JS.compile(pattern));
  return expression;
}
