import { addressOf, type Clause, type Dimension, type Pred } from '../mesh/index.ts';

/** A clause in words: `method GET or POST`, `path not /admin*`. */
export function clauseText({ dim, any, not }: Clause): string {
  if (dim === 'request.principal' && any.some(pred => pred.test === 'regex' && pred.value === anyToken)) return not ? 'no token' : 'a token';
  const values = any.map(predText);
  return `${dimensionText(dim)} ${not ? 'not ' : ''}${values.length > most ? `${values.slice(0, most).join(', ')} or ${values.length - most} more` : listOf(values)}`;
}

const most = 12;

/** What `*` means for who a token is of. */
const anyToken = '.+/.+';

function listOf(values: readonly string[]): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1) ?? ''}`;
}

function dimensionText(dim: Dimension): string {
  if (dim === 'source.ip') return 'address';
  if (dim === 'remote.ip') return 'address of the client';
  if (dim === 'destination.ip') return 'address of the workload';
  if (dim === 'request.principal') return 'token of';
  if (dim === 'request.audiences') return 'token for';
  if (dim === 'request.presenter') return 'token presented by';
  return dim.replace(':', ' ');
}

/** A test as an AuthorizationPolicy writes it, where it can. */
export function predText(pred: Pred): string {
  switch (pred.test) {
    case 'exact': case 'template': case 'host': return pred.value;
    case 'prefix': return `${pred.value}*`;
    case 'suffix': return `*${pred.value}`;
    case 'segmentPrefix': return `${pred.value}/…`;
    case 'regex': return pred.value.replaceAll(/\\(.)/g, '$1');
    case 'range': return pred.intervals.map(({ low, high }) => (low.length === 4 ? String(Number.parseInt(low, 16)) : low === high ? addressOf(low) : `${addressOf(low)} to ${addressOf(high)}`)).join(', ');
    case 'nonEmpty': case 'present': return 'given';
    case 'absent': return 'missing';
  }
}
