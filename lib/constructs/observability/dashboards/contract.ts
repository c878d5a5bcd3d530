import type { MetricContract, ServiceContract } from '../../../runtime/contract/index.ts';
import type { Dashboard, Panel } from './dashboard.ts';

/** A service as it measures itself, by the metrics that its contract names. */
export function contractDashboard(contract: ServiceContract, namespace: string): Dashboard {
  const { metrics, name } = contract;
  const where = `namespace="${namespace}"`;
  const rate = (test: string): string => `sum by (endpoint) (rate(${metrics.requests.name}{${where},endpoint=~"$endpoint"${test}}[$__rate_interval]))`;
  return {
    uid: `meshwright-${namespace}-${name}`.slice(0, 40),
    title: `Service ${namespace}/${name}`,
    description: `${name} as it measures itself, route by route.`,
    variables: [{ name: 'endpoint', metric: metrics.requests.name, label: 'endpoint', where }],
    rows: [
      {
        title: 'Routes',
        panels: [
          { title: 'Requests', description: 'How many a second.', unit: 'reqps', queries: [{ query: rate(''), legend: '{{endpoint}}' }] },
          { title: 'Errors', description: 'The share that is answered with a 5xx.', unit: 'percentunit', queries: [{ query: `${rate(',status=~"5.."')} / ${rate('')} or 0 * ${rate('')}`, legend: '{{endpoint}}' }] },
          { title: 'Response time', description: 'How long it takes without the network and the proxies; points lead to traces.', unit: 's', exemplars: true, queries: [0.5, 0.95, 0.99].map(q => ({ query: `histogram_quantile(${q}, sum by (le, endpoint) (rate(${metrics.responseTime.name}_bucket{${where},endpoint=~"$endpoint"}[$__rate_interval])))`, legend: `{{endpoint}} p${q * 100}` })) },
          { title: 'At once', description: 'Requests being worked on.', unit: 'short', queries: [{ query: `sum by (endpoint) (${metrics.concurrentRequests.name}{${where},endpoint=~"$endpoint"})`, legend: '{{endpoint}}' }] },
        ],
      },
      ...(Object.keys(metrics.own).length > 0 ? [{ title: 'Of its own', panels: Object.values(metrics.own).map(metric => ownPanel(metric, where)) }] : []),
      ...(metrics.process ? [{ title: 'Process', panels: process(name, where) }] : []),
    ],
  };
}

function ownPanel({ kind, name, help, labels }: MetricContract, where: string): Panel {
  const by = labels.length > 0 ? ` by (${labels.join(', ')})` : '';
  const legend = labels.map(label => `{{${label}}}`).join(' ');
  if (kind === 'gauge') return { title: name, description: help, unit: 'short', queries: [{ query: `sum${by} (${name}{${where}})`, legend }] };
  if (kind === 'counter') return { title: name, description: help, unit: 'cps', queries: [{ query: `sum${by} (rate(${name}{${where}}[$__rate_interval]))`, legend }] };
  return { title: name, description: help, unit: 'none', queries: [{ query: `histogram_quantile(0.95, sum by (${['le', ...labels].join(', ')}) (rate(${name}_bucket{${where}}[$__rate_interval])))`, legend: `${legend} p95`.trim() }] };
}

/** Of the pods of the service alone, by their label. */
function process(name: string, where: string): readonly Panel[] {
  const pods = `${where},app="${name}"`;
  return [
    { title: 'Event loop', description: 'How late timers run: above a tenth of a second something blocks.', unit: 's', queries: [{ query: `max by (pod) (nodejs_eventloop_lag_p99_seconds{${pods}})`, legend: '{{pod}}' }] },
    { title: 'Memory', description: 'Resident, and what of the heap is used.', unit: 'bytes', queries: [{ query: `max by (pod) (process_resident_memory_bytes{${pods}})`, legend: '{{pod}}' }, { query: `max by (pod) (nodejs_heap_size_used_bytes{${pods}})`, legend: '{{pod}} heap' }] },
    { title: 'CPU', description: 'Cores.', unit: 'short', queries: [{ query: `sum by (pod) (rate(process_cpu_seconds_total{${pods}}[$__rate_interval]))`, legend: '{{pod}}' }] },
  ];
}
