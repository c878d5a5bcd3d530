import type { Dimension } from '../conditions.ts';

/** The dimension of a claim: `claim:a.b` for the claim `b` in the claim `a`. Where a name has a dot of its own, all are in brackets. */
export function claimDimension(names: readonly string[]): Dimension {
  return `claim:${names.some(name => name.includes('.')) ? names.map(name => `[${name}]`).join('') : names.join('.')}`;
}

/** The names in `[a][b]`; undefined for a text of another form. */
export function namesInBrackets(text: string): readonly string[] | undefined {
  return /^(?:\[[^[\]]+\])+$/.test(text) ? text.slice(1, -1).split('][') : undefined;
}
