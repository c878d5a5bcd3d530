import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { AuthorizationPolicy, PodMonitor, ServiceMonitor } from '../l1.ts';
import type { MeshNamespace } from '../platform/mesh-namespace.ts';
import { dnsLabel, domainName, freeId, metadataKeys } from '../values/name.ts';
import { portNumber } from '../values/numbers.ts';
import { prometheusDuration } from './prometheus-duration.ts';

export interface MeshMonitoringProps {
  /** How often each target is read. @default 15 seconds */
  readonly interval?: Duration | undefined;
  /** Labels by which Prometheus finds the monitors. @default - none */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Who reads: the identity that ambient workloads let in ({@link MeshMonitoring.admitTo}). @default - prometheus in the namespace of the monitors */
  readonly prometheus?: { readonly namespace: string; readonly serviceAccount: string } | undefined;
}

/**
 * What Prometheus reads, as monitors of its operator: proxies and gateways, istiod, ztunnel, the CNI node agent, and services that
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

  /** @throws when a label or name is none */
  constructor(namespace: MeshNamespace, id: string, props: MeshMonitoringProps = {}) {
    super(namespace, freeId(namespace, id));
    const where = this.node.path;
    const { labels = {}, prometheus = { namespace: namespace.name, serviceAccount: 'prometheus' } } = props;
    metadataKeys(where, 'label', labels);
    const account = `${dnsLabel(where, 'prometheus.namespace', prometheus.namespace)}/sa/${domainName(where, 'prometheus.serviceAccount', prometheus.serviceAccount)}`;
    this.#principal = `${namespace.mesh.trustDomain}/ns/${account}`;
    const interval = prometheusDuration(where, 'interval', props.interval ?? Duration.seconds(15));
    const metadata = (name: string) => ({ name, ...(Object.keys(labels).length > 0 ? { labels: { ...labels } } : {}) });
    const everywhere = { namespaceSelector: { any: true } };
    new PodMonitor(this, 'proxies', {
      metadata: metadata('istio-proxies'),
      spec: {
        ...everywhere,
        selector: { matchExpressions: [{ key: 'istio-prometheus-ignore', operator: 'DoesNotExist' }] },
        podMetricsEndpoints: [{
          path: '/stats/prometheus',
          interval,
          relabelings: [
            { action: 'keep', sourceLabels: ['__meta_kubernetes_pod_container_name'], regex: 'istio-proxy' },
            // The injector points these at port 15020, where the agent adds the metrics of the application.
            { action: 'keep', sourceLabels: ['__meta_kubernetes_pod_annotationpresent_prometheus_io_scrape'], regex: 'true' },
            { sourceLabels: ['__meta_kubernetes_pod_ip', '__meta_kubernetes_pod_annotation_prometheus_io_port'], regex: '(.+);(\\d+)', replacement: '$1:$2', targetLabel: '__address__' },
            ...workloadLabels,
            { targetLabel: 'job', replacement: 'istio-proxies' },
          ],
        }],
      },
    });
    new PodMonitor(this, 'services', {
      metadata: metadata('mesh-services'),
      spec: {
        ...everywhere,
        selector: {},
        podMetricsEndpoints: [{
          port: 'metrics',
          interval,
          // The services' own label "endpoint" is a route; the scrape's would be the name of the port.
          honorLabels: true,
          relabelings: [
            // Behind a sidecar they are read through it.
            { action: 'drop', sourceLabels: ['__meta_kubernetes_pod_annotationpresent_sidecar_istio_io_status'], regex: 'true' },
            { action: 'keep', sourceLabels: ['__meta_kubernetes_pod_annotation_prometheus_io_scrape'], regex: 'true' },
            { sourceLabels: ['__meta_kubernetes_pod_annotation_prometheus_io_path'], regex: '(.+)', targetLabel: '__metrics_path__' },
            ...workloadLabels,
            { targetLabel: 'job', replacement: 'mesh-services' },
          ],
        }],
      },
    });
    new ServiceMonitor(this, 'istiod', {
      metadata: metadata('istiod'),
      spec: { ...everywhere, selector: { matchLabels: { istio: 'pilot' } }, targetLabels: ['app'], endpoints: [{ port: 'http-monitoring', interval, relabelings: [{ targetLabel: 'job', replacement: 'istiod' }] }] },
    });
    new PodMonitor(this, 'ztunnel', {
      metadata: metadata('ztunnel'),
      spec: { ...everywhere, selector: { matchLabels: { app: 'ztunnel' } }, podMetricsEndpoints: [{ port: 'ztunnel-stats', path: '/stats/prometheus', interval, relabelings: [...workloadLabels, { targetLabel: 'job', replacement: 'ztunnel' }] }] },
    });
    new PodMonitor(this, 'cni', {
      metadata: metadata('istio-cni'),
      spec: { ...everywhere, selector: { matchLabels: { 'k8s-app': 'istio-cni-node' } }, podMetricsEndpoints: [{ port: 'metrics', interval, relabelings: [...workloadLabels, { targetLabel: 'job', replacement: 'istio-cni' }] }] },
    });
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
const workloadLabels = [
  { sourceLabels: ['__meta_kubernetes_pod_label_app'], targetLabel: 'app' },
  { sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'node' },
] as const;
