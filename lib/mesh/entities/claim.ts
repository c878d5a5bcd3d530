import type { Dimension } from '../conditions.ts';

/** The dimension of a claim: its name, or the names that lead to it. A dot in a name is `\.`. */
export function claimDimension(names: readonly string[]): Dimension {
  return `claim:${names.map(name => name.replace(/[\\.]/g, '\\$&')).join('.')}`;
}

/** The names in `[a][b]`; undefined for a text of another form. */
export function namesInBrackets(text: string): readonly string[] | undefined {
  return /^(?:\[[^[\]]+\])+$/.test(text) ? text.slice(1, -1).split('][') : undefined;
}
