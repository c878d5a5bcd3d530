/** How a piece of text of a request must look. */
export type TextMatch =
  | { readonly kind: 'exact' | 'prefix'; readonly value: string; readonly ignoreCase?: boolean | undefined }
  | { readonly kind: 'regex'; readonly value: string }
  | { readonly kind: 'present' };

/** Quotes text for use inside an RE2 expression. */
export function literalInRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** Whether every text that passes `narrow` passes `wide`; false where nobody can tell, as with two regular expressions. */
export function within(narrow: TextMatch, wide: TextMatch): boolean {
  if (wide.kind === 'present') return true;
  if (wide.kind === 'regex') return narrow.kind === 'regex' && narrow.value === wide.value;
  if (narrow.kind === 'present' || narrow.kind === 'regex') return false;
  if (wide.kind === 'exact' && narrow.kind === 'prefix') return false;
  const fits = (value: string, whole: string): boolean => (wide.kind === 'exact' ? value === whole : value.startsWith(whole));
  if (wide.ignoreCase === true) return fits(folded(narrow.value), folded(wide.value));
  // A test that ignores case passes every spelling of its letters.
  if (narrow.ignoreCase === true && /[A-Za-z]/.test(wide.value)) return false;
  return fits(narrow.value, wide.value);
}

/** Whether no text passes both; false where nobody can tell. */
export function apart(a: TextMatch, b: TextMatch): boolean {
  if (a.kind === 'present' || a.kind === 'regex' || b.kind === 'present' || b.kind === 'regex') return false;
  const [x, y] = a.ignoreCase === true || b.ignoreCase === true ? [folded(a.value), folded(b.value)] : [a.value, b.value];
  if (a.kind === 'exact' && b.kind === 'exact') return x !== y;
  if (a.kind === 'exact') return !x.startsWith(y);
  if (b.kind === 'exact') return !y.startsWith(x);
  return !x.startsWith(y) && !y.startsWith(x);
}

// Envoy ignores the case of ASCII letters only.
function folded(text: string): string {
  return text.replace(/[A-Z]/g, letter => letter.toLowerCase());
}
