import type { IConstruct } from 'constructs';
import { controlPlaneMetrics, processMetrics, trafficMetrics } from './istio-metrics.ts';
import { MetricCatalogue, type KnownMetric, type Series } from './metric-catalogue.ts';
import { checkQuery } from './promql.ts';

/** A series that a rule computes; its labels are those of the query's answer and of the rule. */
export interface RecordedSeries {
  readonly record: string;
  readonly query: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly declaredBy: string;
}

/**
 * Every metric that an app knows of: Istio's, those of the contracts of its services, and what its rules record. Queries
 * are checked against it when the app is synthesized, so that the order of declaration does not matter.
 */
export class AppMetrics {
  #catalogue = new MetricCatalogue([...trafficMetrics, ...controlPlaneMetrics, ...processMetrics]);
  readonly #recorded = new Map<string, readonly RecordedSeries[]>();
  readonly #resolved = new Map<string, Series>();

  /** The metrics of the app that a construct belongs to. */
  static of(construct: IConstruct): AppMetrics {
    const { root } = construct.node;
    const known = apps.get(root) ?? new AppMetrics();
    apps.set(root, known);
    return known;
  }

  /** Takes note of metrics that something emits. */
  add(metrics: Iterable<KnownMetric>): void {
    this.#catalogue = this.#catalogue.with(metrics);
    this.#resolved.clear();
  }

  /** @throws when another rule records a series of that name and the same labels */
  record(series: RecordedSeries): void {
    const others = this.#recorded.get(series.record) ?? [];
    const other = others.find(({ labels }) => JSON.stringify(labels) === JSON.stringify(series.labels));
    if (other) throw new Error(`${series.declaredBy}: ${other.declaredBy} records "${series.record}" already, with the same labels; give one of them another name`);
    this.#recorded.set(series.record, [...others, series]);
  }

  /** @throws when a rule that records it is wrong itself, or needs itself */
  series(name: string): Series | undefined {
    const known = this.#resolved.get(name) ?? this.#catalogue.series(name);
    const rules = this.#recorded.get(name);
    if (known || !rules) return known;
    // Until it is known, a rule that asks for itself finds nothing.
    this.#recorded.delete(name);
    try {
      const labels = rules.flatMap(rule => [...checkQuery(rule.declaredBy, rule.query, this), ...Object.keys(rule.labels)]);
      const series = { name, grows: false, labels: new Set(labels) };
      this.#resolved.set(name, series);
      return series;
    } finally {
      this.#recorded.set(name, rules);
    }
  }

  get names(): Iterable<string> {
    return [...this.#catalogue.names, ...this.#recorded.keys()];
  }
}

const apps = new WeakMap<IConstruct, AppMetrics>();
