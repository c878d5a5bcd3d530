import type { Dashboard } from './dashboard.ts';
import { red } from './red.ts';

/** One workload: what comes in, what it sends out, and what its proxy costs. */
export const workloadDashboard: Dashboard = {
  uid: 'meshwright-workload',
  title: 'Istio workload',
  description: 'What comes into a workload and what it sends out.',
  variables: [
    { name: 'namespace', metric: 'istio_requests_total', label: 'destination_workload_namespace' },
    { name: 'workload', metric: 'istio_requests_total', label: 'destination_workload', where: 'destination_workload_namespace=~"$namespace"' },
  ],
  rows: [
    { title: 'In', panels: red({ where: 'reporter=~"destination|waypoint",destination_workload_namespace=~"$namespace",destination_workload=~"$workload"', by: ['source_workload'], legend: 'from {{source_workload}}' }) },
    { title: 'Out', panels: red({ where: 'reporter="source",source_workload_namespace=~"$namespace",source_workload=~"$workload"', by: ['destination_service_name'], legend: 'to {{destination_service_name}}' }) },
    {
      title: 'Connections',
      panels: [
        { title: 'TCP in', description: 'Bytes a second.', unit: 'Bps', queries: [{ query: 'sum by (source_workload) (rate(istio_tcp_received_bytes_total{reporter="destination",destination_workload_namespace=~"$namespace",destination_workload=~"$workload"}[$__rate_interval]))', legend: 'from {{source_workload}}' }] },
        { title: 'TCP opened', description: 'Connections a second.', unit: 'cps', queries: [{ query: 'sum by (source_workload) (rate(istio_tcp_connections_opened_total{reporter="destination",destination_workload_namespace=~"$namespace",destination_workload=~"$workload"}[$__rate_interval]))', legend: 'from {{source_workload}}' }] },
      ],
    },
  ],
};
