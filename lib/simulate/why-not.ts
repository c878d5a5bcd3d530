import type { Clause, Dimension, Interval, Pred } from '../mesh/index.ts';
import { clauseHolds, type Values } from './evaluate.ts';

/** Why a clause does not hold of a request, in a sentence without a full stop. What may be secret is not shown. */
export function whyNot(clause: Clause, values: Values): string {
  const { dim } = clause;
  const found = values.get(dim);
  const wanted = listed(clause.any.map(testText));
  const name = nameOf(dim);
  const bare = name.replace(/^the /, '');
  if (dim.startsWith('opaque:')) return `${name} is not modelled`;
  if (found === undefined) return clause.not ? `there is no ${bare}` : `there is no ${bare}, and ${wanted} is asked for`;
  const shown = isSecret(dim) ? `${name} has another value` : `${name} is ${listed(found.map(value => `"${shownValue(dim, value)}"`))}`;
  if (clause.not) return isSecret(dim) ? `${name} is excluded` : `${shown}, and ${wanted} is excluded`;
  return `${shown}, and ${wanted} is asked for${differsInCase(clause, values) ? '; only upper and lower case differ' : ''}`;
}

function nameOf(dim: Dimension): string {
  const [kind = '', ...rest] = dim.split(':');
  const name = rest.join(':');
  return kind === 'header' ? `the header ${name}` : kind === 'query' ? `the parameter ${name}` : kind === 'claim' ? `the claim ${name}` : kind === 'opaque' ? name : names[dim] ?? dim;
}

const names: Readonly<Record<string, string>> = {
  method: 'the method', path: 'the path', authority: 'the Host', scheme: 'the scheme', sni: 'the server name', 'source.identity': 'the caller\'s identity',
  'source.ip': 'the address of the peer', 'remote.ip': 'the address of the client', 'destination.ip': 'the address dialled', 'destination.port': 'the port',
  'request.principal': 'the principal of the token', 'request.audiences': 'the audience of the token', 'request.presenter': 'the presenter of the token',
};

function isSecret(dim: Dimension): boolean {
  return /^(header:(.*authorization|cookie|.*token.*|.*api-?key.*|.*secret.*)|query:.*token.*)$/.test(dim);
}

function testText(pred: Pred): string {
  switch (pred.test) {
    case 'exact': return `"${pred.value}"`;
    case 'prefix': return `"${pred.value}*"`;
    case 'suffix': return `"*${pred.value}"`;
    case 'segmentPrefix': return `"${pred.value}" or a path below it`;
    case 'template': return `"${pred.value}"`;
    case 'regex': return `what matches ${pred.value}`;
    case 'host': return `"${pred.value}"`;
    case 'nonEmpty': case 'present': return 'any value';
    case 'absent': return 'none';
    case 'range': return listed(pred.intervals.map(interval => intervalText(pred.dim, interval)));
  }
}

function intervalText(dim: Dimension, { low, high }: Interval): string {
  if (low === high) return shownValue(dim, low);
  const free = (BigInt(`0x${low}`) ^ BigInt(`0x${high}`)).toString(2).length;
  const width = low.startsWith(mapped) && high.startsWith(mapped) ? 32 : low.length * 4;
  return low.length === 32 ? `${addressShown(low)}/${width - free}` : `${shownValue(dim, low)} to ${shownValue(dim, high)}`;
}

function shownValue(dim: Dimension, value: string): string {
  if (dim === 'destination.port') return String(Number.parseInt(value, 16));
  return dim.endsWith('.ip') ? addressShown(value) : value;
}

const mapped = `${'0'.repeat(20)}ffff`;

function addressShown(text: string): string {
  if (text.startsWith(mapped)) return (text.slice(-8).match(/../g) ?? []).map(byte => Number.parseInt(byte, 16)).join('.');
  return (text.match(/..../g) ?? []).map(group => group.replace(/^0{1,3}/, '')).join(':');
}

function differsInCase(clause: Clause, values: Values): boolean {
  const folded = (text: string): string => text.toLowerCase();
  const any = clause.any.map((pred): Pred => ('value' in pred && pred.test !== 'regex' ? { ...pred, value: folded(pred.value) } : pred));
  const found = (values.get(clause.dim) ?? []).map(folded);
  return clauseHolds({ ...clause, any }, new Map([[clause.dim, found]])) === true;
}

function listed(texts: readonly string[]): string {
  const shown = texts.length > mostShown ? [...texts.slice(0, mostShown), `${texts.length - mostShown} more`] : texts;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1) ?? ''}`;
}

const mostShown = 4;
