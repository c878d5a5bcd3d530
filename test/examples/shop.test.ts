import { Testing } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shop } from '../../examples/shop/chart.ts';
import { MeshApp } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { otlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../runtime/otlp-receiver.ts';
import { somePorts, startService, type ServiceProcess } from '../runtime/processes.ts';
import { startPrometheus, until } from '../runtime/prometheus.ts';
import { testWithTool } from '../tools.ts';

const golden = goldens(import.meta.url);

interface Shop {
  readonly collector: OtlpReceiver;
  readonly front: string;
  readonly catalog: string;
  /** Ports of the metrics of front, catalog and stock. */
  readonly metrics: readonly number[];
  readonly services: readonly ServiceProcess[];
  stop(): Promise<(number | null)[]>;
}

async function openShop(propagation: 'w3c' | 'b3'): Promise<Shop> {
  const collector = await otlpReceiver();
  const ports = await somePorts();
  const [front, catalog, stock] = [ports, ports + 1, ports + 2].map(port => `http://127.0.0.1:${port}`) as [string, string, string];
  const env = {
    SHOP_PORTS: String(ports),
    SHOP_PROPAGATION: propagation,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '200',
    CATALOG_URL: catalog,
    STOCK_URL: stock,
    SHOP_JWKS: `${front}/.well-known/jwks.json`,
  };
  const services = await Promise.all(['front', 'catalog', 'stock'].map(name => startService(`examples/shop/${name}.ts`, env)));
  return {
    collector, front, catalog, services,
    metrics: [ports + 100, ports + 101, ports + 102],
    async stop(): Promise<(number | null)[]> {
      for (const service of services) service.kill('SIGTERM');
      const codes = await Promise.all(services.map(({ ended }) => ended));
      await collector.close();
      return codes;
    },
  };
}

describe.each(['w3c', 'b3'] as const)('a request through three processes, with %s headers,', propagation => {
  let opened: Shop;
  beforeAll(async () => { opened = await openShop(propagation); });
  afterAll(async () => { await opened.stop(); });

  test('is one trace, each span the child of the one that called', async () => {
    const headers = { 'x-request-id': 'r-1', baggage: 'team=shop' };
    const answer = await fetch(`${opened.front}/products/2`, { headers });
    expect(await answer.json()).toEqual({ id: '2', name: 'Chair', left: 7 });
    const spans = await opened.collector.received(6);
    const root = spans.find(span => span.parentSpanId === '');
    expect(chain(spans, root)).toEqual([
      'shop-front GET /products/{id} SERVER', 'shop-front GET CLIENT', 'catalog GET /items/{id} SERVER', 'catalog ask stock INTERNAL', 'catalog GET CLIENT',
      'stock GET /stock/{id} SERVER',
    ]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const lines = opened.services.flatMap(service => service.lines).filter(line => line.request_id === 'r-1');
    expect(lines.map(({ service, trace_id }) => [service, trace_id]).sort()).toEqual(['catalog', 'shop-front', 'stock'].map(name => [name, root?.traceId]));
  });

  test('may carry a token, which another process verifies with the keys that the issuer serves', async () => {
    const token = await (await fetch(`${opened.front}/login`, { method: 'POST' })).text();
    const restock = (authorization: string): Promise<Response> => fetch(`${opened.catalog}/items/1/restock`, { method: 'POST', headers: { authorization } });
    expect((await restock(`Bearer ${token}`)).status).toBe(204);
    const refused = await restock(`Bearer ${token.slice(0, -6)}AAAAAA`);
    expect([refused.status, await refused.json()]).toEqual([401, { code: 'ERR_TOKEN_SIGNATURE' }]);
    expect(JSON.stringify(opened.services.map(({ lines }) => lines))).not.toContain(token.slice(0, 60));
  });
});

describe('a real Prometheus', () => {
  testWithTool('prometheus')('answers what was sent to the shop, in the names of its contracts', async () => {
    const opened = await openShop('w3c');
    const [front = 0, catalog = 0, stock = 0] = opened.metrics;
    const prometheus = await startPrometheus(Object.fromEntries(Object.entries({ front, catalog, stock }).map(([job, port]) => [job, { target: `127.0.0.1:${port}`, path: '/metrics' }])));
    try {
      for (let i = 0; i < 12; i += 1) await (await fetch(`${opened.front}/products/${(i % 3) + 1}`)).text();
      for (let i = 0; i < 5; i += 1) await (await fetch(`${opened.front}/products/none`)).text();
      await until('the last response is closed', async () => (await (await fetch(`http://127.0.0.1:${front}/metrics`)).text()).includes('status="404"} 5'));
      const answers = async (query: string): Promise<string[]> =>
        (await prometheus.query(query)).map(({ metric: { __name__: _name, job: _job, instance: _instance, ...labels }, value }) => `${Object.entries(labels).sort().map(pair => pair.join('=')).join(' ')}: ${value[1]}`).sort();
      expect(await answers('shop_front_requests_total')).toEqual(['endpoint=/products/{id} method=GET status=200: 12', 'endpoint=/products/{id} method=GET status=404: 5']);
      expect(await answers('catalog_requests_total')).toEqual(['endpoint=/items/{id} method=GET status=200: 12', 'endpoint=/items/{id} method=GET status=404: 5']);
      expect(await answers('stock_requests_total')).toEqual(['endpoint=/stock/{id} method=GET status=200: 12']);
      expect(await answers('shop_front_response_time_seconds_count')).toEqual(['endpoint=/products/{id} method=GET: 17']);
      expect(await answers('shop_front_concurrent_requests')).toEqual(['endpoint=/products/{id}: 0']);

      // The exemplar of a response time is the trace of a request that was answered.
      const spans = await opened.collector.received(12);
      const exemplars = (await prometheus.exemplars('shop_front_response_time_seconds_bucket')).flatMap(series => series.exemplars.map(({ labels }) => labels.trace_id));
      const traces = new Set(spans.map(({ traceId }) => traceId));
      expect(exemplars.length).toBeGreaterThan(0);
      expect(exemplars.filter(trace => trace === undefined || !traces.has(trace))).toEqual([]);
    } finally {
      await prometheus.stop();
      expect(await opened.stop()).toEqual([0, 0, 0]);
    }
  });
});

test('the chart says what the contracts say', () => {
  const app = new MeshApp({ name: 'shop', outdir: Testing.app().outdir });
  shop(app);
  const objects = app.charts.flatMap(chart => chart.toJson() as { kind: string; metadata: { namespace?: string; labels?: Record<string, string> } }[]);
  golden('shop.yaml', objects.filter(({ kind, metadata }) => metadata.namespace === 'shop' && ['Deployment', 'Service', 'AuthorizationPolicy'].includes(kind)));
});

/** Names from a span down, as long as each has one child. */
function chain(spans: readonly ReceivedSpan[], from: ReceivedSpan | undefined): string[] {
  if (!from) return [];
  const children = spans.filter(({ parentSpanId }) => parentSpanId === from.spanId);
  return [`${from.service} ${from.name} ${from.kind}`, ...(children.length === 1 ? chain(spans, children[0]) : [])];
}
