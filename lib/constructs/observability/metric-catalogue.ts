import type { MetricKind, ServiceContract } from '../../runtime/contract/index.ts';

/** A metric by the name that it is declared with: the series of a histogram add `_bucket`, `_sum` and `_count` to it. */
export interface KnownMetric {
  readonly name: string;
  readonly kind: MetricKind;
  /** Its own labels, beside those that each scrape adds. */
  readonly labels: readonly string[];
}

/** What a query may select by one name. */
export interface Series {
  readonly name: string;
  /** Whether it only grows, so that `rate` is of use. */
  readonly grows: boolean;
  readonly labels: ReadonlySet<string>;
}

/**
 * The labels that a scrape by PodMonitor or ServiceMonitor adds to every series.
 *
 * Source: https://prometheus-operator.dev/docs/developer/getting-started/
 */
export const targetLabels: readonly string[] = ['job', 'instance', 'namespace', 'pod', 'container', 'service', 'endpoint', 'node', 'cluster', 'app'];

/** The metrics that exist: a query over another one would always be empty. */
export class MetricCatalogue {
  readonly #series = new Map<string, Series>();

  constructor(metrics: Iterable<KnownMetric>) {
    for (const metric of metrics) {
      for (const series of seriesOf(metric)) this.#series.set(series.name, series);
    }
  }

  /** The series of that name, if there is one. */
  series(name: string): Series | undefined {
    return this.#series.get(name);
  }

  get names(): Iterable<string> {
    return this.#series.keys();
  }
}

/** The metrics that a service says it emits. */
export function contractMetrics({ metrics }: ServiceContract): readonly KnownMetric[] {
  return [metrics.requests, metrics.responseTime, metrics.concurrentRequests, ...Object.values(metrics.own)];
}

function seriesOf({ name, kind, labels }: KnownMetric): readonly Series[] {
  const own = new Set([...targetLabels, ...labels]);
  if (kind !== 'histogram') return [{ name, grows: kind === 'counter', labels: own }];
  return [
    { name: `${name}_bucket`, grows: true, labels: new Set([...own, 'le']) },
    { name: `${name}_sum`, grows: true, labels: own },
    { name: `${name}_count`, grows: true, labels: own },
  ];
}
