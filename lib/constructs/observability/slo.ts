import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import type { MeshService } from '../platform/mesh-service.ts';
import { dnsLabel, freeId, metadataKeys } from '../values/name.ts';
import { warn } from '../values/warning.ts';
import { burnRate, burnWindows, ratioWindows, type BurnWindow } from './burn-rate.ts';
import { PrometheusRules, type Alert, type Recording } from './prometheus-rules.ts';
import { contractSeries, meshSeries, type Reporter, type RequestSeries } from './request-series.ts';
import { Sli, sliQueries } from './sli.ts';

/** How many requests must be good, and what is done when too few are. */
export interface SloProps {
  /** How many of a hundred requests must be good; below 100, or there would be nothing to spend. */
  readonly objective: number;
  /** What makes a request good. @default Sli.availability() */
  readonly indicator?: Sli | undefined;
  /** One route of the service's contract, as its template. @default - every request of the service */
  readonly route?: string | undefined;
  /**
   * Who counts the requests: the proxies, or the service itself, which knows its routes.
   *
   * @default - the service where a route is given, else the mesh
   */
  readonly countedBy?: 'mesh' | 'service' | undefined;
  /**
   * Whose proxy counts, where the mesh does.
   *
   * @default - that of the caller, which also sees what never arrived; the waypoint for ambient workloads
   */
  readonly reporter?: Reporter | undefined;
  /** Over how many days the objective holds. @default 30 */
  readonly days?: number | undefined;
  /**
   * How many bad requests a window must have had before anyone is told: one failure among ten requests at night is no outage.
   *
   * @default 10
   */
  readonly minimumFailures?: number | undefined;
  /** Whose pager rings: the label `team` of the alerts. @default - none */
  readonly team?: string | undefined;
  /** What to look at and do, beside the general advice. @default - none */
  readonly runbook?: string | undefined;
  /** Labels by which Prometheus finds the PrometheusRule. @default - none */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** How often the rules are evaluated: a count of failures is made of samples this far apart. */
const interval = Duration.seconds(30);

/**
 * A service level objective: recording rules for the share of bad requests over several windows, and alerts when the error
 * budget burns too fast for its period, in two windows each.
 *
 * @example
 * new Slo(reviews, 'availability', { objective: 99.9 });
 * new Slo(reviews, 'latency', { objective: 99, indicator: Sli.latency(Duration.millis(500)) });
 *
 * @see https://sre.google/workbook/alerting-on-slos/
 */
export class Slo extends Construct {
  /** The value of the label `slo` on all that it records and alerts. */
  readonly slo: string;

  /** @throws when the objective is none, no metric could tell, or the service has the objective already */
  constructor(service: MeshService, id: string, props: SloProps) {
    super(service, freeId(service, id));
    const where = this.node.path;
    const { objective, indicator = Sli.availability(), days = 30, minimumFailures = 10, team, runbook, labels } = props;
    if (!(typeof objective === 'number' && objective > 0 && objective < 100)) throw new Error(`${where}: objective must be between 0 and 100, both excluded (at 100 no request could ever fail), got ${String(objective)}`);
    if (!(Number.isInteger(days) && days >= 4)) throw new Error(`${where}: days must be a whole number, at least 4 (the longest window is three days), got ${String(days)}`);
    if (!(Number.isInteger(minimumFailures) && minimumFailures >= 1)) throw new Error(`${where}: minimumFailures must be a whole number, at least 1, got ${String(minimumFailures)}`);
    this.slo = `${service.name}-${dnsLabel(where, 'the id of an objective', id)}`;
    const own = { slo: this.slo, service: service.name, namespace: service.namespaceName };
    metadataKeys(where, 'label', { ...own, ...(team === undefined ? {} : { team }) });
    const { requests, failures, bad } = sliQueries(where, indicator, this.#series(service, props));
    const selector = `{${Object.entries(own).map(([name, value]) => `${name}="${value}"`).join(',')}}`;
    const allowed = Number(((100 - objective) / 100).toPrecision(6));
    const period = `${days}d`;
    const recordings: Recording[] = [
      { record: 'slo:requests:rate5m', query: requests },
      { record: 'slo:failures:rate5m', query: failures },
      // Sums on both sides, so that an hour without requests weighs nothing.
      ...[...ratioWindows, period].map(window => ({
        record: `slo:failure_ratio:rate${window}`,
        query: window === '5m'
          ? `slo:failures:rate5m${selector} / slo:requests:rate5m${selector}`
          : `sum_over_time(slo:failures:rate5m${selector}[${window}]) / sum_over_time(slo:requests:rate5m${selector}[${window}])`,
      })),
      { record: 'slo:allowed_failure_ratio', query: `vector(${allowed})` },
      { record: 'slo:error_budget_left:ratio', query: `1 - slo:failure_ratio:rate${period}${selector} / ${allowed}` },
    ].map(recording => ({ ...recording, labels: own }));

    const possible = burnWindows.filter(window => burnRate(window, days) * allowed < 1);
    if (possible.length < burnWindows.length) {
      const dropped = burnWindows.filter(window => !possible.includes(window)).map(window => burnRate(window, days));
      warn(this, `with an objective of ${objective} % requests cannot fail ${dropped.join(' or ')} times as often as allowed; those alerts are left out`);
    }
    const alerts = (['critical', 'warning'] as const).flatMap((severity): Alert[] => {
      const windows = possible.filter(window => window.severity === severity);
      if (windows.length === 0) return [];
      return [{
        alert: severity === 'critical' ? 'ErrorBudgetBurnsFast' : 'ErrorBudgetBurns',
        query: windows.map(window => this.#burning(window, { days, allowed, selector, minimumFailures })).join('\nor\n'),
        severity,
        labels: { ...own, ...(team === undefined ? {} : { team }) },
        summary: `Too many requests of ${service.name} ${bad}: the error budget of ${this.slo} (${objective} % over ${days} days) burns ${severity === 'critical' ? 'fast' : 'steadily'}`,
        description: `{{ $value | humanizePercentage }} of the requests ${bad}; ${Number((100 - objective).toPrecision(6))} % may.`,
        runbook: [
          `Compare the share of bad requests by version and caller on the dashboard of ${service.name}; response_flags say whether the service failed or was not reached.`,
          'If it began with a rollout, take that back first. If one version or zone stands out, take it out of the routes.',
          ...(runbook === undefined ? [] : [runbook]),
        ].join(' '),
      }];
    });
    new PrometheusRules(this, 'rules', {
      name: `slo-${this.slo}`,
      labels,
      groups: [{ name: `slo-${this.slo}`, interval, rules: [...recordings, ...alerts] }],
    });
  }

  #series(service: MeshService, { route, countedBy, reporter }: SloProps): RequestSeries {
    const where = this.node.path;
    if (countedBy === 'mesh' && route !== undefined) throw new Error(`${where}: the metrics of the mesh know no routes; leave route out, or let the service count`);
    if (route === undefined && countedBy !== 'service') return meshSeries(where, service, reporter);
    if (reporter !== undefined) throw new Error(`${where}: reporter says whose proxy counts, but here the service does; leave it out`);
    return contractSeries(where, service, route);
  }

  /** Over both windows, and often enough in the long one. */
  #burning(window: BurnWindow, { days, allowed, selector, minimumFailures }: { readonly days: number; readonly allowed: number; readonly selector: string; readonly minimumFailures: number }): string {
    const { long, short } = window;
    const limit = Number((burnRate(window, days) * allowed).toPrecision(6));
    return [
      `(slo:failure_ratio:rate${long}${selector} > ${limit}`,
      `and slo:failure_ratio:rate${short}${selector} > ${limit}`,
      `and sum_over_time(slo:failures:rate5m${selector}[${long}]) * ${interval.toSeconds()} >= ${minimumFailures})`,
    ].join(' ');
  }
}
