import type { Dashboard } from './dashboard.ts';

/** ztunnel, on each node of an ambient mesh. */
export const ztunnelDashboard: Dashboard = {
  uid: 'meshwright-ztunnel',
  title: 'Istio ztunnel',
  description: 'Connections through ztunnel, and what ties it to istiod and the nodes.',
  variables: [],
  rows: [
    {
      title: 'Connections',
      panels: [
        { title: 'Opened and closed', description: 'A second, by ztunnel.', unit: 'cps', queries: [{ query: 'sum by (pod) (rate(istio_tcp_connections_opened_total{job="ztunnel"}[$__rate_interval]))', legend: '{{pod}} opened' }, { query: 'sum by (pod) (rate(istio_tcp_connections_closed_total{job="ztunnel"}[$__rate_interval]))', legend: '{{pod}} closed' }] },
        { title: 'Bytes', description: 'A second, by ztunnel.', unit: 'Bps', queries: [{ query: 'sum by (pod) (rate(istio_tcp_sent_bytes_total{job="ztunnel"}[$__rate_interval]))', legend: '{{pod}} sent' }, { query: 'sum by (pod) (rate(istio_tcp_received_bytes_total{job="ztunnel"}[$__rate_interval]))', legend: '{{pod}} received' }] },
      ],
    },
    {
      title: 'Work',
      panels: [
        { title: 'Workloads', description: 'Served, and waiting to be.', unit: 'short', queries: [{ query: 'sum by (pod) (workload_manager_active_proxy_count)', legend: '{{pod}} served' }, { query: 'sum by (pod) (workload_manager_pending_proxy_count)', legend: '{{pod}} waiting' }] },
        { title: 'Cut off from istiod', description: 'Connections for configuration that ended, a second.', unit: 'cps', queries: [{ query: 'sum by (pod) (rate(istio_xds_connection_terminations_total[$__rate_interval]))', legend: '{{pod}}' }] },
        { title: 'DNS', description: 'Requests a second.', unit: 'reqps', queries: [{ query: 'sum by (pod) (rate(istio_dns_requests_total[$__rate_interval]))', legend: '{{pod}}' }] },
        { title: 'Memory', description: 'Of the container.', unit: 'bytes', queries: [{ query: 'sum by (pod) (container_memory_working_set_bytes{pod=~"ztunnel-.*",container="istio-proxy"})', legend: '{{pod}}' }] },
      ],
    },
  ],
};
