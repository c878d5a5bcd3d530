import type { Panel } from './dashboard.ts';

/** Rate, errors and duration of requests as proxies count them. */
export interface RedProps {
  /** Tests of labels, as in a selector. */
  readonly where: string;
  /** The labels that lines are told apart by. */
  readonly by: readonly string[];
  readonly legend: string;
}

/** A request that its caller's proxy counts, or a waypoint where there is one. */
export const asCalled = 'reporter=~"source|waypoint"';

/** The three pictures of a set of requests: how many, how many of them fail, how long they take. */
export function red({ where, by, legend }: RedProps): readonly Panel[] {
  const group = by.join(', ');
  const rate = (test: string): string => `sum by (${group}) (rate(istio_requests_total{${where}${test}}[$__rate_interval]))`;
  const quantile = (q: number): string => `histogram_quantile(${q}, sum by (le, ${group}) (rate(istio_request_duration_milliseconds_bucket{${where}}[$__rate_interval])))`;
  return [
    { title: 'Requests', description: 'How many a second.', unit: 'reqps', queries: [{ query: rate(''), legend }] },
    { title: 'Errors', description: 'The share that is answered with a 5xx.', unit: 'percentunit', queries: [{ query: `${rate(',response_code=~"5.."')} / ${rate('')} or 0 * ${rate('')}`, legend }] },
    {
      title: 'Duration',
      description: 'How long half of the requests take, and all but five or one in a hundred.',
      unit: 'ms',
      queries: [0.5, 0.95, 0.99].map(q => ({ query: quantile(q), legend: `${legend} p${q * 100}` })),
    },
    {
      title: 'Why requests fail',
      description: 'By status and Envoy\'s response flag: UH no healthy endpoint, UF no connection, UO overflow, NR no route, UAEX denied by an authorizer, DC the caller left.',
      unit: 'reqps',
      queries: [{ query: `sum by (response_code, response_flags) (rate(istio_requests_total{${where},response_code=~"0|4..|5.."}[$__rate_interval]))`, legend: '{{response_code}} {{response_flags}}' }],
    },
  ];
}
