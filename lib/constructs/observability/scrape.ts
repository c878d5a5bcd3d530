import type { PodMonitorProps, ServiceMonitorProps } from '../l1.ts';

/** A step between what is known of a target and the labels of its series. */
export interface Relabeling {
  readonly action?: 'keep' | 'drop';
  readonly sourceLabels?: readonly string[];
  readonly regex?: string;
  readonly replacement?: string;
  readonly targetLabel?: string;
}

/** One kind of target that Prometheus reads, in every namespace: pods, or the pods behind a Service. */
export interface Scrape {
  readonly id: string;
  /** Of the monitor. */
  readonly name: string;
  readonly of: 'pods' | 'service';
  readonly labels?: Readonly<Record<string, string>>;
  /** A label that no target has. */
  readonly without?: string;
  /** The name of the port. @default - every port */
  readonly port?: string;
  /** @default /metrics */
  readonly path?: string;
  readonly honorLabels?: boolean;
  /** Labels of the Service that the series take. */
  readonly targetLabels?: readonly string[];
  readonly relabelings: readonly Relabeling[];
}

/** What its endpoints have in common. */
const everywhere = { namespaceSelector: { any: true } } as const;

/** For the operator for Prometheus. */
export function podMonitorSpec(scrape: Scrape, interval: string): PodMonitorProps['spec'] {
  return { ...everywhere, selector: selector(scrape), podMetricsEndpoints: [endpoint(scrape, interval)] };
}

/** For the operator for Prometheus. */
export function serviceMonitorSpec(scrape: Scrape, interval: string): ServiceMonitorProps['spec'] {
  return { ...everywhere, selector: selector(scrape), ...(scrape.targetLabels ? { targetLabels: scrape.targetLabels } : {}), endpoints: [endpoint(scrape, interval)] };
}

function selector({ labels, without }: Scrape) {
  if (without !== undefined) return { matchExpressions: [{ key: without, operator: 'DoesNotExist' as const }] };
  return labels ? { matchLabels: labels } : {};
}

function endpoint({ port, path, honorLabels, relabelings }: Scrape, interval: string) {
  return { ...(port === undefined ? {} : { port }), ...(path === undefined ? {} : { path }), interval, ...(honorLabels ? { honorLabels } : {}), relabelings };
}

/**
 * The same as an entry of `scrape_configs`, with the labels that the operator would add.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
 * Source: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor
 */
export function scrapeConfig(scrape: Scrape, interval: string): object {
  const { name, of, labels = {}, without, port, path, honorLabels, targetLabels = [], relabelings } = scrape;
  const pods = of === 'pods';
  const labelled = pods ? '__meta_kubernetes_pod_label' : '__meta_kubernetes_service_label';
  const steps: readonly Relabeling[] = [
    // A pod that has ended answers nobody.
    { action: 'drop', sourceLabels: ['__meta_kubernetes_pod_phase'], regex: '(Failed|Succeeded)' },
    ...Object.entries(labels).map(([key, value]): Relabeling => ({ action: 'keep', sourceLabels: [`${labelled}_${inLabel(key)}`], regex: literally(value) })),
    ...(without === undefined ? [] : [{ action: 'drop' as const, sourceLabels: [`${labelled}present_${inLabel(without)}`], regex: 'true' }]),
    ...(port === undefined ? [] : [{ action: 'keep' as const, sourceLabels: [pods ? '__meta_kubernetes_pod_container_port_name' : '__meta_kubernetes_endpointslice_port_name'], regex: literally(port) }]),
    { sourceLabels: ['__meta_kubernetes_namespace'], targetLabel: 'namespace' },
    ...(pods ? [] : [{ sourceLabels: ['__meta_kubernetes_service_name'], targetLabel: 'service' }]),
    { sourceLabels: ['__meta_kubernetes_pod_name'], targetLabel: 'pod' },
    { sourceLabels: ['__meta_kubernetes_pod_container_name'], targetLabel: 'container' },
    ...(port === undefined ? [] : [{ targetLabel: 'endpoint', replacement: port }]),
    ...targetLabels.map(label => ({ sourceLabels: [`__meta_kubernetes_service_label_${inLabel(label)}`], regex: '(.+)', targetLabel: label })),
    ...relabelings,
  ];
  return {
    job_name: name,
    scrape_interval: interval,
    ...(honorLabels ? { honor_labels: true } : {}),
    ...(path === undefined ? {} : { metrics_path: path }),
    kubernetes_sd_configs: [{ role: pods ? 'pod' : 'endpointslice' }],
    relabel_configs: steps.map(step => ({
      ...(step.action ? { action: step.action } : {}),
      ...(step.sourceLabels ? { source_labels: [...step.sourceLabels] } : {}),
      ...(step.regex === undefined ? {} : { regex: step.regex }),
      ...(step.replacement === undefined ? {} : { replacement: step.replacement }),
      ...(step.targetLabel === undefined ? {} : { target_label: step.targetLabel }),
    })),
  };
}

/** As service discovery writes the name of a label. */
function inLabel(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_]/g, '_');
}

/** A regular expression of RE2 that takes a text and nothing else. */
function literally(value: string): string {
  return value.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
