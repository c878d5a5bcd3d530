import type { Cors, Dimension, From, HeaderOperation } from '../../mesh/index.ts';
import { predHolds } from '../evaluate.ts';
import { answers } from '../outcome.ts';
import type { Answer, HttpRequest } from '../server/arrival.ts';
import type { Step } from '../trace.ts';

/** What a CORS policy does with a request. */
export interface CrossOrigin {
  readonly steps: readonly Step[];
  /** A preflight is answered by the proxy. */
  readonly answer: Answer | undefined;
  readonly responseHeaders: readonly HeaderOperation[];
}

/**
 * What pages of other origins are allowed. A request from a foreign origin goes on all the same: only the browser refuses its answer.
 *
 * Source: Envoy's extensions/filters/http/cors
 */
export function crossOrigin(cors: Cors | undefined, { method, headers }: HttpRequest, from: From | undefined): CrossOrigin {
  const origin = headers.get('origin') ?? '';
  if (!cors || origin === '') return { steps: [], answer: undefined, responseHeaders: [] };
  const place = from && { ...from, at: `${from.at}.corsPolicy` };
  const allowed = cors.origins.some(({ test, value }) => ['*', origin].some(text => holdsFor(test, value, text)));
  const asked = headers.get('access-control-request-method');
  const step = (answered: boolean): Step => ({ kind: 'cors', answered, allowed, from: place });
  if (method === 'OPTIONS' && asked !== undefined && asked !== '' && (allowed || !cors.forwardsUnmatched)) {
    return { steps: [step(true)], answer: answers(200, '', '', allowed ? new Map(preflight(cors, origin, headers)) : new Map()), responseHeaders: [] };
  }
  const set = (name: string, value: string): HeaderOperation => ({ do: 'set', name, value });
  return {
    steps: [step(false)],
    answer: undefined,
    responseHeaders: allowed
      ? [set('access-control-allow-origin', origin), ...(cors.credentials ? [set('access-control-allow-credentials', 'true')] : []), ...(cors.expose.length > 0 ? [set('access-control-expose-headers', cors.expose.join(','))] : [])]
      : [],
  };
}

function holdsFor(test: Cors['origins'][number]['test'], value: string, text: string): boolean {
  const dim: Dimension = 'header:origin';
  return predHolds({ dim, test, value }, new Map([[dim, [text]]])) === true;
}

/** What is asked for is not compared with what is allowed: the browser does that. */
function preflight(cors: Cors, origin: string, headers: ReadonlyMap<string, string>): [string, string][] {
  const echoed = (list: readonly string[], asked: string): string => (list.length === 1 && list[0] === '*' ? headers.get(asked) ?? '*' : list.join(','));
  const methods = echoed(cors.methods, 'access-control-request-method');
  const names = echoed(cors.headers, 'access-control-request-headers');
  return [
    ['access-control-allow-origin', origin],
    ...(cors.credentials ? [['access-control-allow-credentials', 'true'] as [string, string]] : []),
    ...(methods === '' ? [] : [['access-control-allow-methods', methods] as [string, string]]),
    ...(names === '' ? [] : [['access-control-allow-headers', names] as [string, string]]),
    ...(cors.expose.length === 0 ? [] : [['access-control-expose-headers', cors.expose.join(',')] as [string, string]]),
    ...(cors.maxAge === undefined ? [] : [['access-control-max-age', String(cors.maxAge)] as [string, string]]),
  ];
}
