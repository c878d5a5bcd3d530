import type { Duration } from 'cdk8s';
import type { RequestSeries } from './request-series.ts';

/** What makes a request a good one. */
export type Sli = { readonly kind: 'availability' } | { readonly kind: 'latency'; readonly within: Duration };

/**
 * What makes a request a good one.
 *
 * @example
 * Sli.latency(Duration.millis(500))
 */
export const Sli = {
  /** It was answered without a failure of the server: no 5xx, or no gRPC status that stands for one. */
  availability: (): Sli => ({ kind: 'availability' }),
  /** It was answered within a time. Proxies do not count those that fail: they are a matter of availability. */
  latency: (within: Duration): Sli => ({ kind: 'latency', within }),
};

/** What requests, and what bad ones, are counted by. */
export interface SliQueries {
  /** How many a second, over five minutes. */
  readonly requests: string;
  readonly failures: string;
  /** What bad requests do, as in "requests fail". */
  readonly bad: string;
}

/** @throws when the time of a latency is not the end of a bucket */
export function sliQueries(where: string, sli: Sli, series: RequestSeries): SliQueries {
  const rate = (selector: string): string => `sum(rate(${selector}[5m]))`;
  if (sli.kind === 'availability') {
    // Before the first failure there is no series of failures.
    return { requests: rate(series.all), failures: `${rate(series.failed)} or 0 * ${rate(series.all)}`, bad: 'fail' };
  }
  const milliseconds = sli.within.toMilliseconds({ integral: false });
  const fast = series.timedWithin(where, milliseconds);
  return { requests: rate(series.timed), failures: `clamp_min(${rate(series.timed)} - ${rate(fast)}, 0)`, bad: `take longer than ${milliseconds} ms` };
}
