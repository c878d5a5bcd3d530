import type { Dashboard } from './dashboard.ts';

/** istiod: whether configuration gets to proxies, and what that costs. */
export const controlPlaneDashboard: Dashboard = {
  uid: 'meshwright-control-plane',
  title: 'Istio control plane',
  description: 'Pushes of istiod, what proxies make of them, its webhooks and its certificates.',
  variables: [],
  rows: [
    {
      title: 'Pushes',
      panels: [
        { title: 'Pushes', description: 'How many a second, by kind of configuration.', unit: 'cps', queries: [{ query: 'sum by (type) (rate(pilot_xds_pushes[$__rate_interval]))', legend: '{{type}}' }] },
        { title: 'Until proxies have it', description: 'From a change to the last proxy that has it.', unit: 's', queries: [0.5, 0.99].map(q => ({ query: `histogram_quantile(${q}, sum by (le) (rate(pilot_proxy_convergence_time_bucket[$__rate_interval])))`, legend: `p${q * 100}` })) },
        { title: 'Refused and failed', description: 'Configuration that proxies refuse, and pushes that fail.', unit: 'short', queries: [{ query: 'sum by (type) (increase(pilot_total_xds_rejects[$__rate_interval]))', legend: 'refused {{type}}' }, { query: 'sum(increase(pilot_total_xds_internal_errors[$__rate_interval]))', legend: 'internal errors' }] },
        { title: 'What sets them off', description: 'How many a second, by reason.', unit: 'cps', queries: [{ query: 'sum by (type) (rate(pilot_push_triggers[$__rate_interval]))', legend: '{{type}}' }] },
        { title: 'Proxies', description: 'Connected to istiod, by their version.', unit: 'short', queries: [{ query: 'sum by (version) (pilot_xds)', legend: '{{version}}' }] },
        { title: 'Size of configuration', description: 'All but one push in a hundred are smaller.', unit: 'bytes', queries: [{ query: 'histogram_quantile(0.99, sum by (le, type) (rate(pilot_xds_config_size_bytes_bucket[$__rate_interval])))', legend: '{{type}}' }] },
      ],
    },
    {
      title: 'Webhooks and certificates',
      panels: [
        { title: 'Injection', description: 'Pods that got a sidecar, and those that did not.', unit: 'cps', queries: [{ query: 'sum(rate(sidecar_injection_success_total[$__rate_interval]))', legend: 'injected' }, { query: 'sum(rate(sidecar_injection_failure_total[$__rate_interval]))', legend: 'failed' }] },
        { title: 'Validation', description: 'Objects that the webhook took, and refused.', unit: 'cps', queries: [{ query: 'sum(rate(galley_validation_passed[$__rate_interval]))', legend: 'taken' }, { query: 'sum by (resource) (rate(galley_validation_failed[$__rate_interval]))', legend: 'refused {{resource}}' }] },
        { title: 'Certificates signed', description: 'How many a second.', unit: 'cps', queries: [{ query: 'sum(rate(citadel_server_success_cert_issuance_count[$__rate_interval]))', legend: 'signed' }, { query: 'sum(rate(citadel_server_csr_count[$__rate_interval]))', legend: 'asked for' }] },
        { title: 'The root ends in', description: 'How long the certificate of the CA is still good.', kind: 'stat', unit: 'dtdurations', queries: [{ query: 'min(citadel_server_root_cert_expiry_timestamp) - time()', legend: '' }] },
      ],
    },
    {
      title: 'What istiod takes',
      panels: [
        { title: 'Memory', description: 'Of each pod.', unit: 'bytes', queries: [{ query: 'max by (pod) (process_resident_memory_bytes{job="istiod"})', legend: '{{pod}}' }] },
        { title: 'CPU', description: 'Cores of each pod.', unit: 'short', queries: [{ query: 'sum by (pod) (rate(process_cpu_seconds_total{job="istiod"}[$__rate_interval]))', legend: '{{pod}}' }] },
      ],
    },
  ],
};
