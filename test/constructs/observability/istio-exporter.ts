import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { controlPlaneMetrics, processMetrics, trafficMetrics } from '../../../lib/constructs/observability/istio-metrics.ts';
import type { KnownMetric } from '../../../lib/constructs/observability/metric-catalogue.ts';

/** What goes wrong in the mesh that an exporter plays. */
export interface Breakdown {
  /** How many of a hundred requests fail. */
  readonly failing: number;
  /** Counters that begin to grow. */
  readonly growing: readonly string[];
}

/** An exporter that plays a mesh: every metric of the catalogue, each with all its labels, over HTTP. */
export interface Exporter {
  readonly target: string;
  readonly paths: Readonly<Record<string, string>>;
  breakdown: Breakdown;
  close(): Promise<void>;
}

/** Labels whose values matter to a rule or a board; all others are called by their own name. */
const values: Readonly<Record<string, string>> = {
  destination_service_name: 'reviews', destination_service_namespace: 'shop', destination_service: 'reviews.shop.svc.cluster.local', destination_version: 'v1',
  destination_workload: 'reviews-v1', destination_workload_namespace: 'shop', source_workload: 'productpage-v1', source_workload_namespace: 'shop',
  connection_security_policy: 'mutual_tls', response_flags: '-', component: 'pilot', tag: '1.31.0', version: '1.31.0', type: 'cds', node: 'node-1', endpoint: '/carts/{id}', method: 'GET', status: '200',
};

/** Counters that stand still while nothing is wrong. */
const calm = /reject|fail|err|expired_nonce|write_timeout|terminations/;

export async function startExporter(further: readonly KnownMetric[]): Promise<Exporter> {
  const started = Date.now();
  const jobs: Readonly<Record<string, { readonly metrics: readonly KnownMetric[]; readonly own: Readonly<Record<string, string>> }>> = {
    'istio-proxies': { metrics: trafficMetrics, own: { pod: 'productpage-v1-1', namespace: 'shop', app: 'productpage' } },
    'istiod': { metrics: [...controlPlaneMetrics, ...processMetrics], own: { pod: 'istiod-1', namespace: 'istio-system', app: 'istiod' } },
    'ztunnel': { metrics: [...trafficMetrics, ...processMetrics], own: { pod: 'ztunnel-1', namespace: 'istio-system', app: 'ztunnel', container: 'istio-proxy' } },
    'mesh-services': { metrics: [...further, ...processMetrics], own: { pod: 'cart-v1-1', namespace: 'shop', app: 'cart', container: 'istio-proxy' } },
  };
  const exporter = { breakdown: { failing: 0, growing: [] } as Breakdown };
  const server = createServer((request, response) => {
    const job = jobs[request.url?.slice(1) ?? ''];
    response.writeHead(job ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(job ? job.metrics.filter(({ name }) => name !== 'up' && name !== 'ALERTS').map(metric => exposition(metric, job.own, (Date.now() - started) / 1000, exporter.breakdown)).join('') : '');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => { resolve(); }));
  return Object.assign(exporter, {
    target: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths: Object.fromEntries(Object.keys(jobs).map(job => [job, `/${job}`])),
    close: () => closed(server),
  });
}

function exposition({ name, kind, labels }: KnownMetric, own: Readonly<Record<string, string>>, seconds: number, { failing, growing }: Breakdown): string {
  const lines = [`# TYPE ${name} ${kind}`];
  for (const variant of variants(labels)) {
    const share = variant.response_code === '503' || variant.status === '503' ? failing / 100 : 1 - failing / 100;
    const count = calm.test(name) ? growing.includes(name) ? Math.floor(seconds) : 0 : Math.floor(seconds * 50 * share);
    const all = { ...own, ...Object.fromEntries(labels.map(label => [label, values[label] ?? label])), ...variant };
    if (kind === 'histogram') {
      for (const le of ['0.1', '1', '100', '500', '5000', '10000', '+Inf']) lines.push(`${name}_bucket${braces({ ...all, le })} ${le === '0.1' ? Math.floor(count / 2) : count}`);
      lines.push(`${name}_sum${braces(all)} ${count * 20}`, `${name}_count${braces(all)} ${count}`);
    } else {
      lines.push(`${name}${braces(all)} ${kind === 'gauge' ? gauge(name) : count}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The same series as each proxy on the way counts it, once for those that are answered and once for those that fail. */
function variants(labels: readonly string[]): readonly Readonly<Record<string, string>>[] {
  const reporters = labels.includes('reporter') ? ['source', 'destination'].map(reporter => ({ reporter })) : [{}];
  const code = ['response_code', 'status'].find(label => labels.includes(label) && (label === 'response_code' || labels.includes('endpoint')));
  return reporters.flatMap(reporter => (code === undefined ? [reporter] : ['200', '503'].map(value => ({ ...reporter, [code]: value }))));
}

function gauge(name: string): number {
  if (/expiry_timestamp/.test(name)) return Date.now() / 1000 + 5 * 365 * 86_400;
  if (/expiry_seconds/.test(name)) return 86_400;
  return /dup_domain|pending|reject/.test(name) ? 0 : 1;
}

function braces(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels).map(([label, value]) => `${label}="${value}"`).join(',')}}`;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>(resolve => server.close(() => { resolve(); }));
}
