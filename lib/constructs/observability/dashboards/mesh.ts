import type { Dashboard } from './dashboard.ts';
import { asCalled, red } from './red.ts';

/** The whole mesh on one page: how much, how well, and between whom. */
export const meshDashboard: Dashboard = {
  uid: 'meshwright-mesh',
  title: 'Istio mesh',
  description: 'Requests and connections of the whole mesh, by service.',
  variables: [{ name: 'namespace', metric: 'istio_requests_total', label: 'destination_service_namespace' }],
  rows: [
    {
      title: 'At a glance',
      panels: [
        { title: 'Requests', description: 'How many a second.', kind: 'stat', unit: 'reqps', queries: [{ query: `sum(rate(istio_requests_total{${asCalled},destination_service_namespace=~"$namespace"}[$__rate_interval]))`, legend: '' }] },
        { title: 'Answered', description: 'The share that is not answered with a 5xx.', kind: 'stat', unit: 'percentunit', queries: [{ query: `sum(rate(istio_requests_total{${asCalled},destination_service_namespace=~"$namespace",response_code!~"5.."}[$__rate_interval])) / sum(rate(istio_requests_total{${asCalled},destination_service_namespace=~"$namespace"}[$__rate_interval]))`, legend: '' }] },
        { title: 'Under mutual TLS', description: 'The share of requests whose connection was under mutual TLS.', kind: 'stat', unit: 'percentunit', queries: [{ query: 'sum(rate(istio_requests_total{reporter=~"destination|waypoint",destination_service_namespace=~"$namespace",connection_security_policy="mutual_tls"}[$__rate_interval])) / sum(rate(istio_requests_total{reporter=~"destination|waypoint",destination_service_namespace=~"$namespace"}[$__rate_interval]))', legend: '' }] },
        { title: 'Proxies', description: 'How many are connected to istiod.', kind: 'stat', unit: 'short', queries: [{ query: 'sum(pilot_xds)', legend: '' }] },
      ],
    },
    {
      title: 'Services',
      panels: red({ where: `${asCalled},destination_service_namespace=~"$namespace"`, by: ['destination_service_name', 'destination_service_namespace'], legend: '{{destination_service_name}}.{{destination_service_namespace}}' }),
    },
    {
      title: 'Connections',
      panels: [
        { title: 'Sent over TCP', description: 'Bytes a second that callers sent.', unit: 'Bps', queries: [{ query: 'sum by (destination_service_name, destination_service_namespace) (rate(istio_tcp_sent_bytes_total{reporter="source",destination_service_namespace=~"$namespace"}[$__rate_interval]))', legend: '{{destination_service_name}}.{{destination_service_namespace}}' }] },
        { title: 'Versions', description: 'How many parts of Istio run which version.', unit: 'short', queries: [{ query: 'sum by (component, tag) (istio_build)', legend: '{{component}} {{tag}}' }] },
      ],
    },
  ],
};
