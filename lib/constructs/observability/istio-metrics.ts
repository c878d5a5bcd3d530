import type { MetricKind } from '../../runtime/contract/index.ts';
import type { KnownMetric } from './metric-catalogue.ts';

/**
 * Who called whom, as every metric of a request or connection says it.
 *
 * Source: https://istio.io/latest/docs/reference/config/metrics/#labels
 */
export const trafficLabels: readonly string[] = [
  'reporter',
  'source_workload', 'source_workload_namespace', 'source_principal', 'source_app', 'source_version', 'source_cluster',
  'source_canonical_service', 'source_canonical_revision',
  'destination_workload', 'destination_workload_namespace', 'destination_principal', 'destination_app', 'destination_version', 'destination_cluster',
  'destination_canonical_service', 'destination_canonical_revision',
  'destination_service', 'destination_service_name', 'destination_service_namespace',
  'request_protocol', 'response_flags', 'connection_security_policy',
];

const requestLabels = [...trafficLabels, 'response_code', 'grpc_response_status'];

/**
 * What proxies, gateways and waypoints emit of requests and connections.
 *
 * Source: https://istio.io/latest/docs/reference/config/metrics/
 */
export const trafficMetrics: readonly KnownMetric[] = [
  ...each('counter', requestLabels, ['istio_requests_total']),
  ...each('histogram', requestLabels, ['istio_request_duration_milliseconds', 'istio_request_bytes', 'istio_response_bytes']),
  ...each('counter', trafficLabels, [
    'istio_request_messages_total', 'istio_response_messages_total',
    'istio_tcp_sent_bytes_total', 'istio_tcp_received_bytes_total', 'istio_tcp_connections_opened_total', 'istio_tcp_connections_closed_total',
  ]),
];

/**
 * What istiod, the agents beside the proxies, ztunnel and the CNI node agent emit of themselves.
 *
 * Source: https://istio.io/latest/docs/reference/commands/pilot-discovery/#metrics
 */
export const controlPlaneMetrics: readonly KnownMetric[] = [
  ...each('gauge', ['component', 'tag'], ['istio_build']),
  ...each('gauge', ['version'], ['pilot_xds']),
  ...each('gauge', [], [
    'pilot_services', 'pilot_virt_services', 'pilot_vservice_dup_domain', 'pilot_destrule_subsets', 'pilot_duplicate_envoy_clusters', 'pilot_no_ip',
    'pilot_eds_no_instances', 'pilot_endpoint_not_ready', 'pilot_conflict_inbound_listener', 'pilot_conflict_outbound_listener_tcp_over_current_tcp',
  ]),
  ...each('counter', ['type'], ['pilot_xds_pushes', 'pilot_push_triggers', 'pilot_inbound_updates', 'pilot_total_xds_rejects', 'pilot_xds_expired_nonce']),
  ...each('counter', ['type', 'event'], ['pilot_k8s_cfg_events', 'pilot_k8s_reg_events']),
  ...each('counter', [], [
    'pilot_total_xds_internal_errors', 'pilot_xds_write_timeout', 'pilot_xds_push_context_errors', 'pilot_sds_certificate_errors_total',
    'pilot_jwks_resolver_network_fetch_success_total', 'pilot_jwks_resolver_network_fetch_fail_total',
  ]),
  ...each('gauge', ['node', 'err'], ['pilot_xds_cds_reject', 'pilot_xds_eds_reject', 'pilot_xds_lds_reject', 'pilot_xds_rds_reject']),
  ...each('histogram', ['type'], ['pilot_xds_push_time', 'pilot_xds_config_size_bytes', 'pilot_xds_send_time']),
  ...each('histogram', [], ['pilot_proxy_convergence_time', 'pilot_proxy_queue_time', 'pilot_debounce_time', 'pilot_pushcontext_init_seconds', 'sidecar_injection_time_seconds']),
  ...each('counter', ['group', 'version', 'resource'], ['galley_validation_passed']),
  ...each('counter', ['group', 'version', 'resource', 'reason'], ['galley_validation_failed']),
  ...each('counter', ['status'], ['galley_validation_http_error']),
  ...each('counter', [], ['sidecar_injection_requests_total', 'sidecar_injection_success_total', 'sidecar_injection_failure_total', 'sidecar_injection_skip_total']),
  ...each('counter', [], [
    'citadel_server_csr_count', 'citadel_server_success_cert_issuance_count', 'citadel_server_csr_parsing_err_count', 'citadel_server_authentication_failure_count',
    'citadel_server_id_extraction_err_count',
  ]),
  ...each('counter', ['error'], ['citadel_server_csr_sign_err_count']),
  ...each('gauge', [], [
    'citadel_server_root_cert_expiry_timestamp', 'citadel_server_root_cert_expiry_seconds', 'citadel_server_cert_chain_expiry_timestamp', 'citadel_server_cert_chain_expiry_seconds',
  ]),
  ...each('gauge', ['resource_name'], ['istio_agent_cert_expiry_seconds']),
  ...each('counter', ['request_type'], ['istio_agent_num_outgoing_requests', 'istio_agent_num_failed_outgoing_requests']),
  ...each('gauge', [], ['istio_agent_startup_duration_seconds', 'workload_manager_active_proxy_count', 'workload_manager_pending_proxy_count', 'istio_cni_install_ready']),
  ...each('counter', [], ['istio_dns_requests_total', 'istio_xds_connection_terminations_total']),
  ...each('counter', ['url'], ['istio_xds_message_total', 'istio_xds_message_bytes_total']),
  ...each('counter', ['result'], ['istio_cni_installs_total']),
  ...each('counter', ['type', 'result'], ['istio_cni_repair_pods_repaired_total']),
  ...each('gauge', ['cluster_name'], ['envoy_cluster_upstream_cx_active']),
];

/**
 * What processes and the kubelet emit, and Prometheus of its own scrapes and alerts.
 *
 * Source: https://prometheus.io/docs/instrumenting/writing_clientlibs/#standard-and-runtime-collectors
 */
export const processMetrics: readonly KnownMetric[] = [
  ...each('gauge', [], [
    'up', 'process_resident_memory_bytes', 'process_virtual_memory_bytes', 'process_start_time_seconds', 'process_open_fds', 'process_max_fds',
    'go_goroutines', 'go_memstats_alloc_bytes', 'go_memstats_heap_alloc_bytes', 'go_memstats_heap_inuse_bytes', 'go_memstats_stack_inuse_bytes',
    'nodejs_eventloop_lag_seconds', 'nodejs_eventloop_lag_p50_seconds', 'nodejs_eventloop_lag_p90_seconds', 'nodejs_eventloop_lag_p99_seconds', 'nodejs_eventloop_lag_mean_seconds',
    'nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total',
    'nodejs_heap_size_total_bytes', 'nodejs_heap_size_used_bytes', 'nodejs_external_memory_bytes',
  ]),
  ...each('gauge', ['version', 'major', 'minor', 'patch'], ['nodejs_version_info']),
  ...each('gauge', ['space'], ['nodejs_heap_space_size_used_bytes', 'nodejs_heap_space_size_total_bytes']),
  ...each('histogram', ['kind'], ['nodejs_gc_duration_seconds']),
  ...each('counter', [], ['process_cpu_seconds_total', 'process_cpu_user_seconds_total', 'process_cpu_system_seconds_total', 'go_memstats_alloc_bytes_total', 'go_memstats_mallocs_total']),
  ...each('counter', ['image', 'name', 'cpu'], ['container_cpu_usage_seconds_total']),
  ...each('gauge', ['image', 'name'], ['container_memory_working_set_bytes']),
  ...each('gauge', ['alertname', 'alertstate', 'severity', 'team'], ['ALERTS']),
];

function each(kind: MetricKind, labels: readonly string[], names: readonly string[]): readonly KnownMetric[] {
  return names.map(name => ({ name, kind, labels }));
}
