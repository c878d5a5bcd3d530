import type { MetricMode, TagOverride } from '../entities/metrics-of-telemetry.ts';
import type { Policy, Telemetry } from '../entities/policies.ts';
import { inIstioOrder } from '../entities/entity.ts';
import { policiesBySelector } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';
import { selecting } from '../selector-index.ts';

/** The metrics of proxies, as the Telemetry API calls them. */
export const metricNames = [
  'REQUEST_COUNT', 'REQUEST_DURATION', 'REQUEST_SIZE', 'RESPONSE_SIZE', 'GRPC_REQUEST_MESSAGES', 'GRPC_RESPONSE_MESSAGES',
  'TCP_OPENED_CONNECTIONS', 'TCP_CLOSED_CONNECTIONS', 'TCP_SENT_BYTES', 'TCP_RECEIVED_BYTES',
] as const;

/** What a proxy counts for Prometheus on one side: the tags that are changed of each metric that it emits. */
export type ProxyMetrics = Readonly<Record<MetricMode, ReadonlyMap<string, ReadonlyMap<string, TagOverride>>>>;

/**
 * The Telemetries that hold for a sidecar or gateway, the widest first: of those without a selector the oldest of the root namespace
 * and of its own, then the oldest that selects it.
 *
 * Source: https://istio.io/latest/docs/reference/config/telemetry/
 */
export function telemetriesFor(mesh: Mesh, namespace: string, labels: ReadonlyMap<string, string>): readonly Telemetry[] {
  const wide = [...new Set([mesh.config.rootNamespace, namespace])].map(place => mesh.at(policiesBySelector.whole, `Telemetry ${place}`).find(isTelemetry));
  const narrow = selecting(mesh, policiesBySelector, `Telemetry ${namespace}`, labels).filter(isTelemetry).sort(inIstioOrder);
  return [...wide, narrow[0]].filter(telemetry => telemetry !== undefined);
}

function isTelemetry(policy: Policy): policy is Telemetry {
  return 'tracing' in policy;
}

/**
 * What Telemetries, the widest first, leave of the metrics that a proxy emits to Prometheus. Later overrides are laid over earlier ones,
 * tag by tag; providers replace those of the wider.
 *
 * Source: istio/istio pilot/pkg/model/telemetry.go
 */
export function proxyMetrics(mesh: Mesh, telemetries: readonly Telemetry[]): ProxyMetrics {
  const entries = telemetries.flatMap(({ metrics }) => metrics);
  const inForce = entries.findLast(({ providers }) => providers.length > 0)?.providers ?? defaultProviders(mesh);
  const provider = inForce.find(name => isPrometheus(mesh, name));
  const emitted = { CLIENT: new Map<string, ReadonlyMap<string, TagOverride>>(), SERVER: new Map<string, ReadonlyMap<string, TagOverride>>() };
  if (provider === undefined) return emitted;
  const off = new Set<MetricMode>();
  const disabled = new Set<string>();
  const tags = new Map<string, Map<string, TagOverride>>();
  let of = defaultProviders(mesh);
  for (const { providers, overrides } of entries) {
    if (providers.length > 0) of = providers;
    if (!of.includes(provider)) continue;
    for (const override of overrides) {
      for (const mode of override.modes) {
        if (override.matchesAll && override.disabled) {
          off.add(mode);
          continue;
        }
        // Whatever is said of a metric afterwards turns the provider on again.
        off.delete(mode);
        for (const metric of override.metric === 'ALL_METRICS' ? metricNames : [override.metric]) {
          const key = `${mode} ${metric}`;
          if (override.disabled === true) disabled.add(key);
          if (override.disabled === false) disabled.delete(key);
          const own = tags.get(key) ?? new Map<string, TagOverride>();
          for (const tag of override.tags) own.set(tag.tag, tag);
          tags.set(key, own);
        }
      }
    }
  }
  for (const mode of ['CLIENT', 'SERVER'] as const) {
    if (off.has(mode)) continue;
    for (const metric of metricNames) if (!disabled.has(`${mode} ${metric}`)) emitted[mode].set(metric, tags.get(`${mode} ${metric}`) ?? new Map());
  }
  return emitted;
}

/** An installation has Prometheus as its provider unless the mesh config says otherwise. */
function defaultProviders({ config }: Mesh): readonly string[] {
  return config.defaultProviders.metrics.length > 0 ? config.defaultProviders.metrics : ['prometheus'];
}

function isPrometheus({ config }: Mesh, name: string): boolean {
  const known = config.extensionProviders.find(provider => provider.name.toLowerCase() === name.toLowerCase());
  return known ? known.type === 'prometheus' : name.toLowerCase() === 'prometheus';
}
