import type { Dashboard } from './dashboard.ts';
import { asCalled, red } from './red.ts';

const chosen = 'destination_service_namespace=~"$namespace",destination_service_name=~"$service"';

/** One service: its callers, its versions, and what it weighs. */
export const serviceDashboard: Dashboard = {
  uid: 'meshwright-service',
  title: 'Istio service',
  description: 'Requests of a service by version and by caller; a canary beside what is stable.',
  variables: [
    { name: 'namespace', metric: 'istio_requests_total', label: 'destination_service_namespace' },
    { name: 'service', metric: 'istio_requests_total', label: 'destination_service_name', where: 'destination_service_namespace=~"$namespace"' },
  ],
  rows: [
    { title: 'By version', panels: red({ where: `${asCalled},${chosen}`, by: ['destination_version'], legend: '{{destination_version}}' }) },
    { title: 'By caller', panels: red({ where: `${asCalled},${chosen}`, by: ['source_workload', 'source_workload_namespace'], legend: '{{source_workload}}.{{source_workload_namespace}}' }) },
    {
      title: 'What is sent',
      panels: [
        { title: 'Size of requests', description: 'All but one in twenty are smaller.', unit: 'bytes', queries: [{ query: `histogram_quantile(0.95, sum by (le, destination_version) (rate(istio_request_bytes_bucket{${asCalled},${chosen}}[$__rate_interval])))`, legend: '{{destination_version}}' }] },
        { title: 'Size of answers', description: 'All but one in twenty are smaller.', unit: 'bytes', queries: [{ query: `histogram_quantile(0.95, sum by (le, destination_version) (rate(istio_response_bytes_bucket{${asCalled},${chosen}}[$__rate_interval])))`, legend: '{{destination_version}}' }] },
        { title: 'Share of each version', description: 'A canary gets what its step says, or its routes are wrong.', unit: 'percentunit', queries: [{ query: `sum by (destination_version) (rate(istio_requests_total{${asCalled},${chosen}}[$__rate_interval])) / ignoring (destination_version) group_left sum(rate(istio_requests_total{${asCalled},${chosen}}[$__rate_interval]))`, legend: '{{destination_version}}' }] },
        { title: 'Under mutual TLS', description: 'The share of requests whose connection was under mutual TLS.', unit: 'percentunit', queries: [{ query: `sum by (connection_security_policy) (rate(istio_requests_total{reporter=~"destination|waypoint",${chosen}}[$__rate_interval])) / ignoring (connection_security_policy) group_left sum(rate(istio_requests_total{reporter=~"destination|waypoint",${chosen}}[$__rate_interval]))`, legend: '{{connection_security_policy}}' }] },
      ],
    },
  ],
};
