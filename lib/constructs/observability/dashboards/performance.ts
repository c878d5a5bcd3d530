import type { Dashboard } from './dashboard.ts';

/** Where time goes: hop by hop and version by version, and what the proxies cost. It reads what {@link LatencyRecordings} record. */
export const performanceDashboard: Dashboard = {
  uid: 'meshwright-performance',
  title: 'Istio performance',
  description: 'Latency of each hop and of each version against the others, and what proxies cost.',
  variables: [{ name: 'namespace', metric: 'mesh:request_duration_milliseconds:p95_by_hop', label: 'destination_service_namespace' }],
  rows: [
    {
      title: 'Latency',
      panels: [
        { title: 'By hop', description: 'From the caller\'s proxy to the answer: all but one request in twenty are faster.', unit: 'ms', queries: [{ query: 'mesh:request_duration_milliseconds:p95_by_hop{destination_service_namespace=~"$namespace"}', legend: '{{source_workload}} → {{destination_service_name}}' }] },
        { title: 'By version', description: 'A canary beside what is stable.', unit: 'ms', queries: [{ query: 'mesh:request_duration_milliseconds:p95_by_version{destination_service_namespace=~"$namespace"}', legend: '{{destination_service_name}} {{destination_version}}' }] },
        { title: 'Errors by version', description: 'The share answered with a 5xx.', unit: 'percentunit', queries: [{ query: 'mesh:request_failures:ratio_by_version{destination_service_namespace=~"$namespace"}', legend: '{{destination_service_name}} {{destination_version}}' }] },
        { title: 'Way and waiting', description: 'What the caller\'s proxy measures beyond that of the service: the network, the proxies, retries.', unit: 'ms', queries: [{ query: 'mesh:request_duration_milliseconds:mean_beyond_service{destination_service_namespace=~"$namespace"}', legend: '{{destination_service_name}}' }] },
      ],
    },
    {
      title: 'What proxies cost',
      panels: [
        { title: 'CPU for a thousand requests a second', description: 'Cores of all sidecars and gateways.', unit: 'short', queries: [{ query: 'sum(rate(container_cpu_usage_seconds_total{container="istio-proxy"}[$__rate_interval])) / (sum(rate(istio_requests_total{reporter=~"source|waypoint"}[$__rate_interval])) / 1000)', legend: 'cores' }] },
        { title: 'Memory', description: 'Of all proxies of a namespace.', unit: 'bytes', queries: [{ query: 'sum by (namespace) (container_memory_working_set_bytes{container="istio-proxy"})', legend: '{{namespace}}' }] },
      ],
    },
  ],
};
