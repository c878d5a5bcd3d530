import { ApiObject, Duration, Lazy, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { AuthorizationPolicy, PodMonitor, PrometheusRule, ServiceMonitor } from '../l1.ts';
import type { MeshNamespace } from '../platform/mesh-namespace.ts';
import { dnsLabel, domainName, freeId, metadataKeys } from '../values/name.ts';
import { portNumber } from '../values/numbers.ts';
import { prometheusDuration } from './prometheus-duration.ts';
import { podMonitorSpec, scrapeConfig, serviceMonitorSpec, type Relabeling, type Scrape } from './scrape.ts';

export interface MeshMonitoringProps {
  /** How often each target is read. @default 15 seconds */
  readonly interval?: Duration | undefined;
  /**
   * What is written: monitors for the operator for Prometheus, or the file `prometheus.yml` in a ConfigMap, with the rules of the app as
   * files beside it. The objects of the rules are written all the same, and can be left where nobody applies them.
   *
   * @default monitors
   */
  readonly as?: 'monitors' | 'prometheus.yml' | undefined;
  /** The URL of the Alertmanager that `prometheus.yml` sends alerts to. @default - alerts go nowhere */
  readonly alertmanager?: string | undefined;
  /** Labels by which Prometheus finds the monitors. @default - none */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Who reads: the identity that ambient workloads let in ({@link MeshMonitoring.admitTo}). @default - prometheus in the namespace of the monitors */
  readonly prometheus?: { readonly namespace: string; readonly serviceAccount: string } | undefined;
}

/**
 * What Prometheus reads, as monitors of its operator or as its own file: proxies and gateways, istiod, ztunnel, the CNI node agent, and services that
 * have a contract. Sidecars serve their own metrics and those of the application behind them at port 15020, which no mutual TLS and
 * no policy guards, so that it works under STRICT.
 *
 * @example
 * new MeshMonitoring(observability, 'monitoring', { labels: { release: 'prometheus' } });
 *
 * @see https://istio.io/latest/docs/ops/integrations/prometheus/
 */
export class MeshMonitoring extends Construct {
  readonly #principal: string;

  /** @throws when a label, a name or the address of Alertmanager is none */
  constructor(namespace: MeshNamespace, id: string, props: MeshMonitoringProps = {}) {
    super(namespace, freeId(namespace, id));
    const where = this.node.path;
    const { labels = {}, prometheus = { namespace: namespace.name, serviceAccount: 'prometheus' } } = props;
    metadataKeys(where, 'label', labels);
    const account = `${dnsLabel(where, 'prometheus.namespace', prometheus.namespace)}/sa/${domainName(where, 'prometheus.serviceAccount', prometheus.serviceAccount)}`;
    this.#principal = `${namespace.mesh.trustDomain}/ns/${account}`;
    const interval = prometheusDuration(where, 'interval', props.interval ?? Duration.seconds(15));
    const metadata = (name: string) => ({ name, ...(Object.keys(labels).length > 0 ? { labels: { ...labels } } : {}) });
    if (props.as === 'prometheus.yml') {
      const alertmanager = props.alertmanager === undefined ? undefined : alertmanagerOf(where, props.alertmanager);
      new k8s.KubeConfigMap(this, 'file', {
        metadata: metadata(domainName(where, 'the id of monitoring', id)),
        data: Lazy.any({ produce: () => ({ 'prometheus.yml': Yaml.stringify(file(interval, alertmanager)), ...this.#ruleFiles() }) }) as Record<string, string>,
      });
      return;
    }
    if (props.alertmanager !== undefined) throw new Error(`${where}: the operator knows its Alertmanager itself; give alertmanager with as: 'prometheus.yml' alone`);
    for (const scrape of scrapes) {
      if (scrape.of === 'pods') new PodMonitor(this, scrape.id, { metadata: metadata(scrape.name), spec: podMonitorSpec(scrape, interval) });
      else new ServiceMonitor(this, scrape.id, { metadata: metadata(scrape.name), spec: serviceMonitorSpec(scrape, interval) });
    }
  }

  /** Those of every PrometheusRule of the app, each a file, since two may have groups of one name. */
  #ruleFiles(): Readonly<Record<string, string>> {
    const rules = this.node.root.node.findAll().filter(construct => ApiObject.isApiObject(construct) && construct.kind === PrometheusRule.GVK.kind);
    return Object.fromEntries(rules.map(rule => {
      const { metadata, spec } = (rule as ApiObject).toJson() as { readonly metadata: { readonly namespace?: string; readonly name: string }; readonly spec: { readonly groups: readonly object[] } };
      return [`${metadata.namespace ?? 'default'}.${metadata.name}.rules.yml`, Yaml.stringify({ groups: spec.groups })];
    }));
  }

  /**
   * Lets Prometheus read the metrics of ambient workloads, whose ports the mesh guards: a grant for its identity, which it has only
   * if it is in the mesh itself.
   *
   * @throws when the namespace is not ambient: sidecars need no grant, and outside the mesh nobody asks for one
   */
  admitTo(namespace: MeshNamespace, ports: readonly number[] = [8000]): void {
    const where = this.node.path;
    if (namespace.dataPlane !== 'ambient') throw new Error(`${where}: ${namespace.node.path} is not ambient (dataPlane "${namespace.dataPlane}"), so its metrics can be read without a grant; leave it out`);
    new AuthorizationPolicy(namespace, freeId(namespace, 'prometheus'), {
      metadata: { name: 'allow-prometheus' },
      spec: {
        action: 'ALLOW',
        rules: [{ from: [{ source: { principals: [this.#principal] } }], to: [{ operation: { ports: ports.map(port => String(portNumber(where, 'a port of metrics', port))) } }] }],
      },
    });
  }
}

/** The labels by which alerts and dashboards tell workloads apart. */
const workloadLabels: readonly Relabeling[] = [
  { sourceLabels: ['__meta_kubernetes_pod_label_app'], targetLabel: 'app' },
  { sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'node' },
];

const scrapes: readonly Scrape[] = [
  {
    id: 'proxies', name: 'istio-proxies', of: 'pods', without: 'istio-prometheus-ignore', path: '/stats/prometheus',
    relabelings: [
      { action: 'keep', sourceLabels: ['__meta_kubernetes_pod_container_name'], regex: 'istio-proxy' },
      // The injector points these at port 15020, where the agent adds the metrics of the application.
      { action: 'keep', sourceLabels: ['__meta_kubernetes_pod_annotationpresent_prometheus_io_scrape'], regex: 'true' },
      { sourceLabels: ['__meta_kubernetes_pod_ip', '__meta_kubernetes_pod_annotation_prometheus_io_port'], regex: '(.+);(\\d+)', replacement: '$1:$2', targetLabel: '__address__' },
      ...workloadLabels,
      { targetLabel: 'job', replacement: 'istio-proxies' },
    ],
  },
  {
    // The services' own label "endpoint" is a route; the scrape's would be the name of the port.
    id: 'services', name: 'mesh-services', of: 'pods', port: 'metrics', honorLabels: true,
    relabelings: [
      // Behind a sidecar they are read through it.
      { action: 'drop', sourceLabels: ['__meta_kubernetes_pod_annotationpresent_sidecar_istio_io_status'], regex: 'true' },
      { action: 'keep', sourceLabels: ['__meta_kubernetes_pod_annotation_prometheus_io_scrape'], regex: 'true' },
      { sourceLabels: ['__meta_kubernetes_pod_annotation_prometheus_io_path'], regex: '(.+)', targetLabel: '__metrics_path__' },
      ...workloadLabels,
      { targetLabel: 'job', replacement: 'mesh-services' },
    ],
  },
  { id: 'istiod', name: 'istiod', of: 'service', labels: { istio: 'pilot' }, targetLabels: ['app'], port: 'http-monitoring', relabelings: [{ targetLabel: 'job', replacement: 'istiod' }] },
  { id: 'ztunnel', name: 'ztunnel', of: 'pods', labels: { app: 'ztunnel' }, port: 'ztunnel-stats', path: '/stats/prometheus', relabelings: [...workloadLabels, { targetLabel: 'job', replacement: 'ztunnel' }] },
  { id: 'cni', name: 'istio-cni', of: 'pods', labels: { 'k8s-app': 'istio-cni-node' }, port: 'metrics', relabelings: [...workloadLabels, { targetLabel: 'job', replacement: 'istio-cni' }] },
];

/** As Prometheus reads it; rule files stand beside it. */
function file(interval: string, alertmanager: string | undefined): object {
  return {
    global: { scrape_interval: interval },
    rule_files: ['*.rules.yml'],
    ...(alertmanager === undefined ? {} : { alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] } }),
    scrape_configs: scrapes.map(scrape => scrapeConfig(scrape, interval)),
  };
}

function alertmanagerOf(where: string, url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'http:' && parsed.pathname === '/' && parsed.username === '' && parsed.password === '') return parsed.port === '' ? `${parsed.host}:80` : parsed.host;
  throw new Error(`${where}: alertmanager must be an http URL without path and password, such as http://alertmanager.observability:9093`);
}
