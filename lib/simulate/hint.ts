/** What to write instead of a name that is not known: the nearest, else some that are known. */
export function hint(near: string | undefined, known: readonly string[]): string {
  if (near !== undefined) return `; did you mean ${near}?`;
  if (known.length === 0) return ' and no other either';
  const shown = [...new Set(known)].sort().slice(0, 5);
  return `; known are ${shown.join(', ')}${known.length > shown.length ? ' and more' : ''}`;
}
