import { beginningOf, takesText } from './regex.ts';

/** How a piece of text of a request must look. */
export type TextMatch =
  | { readonly kind: 'exact' | 'prefix'; readonly value: string; readonly ignoreCase?: boolean | undefined }
  | { readonly kind: 'regex'; readonly value: string }
  | { readonly kind: 'present' };

/** Whether every text that passes `narrow` passes `wide`; false where nobody can tell, as with most pairs of regular expressions. */
export function within(narrow: TextMatch, wide: TextMatch): boolean {
  if (wide.kind === 'present') return true;
  if (wide.kind === 'regex') return withinRegex(narrow, wide.value);
  if (narrow.kind === 'present' || (narrow.kind === 'regex' && wide.kind === 'exact')) return false;
  if (wide.kind === 'exact' && narrow.kind === 'prefix') return false;
  const begins = narrow.kind === 'regex' ? beginningOf(narrow.value).text : narrow.value;
  const fits = (value: string, whole: string): boolean => (wide.kind === 'exact' ? value === whole : value.startsWith(whole));
  if (wide.ignoreCase === true) return fits(folded(begins), folded(wide.value));
  // A test that ignores case passes every spelling of its letters.
  if (narrow.kind !== 'regex' && narrow.ignoreCase === true && hasLetters(wide.value)) return false;
  return fits(begins, wide.value);
}

/** Whether no text passes both; false where nobody can tell. */
export function apart(a: TextMatch, b: TextMatch): boolean {
  if (a.kind === 'present' || b.kind === 'present') return false;
  if (a.kind === 'regex' && b.kind === 'exact') return isSpelledOneWay(b) && !takesText(a.value, b.value);
  if (b.kind === 'regex' && a.kind === 'exact') return isSpelledOneWay(a) && !takesText(b.value, a.value);
  const ignoreCase = [a, b].some(test => test.kind !== 'regex' && test.ignoreCase === true);
  const begin = (test: typeof a): string => {
    const text = test.kind === 'regex' ? beginningOf(test.value).text : test.value;
    return ignoreCase ? folded(text) : text;
  };
  const [x, y] = [begin(a), begin(b)];
  if (a.kind === 'exact' && b.kind === 'exact') return x !== y;
  if (a.kind === 'exact') return !x.startsWith(y);
  if (b.kind === 'exact') return !y.startsWith(x);
  return !x.startsWith(y) && !y.startsWith(x);
}

function withinRegex(narrow: TextMatch, pattern: string): boolean {
  const { text, rest } = beginningOf(pattern);
  // Neither a path nor a header has a line break, at which a dot would stop.
  if (rest === '.*') return text === '' || (narrow.kind !== 'present' && within(narrow, { kind: 'prefix', value: text }));
  if (narrow.kind === 'exact') return isSpelledOneWay(narrow) && takesText(pattern, narrow.value);
  return narrow.kind === 'regex' && narrow.value === pattern;
}

function isSpelledOneWay({ value, ignoreCase }: Extract<TextMatch, { kind: 'exact' | 'prefix' }>): boolean {
  return ignoreCase !== true || !hasLetters(value);
}

function hasLetters(text: string): boolean {
  return /[A-Za-z]/.test(text);
}

// Envoy ignores the case of ASCII letters only.
function folded(text: string): string {
  return text.replace(/[A-Z]/g, letter => letter.toLowerCase());
}
