import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { freeId } from '../values/name.ts';
import { PrometheusRules, type Alert } from './prometheus-rules.ts';

/** From when on the mesh says that something is wrong. */
export interface MeshAlertsProps {
  /** How many of a hundred requests of a service may fail over five minutes. @default 5 */
  readonly errorPercent?: number | undefined;
  /** How long the slowest of a hundred requests of a service may take. @default 5 seconds */
  readonly latencyP99?: Duration | undefined;
  /** How many requests a second a service must get before its errors and latency count. @default 0.1 */
  readonly minimumRate?: number | undefined;
  /** How long before its end a certificate of the CA is a warning; at a quarter of it, it is critical. @default 30 days */
  readonly certificateNotice?: Duration | undefined;
  /** How long proxies may run another version than every istiod does. @default 1 day */
  readonly versionSkew?: Duration | undefined;
  /** Alerts that are left out, by name. @default - none */
  readonly without?: readonly string[] | undefined;
  /** Whose pager rings: the label `team`. @default - none */
  readonly team?: string | undefined;
  /** Labels by which Prometheus finds the PrometheusRule. @default - none */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/**
 * Alerts of the mesh itself: configuration that proxies refuse, pushes that fail, certificates that end, injection that fails,
 * versions that drift apart, and services whose requests fail or are slow.
 *
 * @example
 * new MeshAlerts(observability, 'mesh-alerts', { team: 'platform' });
 *
 * @see https://istio.io/latest/docs/ops/diagnostic-tools/
 */
export class MeshAlerts extends Construct {
  /** @throws when a limit is none, or an alert to leave out does not exist */
  constructor(scope: Construct, id: string, props: MeshAlertsProps = {}) {
    super(scope, freeId(scope, id));
    const where = this.node.path;
    const { errorPercent = 5, minimumRate = 0.1, without = [], team, labels } = props;
    const { latencyP99 = Duration.seconds(5), certificateNotice = Duration.days(30), versionSkew = Duration.days(1) } = props;
    if (!(errorPercent > 0 && errorPercent < 100)) throw new Error(`${where}: errorPercent must be between 0 and 100, both excluded, got ${String(errorPercent)}`);
    if (!(minimumRate >= 0)) throw new Error(`${where}: minimumRate must be 0 or more, got ${String(minimumRate)}`);
    const groups = [
      { name: 'istio-control-plane', rules: [...configuration, ...injection, ...versions(versionSkew)] },
      { name: 'istio-certificates', rules: certificates(certificateNotice.toSeconds()) },
      { name: 'istio-traffic', rules: traffic(errorPercent, latencyP99.toMilliseconds(), minimumRate) },
    ];
    const known = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    const unknown = without.find(name => !known.includes(name));
    if (unknown !== undefined) throw new Error(`${where}: there is no alert ${JSON.stringify(unknown)} to leave out; there are ${known.join(', ')}`);
    new PrometheusRules(this, 'rules', {
      name: id,
      labels,
      groups: groups
        .map(({ name, rules }) => ({ name, rules: rules.filter(({ alert }) => !without.includes(alert)).map(rule => ({ ...rule, labels: { ...rule.labels, ...(team === undefined ? {} : { team }) } })) }))
        .filter(({ rules }) => rules.length > 0),
    });
  }
}

/** A counter that has grown in ten minutes; one that has only just begun counts too, where `increase` would see nothing. */
function grew(selector: string, by: string): string {
  return `sum by (${by}) (increase(${selector}[10m])) > 0 or sum by (${by}) (${selector} unless ${selector} offset 10m) > 0`;
}

const configuration: readonly Alert[] = [
  {
    alert: 'IstiodAbsent',
    query: 'absent(istio_build{component="pilot"})',
    for: Duration.minutes(5),
    severity: 'critical',
    summary: 'No istiod is being scraped',
    description: 'Proxies keep their last configuration; new pods get none, and certificates are no longer renewed.',
    runbook: 'Look at the Deployment istiod (pods, image, resources) and at its ServiceMonitor. While it is away, do not restart workloads.',
  },
  {
    alert: 'IstioConfigRejected',
    query: grew('pilot_total_xds_rejects', 'type'),
    severity: 'critical',
    summary: 'Proxies refuse configuration of type {{ $labels.type }}',
    description: 'A proxy that refuses an update keeps the old one: what was changed since has no effect there.',
    runbook: 'The log of istiod names proxy and reason ("ACK ERROR"); istioctl proxy-status shows who is stale. EnvoyFilters and clashing ports are the usual causes: undo the latest change.',
  },
  {
    alert: 'IstioPushErrors',
    query: `${grew('pilot_xds_pushes{type=~".*_(senderr|builderr)"}', 'type')} or ${grew('pilot_total_xds_internal_errors', 'pod')} or ${grew('pilot_xds_write_timeout', 'pod')}`,
    for: Duration.minutes(5),
    severity: 'warning',
    summary: 'istiod fails to push configuration',
    description: 'Some proxies have not received what was last changed.',
    runbook: 'Look at the log, CPU and memory of istiod, and at the network between it and the nodes. Sidecar scopes make each push smaller.',
  },
  {
    alert: 'IstioPushSlow',
    query: 'histogram_quantile(0.99, sum by (le) (rate(pilot_proxy_convergence_time_bucket[5m]))) > 10',
    for: Duration.minutes(10),
    severity: 'warning',
    summary: 'Changes take {{ $value | humanizeDuration }} to reach every proxy',
    description: 'Endpoints that are gone still get requests for that long.',
    runbook: 'Give istiod more CPU or replicas, and workloads a Sidecar scope, so that each change concerns fewer proxies.',
  },
  {
    alert: 'IstioConfigInvalid',
    query: grew('galley_validation_failed', 'group, resource, reason'),
    severity: 'info',
    summary: 'The webhook of istiod refused a {{ $labels.resource }}',
    description: 'Someone tried to apply what Istio does not take ({{ $labels.reason }}).',
    runbook: 'meshwright check says what is wrong before it is applied; look at who applied it in the audit log of Kubernetes.',
  },
  {
    alert: 'IstioValidationFails',
    query: grew('galley_validation_http_error', 'status'),
    for: Duration.minutes(5),
    severity: 'warning',
    summary: 'The validation webhook of istiod answers {{ $labels.status }}',
    description: 'Where the webhook fails closed nothing can be applied, where it fails open anything can.',
    runbook: 'Look at the certificate of the webhook (caBundle) and at the log of istiod.',
  },
  {
    alert: 'IstioDuplicateDomains',
    query: 'max(pilot_vservice_dup_domain) > 0',
    for: Duration.minutes(10),
    severity: 'warning',
    summary: 'VirtualServices claim the same domain',
    description: 'Only one of them has an effect.',
    runbook: 'meshwright check names them (IST0109): merge them, or let one delegate to the other.',
  },
  {
    alert: 'IstioJwksUnreachable',
    query: grew('pilot_jwks_resolver_network_fetch_fail_total', 'pod'),
    for: Duration.minutes(10),
    severity: 'warning',
    summary: 'istiod cannot fetch the public keys of a token issuer',
    description: 'Tokens signed with a new key are refused with 401.',
    runbook: 'Fetch the jwksUri of each RequestAuthentication from a pod in the namespace of istiod.',
  },
];

const injection: readonly Alert[] = [
  {
    alert: 'SidecarInjectionFails',
    query: grew('sidecar_injection_failure_total', 'pod'),
    severity: 'critical',
    summary: 'Sidecars cannot be injected',
    description: 'New pods are refused, or start outside the mesh, depending on the failure policy of the webhook.',
    runbook: 'Look at the events of the ReplicaSets concerned and at the log of istiod; an annotation that is no valid value is the usual cause.',
  },
  {
    alert: 'IstioCniNotReady',
    query: 'min by (node) (istio_cni_install_ready) == 0',
    for: Duration.minutes(5),
    severity: 'critical',
    summary: 'The CNI plugin is not installed on node {{ $labels.node }}',
    description: 'Pods that start there do not get their traffic redirected.',
    runbook: 'Look at the DaemonSet istio-cni-node on that node.',
  },
  {
    alert: 'ZtunnelPodsPending',
    query: 'max by (pod) (workload_manager_pending_proxy_count) > 0',
    for: Duration.minutes(10),
    severity: 'warning',
    summary: '{{ $labels.pod }} has {{ $value }} workloads that it does not serve',
    description: 'Those pods have no traffic through the mesh.',
    runbook: 'Look at the log of that ztunnel and of istio-cni on the same node.',
  },
];

function versions(skew: Duration): readonly Alert[] {
  return [{
    alert: 'IstioVersionSkew',
    query: 'sum by (version) (pilot_xds) > 0 unless on (version) label_replace(istio_build{component="pilot"}, "version", "$1", "tag", "([0-9.]+).*")',
    for: skew,
    severity: 'warning',
    summary: '{{ $value }} proxies run Istio {{ $labels.version }}, which no istiod runs',
    description: 'Proxies may be two minor versions behind their control plane, and none ahead.',
    runbook: 'Restart those workloads, so that the current proxy is injected; istioctl proxy-status lists them.',
  }];
}

function certificates(notice: number): readonly Alert[] {
  const ends = (limit: number, severity: Alert['severity']): Alert => ({
    alert: 'IstioCaCertificateExpires',
    query: `min by (pod) (citadel_server_root_cert_expiry_timestamp > 0) - time() < ${limit} or min by (pod) (citadel_server_cert_chain_expiry_timestamp > 0) - time() < ${limit}`,
    for: Duration.minutes(10),
    severity,
    summary: 'A certificate of the mesh CA ends in {{ $value | humanizeDuration }}',
    description: 'When it ends, no workload can talk to another under mutual TLS.',
    runbook: 'Rotate it now: roots need both the old and the new one to be trusted for as long as workload certificates live.',
  });
  return [
    ends(notice, 'warning'),
    ends(notice / 4, 'critical'),
    {
      alert: 'IstioWorkloadCertificateExpires',
      query: 'min by (namespace, pod) (istio_agent_cert_expiry_seconds) < 7200',
      for: Duration.minutes(10),
      severity: 'critical',
      summary: 'The certificate of {{ $labels.namespace }}/{{ $labels.pod }} ends in {{ $value | humanizeDuration }}',
      description: 'Certificates are renewed long before their end, so renewal fails.',
      runbook: 'Look at the log of the proxy of that pod, at istiod, and at the CA behind it.',
    },
    {
      alert: 'IstioCertificateSigningFails',
      query: `${grew('citadel_server_csr_sign_err_count', 'error')} or ${grew('citadel_server_csr_parsing_err_count', 'pod')} or ${grew('citadel_server_authentication_failure_count', 'pod')}`,
      for: Duration.minutes(10),
      severity: 'warning',
      summary: 'istiod refuses to sign certificates',
      description: 'Workloads that ask in vain lose their identity when their certificate ends.',
      runbook: 'Look at the log of istiod; tokens of another audience or cluster are the usual cause.',
    },
  ];
}

function traffic(errorPercent: number, p99: number, minimumRate: number): readonly Alert[] {
  const by = 'destination_service_name, destination_service_namespace';
  const requests = `sum by (${by}) (rate(istio_requests_total{reporter=~"source|waypoint"}[5m]))`;
  const failed = `sum by (${by}) (rate(istio_requests_total{reporter=~"source|waypoint",response_code=~"5.."}[5m]))`;
  const busy = `and ${requests} > ${minimumRate}`;
  return [
    {
      alert: 'MeshErrors',
      query: `(${failed} / ${requests}) > ${errorPercent / 100} ${busy}`,
      for: Duration.minutes(5),
      severity: 'critical',
      summary: '{{ $value | humanizePercentage }} of the requests of {{ $labels.destination_service_namespace }}/{{ $labels.destination_service_name }} fail',
      description: 'Callers get a 5xx.',
      runbook: 'The label response_flags says why: UH no healthy endpoint, UF no connection, UO overflow, NR no route, DC the caller left. Compare versions and callers on the dashboard of the service.',
    },
    {
      alert: 'MeshLatency',
      query: `histogram_quantile(0.99, sum by (le, ${by}) (rate(istio_request_duration_milliseconds_bucket{reporter=~"source|waypoint"}[5m]))) > ${p99} ${busy}`,
      for: Duration.minutes(10),
      severity: 'warning',
      summary: 'One request in a hundred of {{ $labels.destination_service_namespace }}/{{ $labels.destination_service_name }} takes longer than {{ $value }} ms',
      description: 'Callers wait, and may give up.',
      runbook: 'Follow a slow request in the traces; compare versions, and the times that the service itself measures with those of its proxy.',
    },
  ];
}
