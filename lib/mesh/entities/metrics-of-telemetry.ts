import { boolean, field, fields, list, mapping, text } from '../../manifest/index.ts';

/** Whose metrics an override is of: those that a proxy counts for what it sends, or for what it receives. */
export type MetricMode = 'CLIENT' | 'SERVER';

/** What happens to one label of a metric. */
export interface TagOverride {
  readonly tag: string;
  readonly operation: 'UPSERT' | 'REMOVE';
  /** The expression of CEL that gives the label its value; '' where it is taken off. */
  readonly value: string;
  readonly path: string;
}

/** One override of the metrics of a Telemetry. */
export interface MetricOverride {
  /** `ALL_METRICS`, one of Istio's names, or a metric of one's own. */
  readonly metric: string;
  /** Whether it says itself that it is for all metrics: only then does disabling turn the provider off. */
  readonly matchesAll: boolean;
  readonly modes: readonly MetricMode[];
  /** Undefined where nothing is said. */
  readonly disabled: boolean | undefined;
  readonly tags: readonly TagOverride[];
  readonly path: string;
}

/** One entry of `spec.metrics`. */
export interface MetricsOfTelemetry {
  /** Empty where none is named: those of the wider Telemetry hold. */
  readonly providers: readonly string[];
  readonly overrides: readonly MetricOverride[];
  readonly path: string;
}

/**
 * Reads `spec.metrics`.
 *
 * Source: https://istio.io/latest/docs/reference/config/telemetry/#Metrics
 */
export function metricsOf(value: unknown): readonly MetricsOfTelemetry[] {
  return list(value).map((entry, i) => ({
    providers: list(field(entry, 'providers')).map(provider => text(field(provider, 'name')) ?? ''),
    overrides: list(field(entry, 'overrides')).map((override, j) => overrideOf(override, `spec.metrics[${i}].overrides[${j}]`)),
    path: `spec.metrics[${i}]`,
  }));
}

function overrideOf(value: unknown, path: string): MetricOverride {
  const match = field(value, 'match');
  const metric = text(field(match, 'customMetric')) ?? text(field(match, 'metric'));
  const mode = text(field(match, 'mode'));
  return {
    metric: metric ?? 'ALL_METRICS',
    matchesAll: metric === 'ALL_METRICS',
    modes: mode === 'CLIENT' || mode === 'SERVER' ? [mode] : ['CLIENT', 'SERVER'],
    disabled: boolean(field(value, 'disabled')),
    tags: Object.entries(fields(field(value, 'tagOverrides'))).filter(([tag, how]) => tag !== '' && mapping(how)).map(([tag, how]) => {
      const removes = text(field(how, 'operation')) === 'REMOVE';
      return { tag, operation: removes ? 'REMOVE' : 'UPSERT', value: removes ? '' : text(field(how, 'value')) ?? '', path: `${path}.tagOverrides[${JSON.stringify(tag)}]` };
    }),
    path,
  };
}
