import type { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { PrometheusRule } from '../l1.ts';
import { domainName, freeId, metadataKeys } from '../values/name.ts';
import { AppMetrics } from './app-metrics.ts';
import type { KnownMetric } from './metric-catalogue.ts';
import { prometheusDuration } from './prometheus-duration.ts';

/** A query whose answer is kept under a name of its own. */
export interface Recording {
  readonly record: string;
  readonly query: string;
  /** @default - those of the query's answer */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** A query that should have no answer: each series that it has is an alert. */
export interface Alert {
  readonly alert: string;
  readonly query: string;
  /** How long the query must have had an answer. @default - at once */
  readonly for?: Duration | undefined;
  /** How long the alert stays when the query has no answer any more. @default - not at all */
  readonly keepFiringFor?: Duration | undefined;
  /** Who is told, and how soon. */
  readonly severity: AlertSeverity;
  /** @default - none */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** What is wrong, in one line. */
  readonly summary: string;
  /** What it means for users. @default - none */
  readonly description?: string | undefined;
  /** What to look at first, and what to do. */
  readonly runbook: string;
}

/** `critical` wakes someone, `warning` is a ticket, `info` is to be looked up. */
export type AlertSeverity = 'critical' | 'warning' | 'info';

/** Rules that are evaluated one after the other, at one time. */
export interface RuleGroup {
  readonly name: string;
  /** @default - as Prometheus is set */
  readonly interval?: Duration | undefined;
  readonly rules: readonly (Recording | Alert)[];
}

export interface PrometheusRulesProps {
  /** @default - the id */
  readonly name?: string | undefined;
  readonly groups: readonly RuleGroup[];
  /** Labels by which Prometheus finds the object. @default - none */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Metrics that exist beside Istio's, those of contracts, and what rules record. @default - none */
  readonly metrics?: readonly KnownMetric[] | undefined;
}

/**
 * Recording rules and alerts for Prometheus. A query that names a metric or label that nothing emits fails the synth.
 *
 * @see https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
 */
export class PrometheusRules extends Construct {
  /** @throws when a name or label is none, or another rule records the same series */
  constructor(scope: Construct, id: string, props: PrometheusRulesProps) {
    super(scope, freeId(scope, id));
    const where = this.node.path;
    const metrics = AppMetrics.of(this);
    metrics.add(props.metrics ?? []);
    metadataKeys(where, 'label', props.labels ?? {});
    const rules = props.groups.flatMap(group => group.rules);
    if (rules.length === 0) throw new Error(`${where}: needs a rule, got none; give it a recording or an alert`);
    for (const rule of rules) {
      if ('record' in rule) metrics.record({ record: seriesName(where, rule.record), query: rule.query, labels: rule.labels ?? {}, declaredBy: where });
    }
    new PrometheusRule(this, 'rule', {
      metadata: { name: domainName(where, 'name', props.name ?? id), ...(props.labels ? { labels: { ...props.labels } } : {}) },
      spec: {
        groups: props.groups.map(({ name, interval, rules: inGroup }) => ({
          name,
          ...(interval ? { interval: prometheusDuration(where, 'interval', interval) } : {}),
          rules: inGroup.map(rule => ('record' in rule ? recording(rule) : alert(where, rule))),
        })),
      },
    });
    this.node.addValidation({ validate: () => rules.flatMap(rule => metrics.problems(`${where}: rule ${'record' in rule ? rule.record : rule.alert}`, rule.query)) });
  }
}

function recording({ record, query, labels }: Recording) {
  return { record, expr: query, ...(labels ? { labels: { ...labels } } : {}) };
}

function alert(where: string, { alert: name, query, for: pending, keepFiringFor, severity, labels, summary, description, runbook }: Alert) {
  return {
    alert: alertName(where, name),
    expr: query,
    ...(pending ? { for: prometheusDuration(where, `for of ${name}`, pending) } : {}),
    ...(keepFiringFor ? { keep_firing_for: prometheusDuration(where, `keepFiringFor of ${name}`, keepFiringFor) } : {}),
    labels: { severity, ...labels },
    annotations: { summary, ...(description === undefined ? {} : { description }), runbook },
  };
}

function seriesName(where: string, name: string): string {
  if (/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) return name;
  throw new Error(`${where}: the name of a series has letters, digits, "_" and ":", got ${JSON.stringify(name)}`);
}

function alertName(where: string, name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new Error(`${where}: the name of an alert has letters, digits and "_", got ${JSON.stringify(name)}`);
}
