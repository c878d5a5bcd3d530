import { addressText, type Dimension, type Interval, type Pred } from '../mesh/index.ts';

/**
 * Values that tests of one dimension tell apart, as far as they can be found: each test's own, what stands beside it, and what
 * meets two at once. Who takes one must ask whether it holds.
 */
export function samples(dim: Dimension, preds: readonly Pred[]): readonly string[] {
  const own = preds.flatMap(pred => ofTest(pred));
  const prefixes = preds.flatMap(pred => (pred.test === 'prefix' ? [pred.value] : []));
  const suffixes = preds.flatMap(pred => (pred.test === 'suffix' ? [pred.value] : []));
  const joined = prefixes.slice(0, most).flatMap(prefix => suffixes.slice(0, most).flatMap(suffix => [`${prefix}${suffix}`, `${prefix}x${suffix}`]));
  return [...new Set([...usual(dim), ...own, ...own.map(value => `${value}x`), ...joined])].filter(value => fits(dim, value)).slice(0, mostSamples);
}

const most = 8;
const mostSamples = 200;

function usual(dim: Dimension): readonly string[] {
  if (dim === 'method') return ['GET', 'POST', 'DELETE', 'MESHWRIGHT'];
  if (dim === 'path') return ['/', '/meshwright'];
  if (dim.endsWith('.ip')) return [addressText('192.0.2.1') ?? ''];
  return dim.startsWith('opaque:') ? [] : ['meshwright'];
}

/** Whether a request can have the value there. */
function fits(dim: Dimension, value: string): boolean {
  if (dim === 'method') return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(value);
  if (dim === 'path') return /^\/[^\s?#]*$/.test(value);
  return dim.startsWith('opaque:') ? false : !/[\r\n\0]/.test(value);
}

function ofTest(pred: Pred): readonly string[] {
  switch (pred.test) {
    case 'exact': return [pred.value];
    case 'prefix': return [pred.value, `${pred.value}x`, `${pred.value}/x`];
    case 'suffix': return [pred.value, `x${pred.value}`, `/x${pred.value}`];
    case 'segmentPrefix': return [pred.value, `${pred.value}/x`];
    case 'template': return [pred.value.replaceAll(/\{\*\*?\}/g, 'x'), pred.value.replaceAll('{**}', 'x/y').replaceAll('{*}', 'x')];
    case 'regex': return [ofExpression(pred.value)];
    case 'range': return pred.intervals.flatMap(beside);
    case 'host': return [pred.value.replace(/^\*/, 'x')];
    case 'nonEmpty': case 'present': case 'absent': return [];
  }
}

/** Something that an expression of a policy matches: those are literal text with a few wildcards. */
function ofExpression(expression: string): string {
  return expression.replaceAll(/\[\^?[^\]]*\]([+*])|\.([+*])/g, (_whole, one?: string, other?: string) => ((one ?? other) === '+' ? 'x' : '')).replaceAll(/\\Q|\\E/g, '').replaceAll(/\\(.)/g, '$1');
}

/** An interval's own ends, and what lies beyond them. */
function beside({ low, high }: Interval): readonly string[] {
  return [low, high, next(high, 1n), next(low, -1n)].filter(value => value !== '');
}

function next(text: string, by: bigint): string {
  if (!/^[0-9a-f]+$/.test(text)) return '';
  const value = BigInt(`0x${text}`) + by;
  const written = value < 0n ? '' : value.toString(16).padStart(text.length, '0');
  return written.length === text.length ? written : '';
}
