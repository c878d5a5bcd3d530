import type { PlainAsk, PlainCell, PlainWitness } from './plain-matrix.ts';

/** A cell in words: what may be asked, who may, and how the connection is secured. */
export interface CellWords {
  readonly what: readonly string[];
  readonly not: readonly string[];
  readonly who: string;
  readonly how: string;
}

/** A cell in words. `isConnection`: the port is no HTTP, so that nothing more than connecting is told apart. */
export function cellWords(cell: PlainCell, isConnection: boolean): CellWords {
  const { verdict, refusal, may, mayNot, providers, clients, others, tls, modes } = cell;
  const all = isConnection ? 'may connect' : 'everything';
  const asked = providers.map(provider => `as far as the provider ${provider} agrees`);
  const what = verdict === 'none' ? [refusal === undefined ? 'nothing' : `nothing: ${refusal}`] : may.length === 0 ? [all] : may.map(ask => askWords(ask, isConnection));
  return {
    what: [...what, ...asked],
    not: mayNot.map(ask => askWords(ask, isConnection)),
    who: [...clients, ...(others > 0 ? [`${others} others`] : [])].join(', '),
    how: `${tlsWords[tls] ?? tls}${modes.length === 0 ? '' : ` (${modes.join(', ')})`}`,
  };
}

const tlsWords: Readonly<Record<string, string>> = { 'istio mutual': 'mutual TLS', mutual: 'TLS with a certificate of its own', 'one-way': 'one-way TLS', none: 'plaintext' };

function askWords({ by, methods, paths, when }: PlainAsk, isConnection: boolean): string {
  const where = by.startsWith('waypoint') ? [`at ${by}`] : [];
  if (isConnection || by === 'ztunnel') return ['connections', ...(when.length === 0 ? [] : ['with', when.join(' and ')]), ...where].join(' ');
  const request = [methods.join(', ') || 'any method', paths.join(', ') || 'any path'];
  return [methods.length + paths.length === 0 ? 'requests' : request.join(' of '), ...(when.length === 0 ? [] : ['with', when.join(' and ')]), ...where].join(' ');
}

/** A witness in words, as one would ask `meshwright simulate`. */
export function witnessWords({ request, headers = {}, claims, ip, from, replay }: PlainWitness): string {
  return [
    request, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), ...(claims ? [`token ${JSON.stringify(claims)}`] : []), ...(ip === undefined ? [] : [`address ${ip}`]),
    `from ${from}`, ...(replay === 'agrees' ? [] : [`(${replayWords[replay] ?? replay})`]),
  ].join(', ');
}

const replayWords: Readonly<Record<string, string>> = {
  'not routed': 'its own routes stop or change it first',
  'agrees as far as is modelled': 'something that is not modelled may decide otherwise',
  disagrees: 'simulate says otherwise: report this as a bug of Meshwright',
};
