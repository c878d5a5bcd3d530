import { Registry, type MetricObject, type OpenMetricsContentType, type PrometheusContentType } from 'prom-client';

export type ExpositionFormat = 'text' | 'openmetrics';

export const contentTypes = { text: Registry.PROMETHEUS_CONTENT_TYPE, openmetrics: Registry.OPENMETRICS_CONTENT_TYPE } as const;

/**
 * All metrics of a registry, in either format. prom-client renames a counter for good when it writes OpenMetrics, and its text
 * then lacks `_total`; so each writing gets views of the metrics, which may be renamed.
 */
export async function expose(registry: Pick<Registry, 'getMetricsAsArray'>, format: ExpositionFormat): Promise<string> {
  const views = new Registry<PrometheusContentType | OpenMetricsContentType>();
  views.setContentType(contentTypes[format]);
  for (const metric of registry.getMetricsAsArray()) {
    const view = Object.create(metric, { name: { value: metric.name, writable: true, enumerable: true } }) as MetricObject;
    (views as { registerMetric(metric: unknown): void }).registerMetric(view);
  }
  return views.metrics();
}

/**
 * The format that a scraper likes best, by its Accept header: text where it says nothing.
 *
 * Source: https://prometheus.io/docs/instrumenting/content_negotiation/
 */
export function negotiate(accept: string | undefined): ExpositionFormat {
  let text = 0;
  let openmetrics = 0;
  for (const range of (accept ?? '*/*').split(',').slice(0, 50)) {
    const [type = '', ...parameters] = range.split(';').map(part => part.trim().toLowerCase());
    const q = Number(parameters.find(parameter => parameter.startsWith('q='))?.slice(2) ?? 1);
    const weight = Number.isFinite(q) ? q : 0;
    const version = parameters.find(parameter => parameter.startsWith('version='))?.slice('version='.length);
    if (type === 'application/openmetrics-text') {
      if (version === undefined || version === '1.0.0') openmetrics = Math.max(openmetrics, weight);
    } else if (type === 'text/plain' || type === 'text/*' || type === '*/*') text = Math.max(text, weight);
  }
  return openmetrics > 0 && openmetrics >= text ? 'openmetrics' : 'text';
}
