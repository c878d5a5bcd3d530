import { RE2JS } from 're2js';
import type { Clause, Pred } from '../conditions.ts';

/**
 * Whether every request for which all clauses of one rule hold is one for which all clauses of another hold. Never says
 * so wrongly; between regular expressions it seldom says so.
 */
export function implies(narrow: readonly Clause[], wide: readonly Clause[]): boolean {
  return wide.every(wanted => narrow.some(given => given.dim === wanted.dim && clauseImplies(given, wanted)));
}

function clauseImplies(narrow: Clause, wide: Clause): boolean {
  if (narrow.not || wide.not) return JSON.stringify(narrow) === JSON.stringify(wide);
  return narrow.any.every(given => wide.any.some(wanted => predImplies(given, wanted)));
}

function predImplies(narrow: Pred, wide: Pred): boolean {
  if (narrow.dim.startsWith('opaque:')) return false;
  if (narrow.not || wide.not || narrow.whenMissing || wide.whenMissing) return JSON.stringify(narrow) === JSON.stringify(wide);
  switch (wide.test) {
    case 'present': return narrow.test !== 'absent';
    case 'absent': return narrow.test === 'absent';
    case 'nonEmpty': return narrow.test === 'nonEmpty' || ('value' in narrow && narrow.value !== '' && (narrow.test === 'exact' || narrow.test === 'prefix' || narrow.test === 'suffix'));
    case 'exact': return narrow.test === 'exact' && folds(narrow, wide) && folded(narrow.value, wide) === folded(wide.value, wide);
    case 'prefix': return (narrow.test === 'exact' || narrow.test === 'prefix' || narrow.test === 'segmentPrefix') && folds(narrow, wide) && folded(narrow.test === 'segmentPrefix' ? narrow.value.replace(/\/+$/, '') : narrow.value, wide).startsWith(folded(wide.value, wide));
    case 'suffix': return (narrow.test === 'exact' || narrow.test === 'suffix') && folds(narrow, wide) && folded(narrow.value, wide).endsWith(folded(wide.value, wide));
    case 'segmentPrefix': return withinSegments(narrow, wide.value.replace(/\/+$/, ''));
    case 'regex': return matchesAll(narrow, wide.value);
    case 'template': return narrow.test === 'template' && narrow.value === wide.value;
    case 'host': return narrow.test === 'host' && hostWithin(narrow.value.toLowerCase(), wide.value.toLowerCase());
    case 'range': return narrow.test === 'range' && narrow.intervals.every(({ low, high }) => wide.intervals.some(outer => outer.low <= low && high <= outer.high));
  }
}

interface MayFold {
  readonly ignoreCase?: true;
}

/** What takes either case is no part of what takes one. */
function folds(narrow: object, wide: MayFold): boolean {
  return !('ignoreCase' in narrow) || wide.ignoreCase === true;
}

function folded(text: string, { ignoreCase }: MayFold): string {
  return ignoreCase ? text.replace(/[A-Z]+/g, letters => letters.toLowerCase()) : text;
}

function withinSegments(narrow: Pred, stem: string): boolean {
  if ('ignoreCase' in narrow) return false;
  if (narrow.test === 'exact') return narrow.value === stem || narrow.value.startsWith(`${stem}/`);
  if (narrow.test === 'prefix') return narrow.value.startsWith(`${stem}/`);
  if (narrow.test !== 'segmentPrefix') return false;
  const own = narrow.value.replace(/\/+$/, '');
  return own === stem || own.startsWith(`${stem}/`);
}

function matchesAll(narrow: Pred, expression: string): boolean {
  if (expression === '.*') return narrow.test !== 'absent';
  if (narrow.test === 'regex') return narrow.value === expression;
  if (narrow.test !== 'exact' || narrow.ignoreCase) return false;
  try {
    return RE2JS.compile(expression).matches(narrow.value);
  } catch {
    return false;
  }
}

function hostWithin(narrow: string, wide: string): boolean {
  if (wide === '*' || narrow === wide) return true;
  return wide.startsWith('*') && narrow.length >= wide.length && narrow.endsWith(wide.slice(1));
}
