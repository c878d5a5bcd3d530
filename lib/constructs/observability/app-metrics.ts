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
  readonly #further: KnownMetric[] = [];
  readonly #addedLabels = new Set<string>();
  readonly #lostLabels = new Set<string>();
  readonly #lostMetrics = new Set<string>();
  readonly #verdicts = new Map<string, readonly string[]>();
  #catalogue: MetricCatalogue | undefined;
  readonly #recorded = new Map<string, RecordedSeries[]>();
  readonly #declared = new Map<string, string>();
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
    this.#further.push(...metrics);
    this.#forget();
  }

  /** Takes note of labels that the metrics of requests carry as well. */
  addTrafficLabels(labels: Iterable<string>): void {
    for (const label of labels) this.#addedLabels.add(label);
    this.#forget();
  }

  /** Takes note of metrics, and of labels of all metrics of requests, that proxies do not emit. */
  takeAway(metrics: Iterable<string>, labels: Iterable<string>): void {
    for (const metric of metrics) this.#lostMetrics.add(metric);
    for (const label of labels) this.#lostLabels.add(label);
    this.#forget();
  }

  /** @throws when another rule records a series of that name and the same labels */
  record(series: RecordedSeries): void {
    const key = `${series.record} ${JSON.stringify(series.labels)}`;
    const other = this.#declared.get(key);
    if (other !== undefined) throw new Error(`${series.declaredBy}: ${other} records "${series.record}" already, with the same labels; give one of them another name`);
    this.#declared.set(key, series.declaredBy);
    const others = this.#recorded.get(series.record);
    if (others) others.push(series);
    else this.#recorded.set(series.record, [series]);
    this.#changed();
  }

  /** @throws when a rule that records it is wrong itself, or needs itself */
  series(name: string): Series | undefined {
    const known = this.#resolved.get(name) ?? this.#known.series(name);
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

  /** What is wrong with a query, if anything. cdk8s asks again for each chart of an app, so what was found stays known. */
  problems(where: string, query: string): readonly string[] {
    const key = `${where} ${query}`;
    const known = this.#verdicts.get(key);
    if (known) return known;
    const found = this.#problems(where, query);
    this.#verdicts.set(key, found);
    return found;
  }

  #problems(where: string, query: string): readonly string[] {
    try {
      checkQuery(where, query, this);
      return [];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  }

  get names(): Iterable<string> {
    return [...this.#known.names, ...this.#recorded.keys()];
  }

  get #known(): MetricCatalogue {
    this.#catalogue ??= new MetricCatalogue([
      ...trafficMetrics
        .filter(({ name }) => !this.#lostMetrics.has(name))
        .map(metric => ({ ...metric, labels: [...metric.labels.filter(label => !this.#lostLabels.has(label)), ...this.#addedLabels] })),
      ...controlPlaneMetrics, ...processMetrics, ...this.#further,
    ]);
    return this.#catalogue;
  }

  #forget(): void {
    this.#catalogue = undefined;
    this.#changed();
  }

  #changed(): void {
    this.#resolved.clear();
    this.#verdicts.clear();
  }
}

const apps = new WeakMap<IConstruct, AppMetrics>();
