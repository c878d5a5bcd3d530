import { Counter } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { defineService } from '../../../lib/runtime/contract/index.ts';
import { negotiate } from '../../../lib/runtime/metrics/exposition.ts';
import { Metrics } from '../../../lib/runtime/metrics/index.ts';

const cart = defineService({
  name: 'shop-cart',
  port: 8080,
  routes: ['/carts/{id}'],
  metrics: { port: 8001, buckets: [0.1, 1], process: false, endpointLimit: 2, own: { orders: { kind: 'counter', help: 'Orders.', labels: ['currency'] }, open_baskets: { kind: 'gauge', help: 'Baskets.', labels: ['size'] } } },
});
const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true, requestId: undefined };

function metricsOf(): { metrics: Metrics<{ orders: 'counter'; open_baskets: 'gauge' }>; warnings: string[] } {
  const warnings: string[] = [];
  return { metrics: new Metrics(cart, { warn: message => warnings.push(message) }), warnings };
}

async function samples(metrics: Pick<Metrics, 'text'>): Promise<string[]> {
  return (await metrics.text()).split('\n').filter(line => line !== '' && !line.startsWith('#'));
}

test('a request is counted by method, endpoint and status', async () => {
  const { metrics } = metricsOf();
  metrics.recordRequest('GET', '/carts/{id}', 200);
  metrics.recordRequest('get', '/carts/{id}', 200);
  metrics.recordRequest('POST', '/carts/{id}', 503);
  expect(await samples(metrics)).toEqual([
    'shop_cart_requests_total{method="GET",endpoint="/carts/{id}",status="200"} 2',
    'shop_cart_requests_total{method="POST",endpoint="/carts/{id}",status="503"} 1',
  ]);
});

test('a response time falls into its bucket', async () => {
  const { metrics } = metricsOf();
  metrics.recordResponseTime('GET', '/carts/{id}', 0.5);
  expect(await samples(metrics)).toEqual([
    'shop_cart_response_time_seconds_bucket{le="0.1",method="GET",endpoint="/carts/{id}"} 0',
    'shop_cart_response_time_seconds_bucket{le="1",method="GET",endpoint="/carts/{id}"} 1',
    'shop_cart_response_time_seconds_bucket{le="+Inf",method="GET",endpoint="/carts/{id}"} 1',
    'shop_cart_response_time_seconds_sum{method="GET",endpoint="/carts/{id}"} 0.5',
    'shop_cart_response_time_seconds_count{method="GET",endpoint="/carts/{id}"} 1',
  ]);
});

test('a clock that fails and a status that is none break nothing', async () => {
  const { metrics } = metricsOf();
  for (const seconds of [NaN, -1, Infinity]) metrics.recordResponseTime('GET', '/carts/{id}', seconds);
  metrics.recordRequest('PURGE\n', '/carts/{id}', NaN);
  expect(await samples(metrics)).toEqual(['shop_cart_requests_total{method="OTHER",endpoint="/carts/{id}",status="unknown"} 1']);
});

describe('concurrent requests are counted out', () => {
  const now = async (metrics: Pick<Metrics, 'text'>): Promise<string | undefined> => (await samples(metrics)).find(line => line.includes('concurrent'))?.split(' ')[1];

  test('once, by what counted them in', async () => {
    const { metrics } = metricsOf();
    const out = metrics.trackConcurrentRequests('/carts/{id}');
    metrics.trackConcurrentRequests('/carts/{id}');
    expect(await now(metrics)).toBe('2');
    out();
    out();
    expect(await now(metrics)).toBe('1');
  });

  test('when the work ends, throws or rejects', async () => {
    const { metrics } = metricsOf();
    expect(metrics.trackConcurrentRequests('/carts/{id}', () => 7)).toBe(7);
    expect(() => metrics.trackConcurrentRequests('/carts/{id}', () => { throw new Error('no'); })).toThrow('no');
    await expect(metrics.trackConcurrentRequests('/carts/{id}', () => Promise.reject(new Error('never')))).rejects.toThrow('never');
    expect(await now(metrics)).toBe('0');
  });
});

describe('a timer', () => {
  const count = async (metrics: Pick<Metrics, 'text'>): Promise<string | undefined> => (await samples(metrics)).find(line => line.includes('_count'))?.split(' ')[1];

  test('records once, however often it is stopped', async () => {
    const { metrics } = metricsOf();
    const timer = metrics.startTimer('GET', '/carts/{id}');
    expect(timer.stop()).toBe(timer.stop());
    timer[Symbol.dispose]();
    expect(await count(metrics)).toBe('1');
  });

  test('records what returns, throws, rejects or is aborted', async () => {
    const { metrics } = metricsOf();
    metrics.time('GET', '/carts/{id}', () => 1);
    expect(() => metrics.time('GET', '/carts/{id}', () => { throw new Error('no'); })).toThrow('no');
    await expect(metrics.time('GET', '/carts/{id}', () => fetch('http://127.0.0.1:1', { signal: AbortSignal.abort() }))).rejects.toThrow();
    expect(await count(metrics)).toBe('3');
  });
});

test('the metrics of its own trade have the names of the contract', async () => {
  const { metrics } = metricsOf();
  metrics.own.orders.inc({ currency: 'EUR' });
  metrics.own.open_baskets.set({ size: 'small' }, 3);
  expect(await samples(metrics)).toEqual(['shop_cart_orders_total{currency="EUR"} 1', 'shop_cart_open_baskets{size="small"} 3']);
});

test('over the limit, endpoints are counted together, with one warning', async () => {
  const { metrics, warnings } = metricsOf();
  for (let i = 0; i < 100_000; i += 1) metrics.recordRequest('GET', `/carts/${i}`, 200);
  metrics.recordRequest('GET', '/carts/{id}', 200);
  expect(await samples(metrics)).toEqual([
    'shop_cart_requests_total{method="GET",endpoint="/carts/0",status="200"} 1',
    'shop_cart_requests_total{method="GET",endpoint="/carts/1",status="200"} 1',
    'shop_cart_requests_total{method="GET",endpoint="overflow",status="200"} 99998',
    'shop_cart_requests_total{method="GET",endpoint="/carts/{id}",status="200"} 1',
  ]);
  expect(warnings).toEqual([expect.stringMatching(/^metrics of shop-cart: more than 2 endpoints beside its routes, the latest "\/carts\/2"/)]);
});

describe('the page', () => {
  test.each([
    ['text, OpenMetrics, text', ['text', 'openmetrics', 'text']],
    ['OpenMetrics, text, OpenMetrics', ['openmetrics', 'text', 'openmetrics']],
  ] as const)('has _total in any order of scrapes: %s', async (_, formats) => {
    const { metrics } = metricsOf();
    metrics.recordRequest('GET', '/carts/{id}', 200, trace);
    metrics.own.orders.inc({ currency: 'EUR' });
    for (const format of formats) {
      const text = await metrics.text(format);
      expect(text).toContain('shop_cart_requests_total{method="GET"');
      expect(text).toContain('shop_cart_orders_total{currency="EUR"} 1');
      expect(text).toContain(format === 'text' ? '# TYPE shop_cart_requests_total counter' : '# TYPE shop_cart_requests counter');
    }
  });

  test('has two formats at once, for two scrapers', async () => {
    const { metrics } = metricsOf();
    metrics.recordRequest('GET', '/carts/{id}', 200);
    const [text, openmetrics] = await Promise.all([metrics.text('text'), metrics.text('openmetrics')]);
    expect([text.includes('# TYPE shop_cart_requests_total counter'), openmetrics.includes('# TYPE shop_cart_requests counter')]).toEqual([true, true]);
  });

  test('has the trace of a request as an exemplar, in OpenMetrics alone', async () => {
    const { metrics } = metricsOf();
    metrics.recordRequest('GET', '/carts/{id}', 200, trace);
    metrics.recordRequest('GET', '/carts/{id}', 500, { ...trace, sampled: false });
    expect((await metrics.text('openmetrics')).match(/status="\d+"} 1 # {[^}]*}/g)).toEqual([`status="200"} 1 # {trace_id="${trace.traceId}",span_id="${trace.spanId}"}`]);
    expect(await metrics.text()).not.toContain('trace_id');
  });

  test('has what else is registered, and what the process does unless that is off', async () => {
    const metrics = new Metrics(defineService({ name: 'a', port: 80 }));
    new Counter({ name: 'deployments_total', help: 'h', registers: [metrics.registry] }).inc();
    const text = await metrics.text();
    for (const name of ['deployments_total 1', 'process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds', 'nodejs_gc_duration_seconds']) expect(text).toContain(name);
    expect(await metricsOf().metrics.text()).not.toContain('nodejs_');
  });

  test.each([
    [undefined, 'text'],
    ['*/*', 'text'],
    ['text/plain', 'text'],
    ['application/openmetrics-text; version=1.0.0; charset=utf-8', 'openmetrics'],
    // Prometheus 2.42, and 3.
    ['application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', 'openmetrics'],
    ['application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.3,*/*;q=0.2', 'openmetrics'],
    ['application/openmetrics-text;version=0.0.1', 'text'],
    ['text/plain;q=0.9, application/openmetrics-text;q=0.1', 'text'],
    ['application/openmetrics-text;q=0', 'text'],
    ['application/openmetrics-text;q=banana', 'text'],
    [','.repeat(10_000), 'text'],
  ] as const)('is written as a scraper asks: %j', (accept, format) => {
    expect(negotiate(accept)).toBe(format);
  });
});

describe('the server', () => {
  test('listens on loopback, and answers for its path only', async () => {
    const { metrics } = metricsOf();
    const server = await metrics.serve({ port: 0 });
    const base = `http://127.0.0.1:${server.port}`;
    const answers = await Promise.all([
      fetch(`${base}/metrics?x`), fetch(`${base}/`), fetch(`${base}/metrics`, { method: 'POST' }), fetch(`${base}/metrics`, { method: 'HEAD' }),
      fetch(`${base}/metrics`, { headers: { accept: 'application/openmetrics-text' } }),
    ]);
    expect(server.host).toBe('127.0.0.1');
    expect(answers.map(({ status, headers }) => [status, headers.get('content-type')])).toEqual([
      [200, 'text/plain; version=0.0.4; charset=utf-8'], [404, null], [405, null], [200, 'text/plain; version=0.0.4; charset=utf-8'],
      [200, 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    ]);
    await server.close();
    await expect(fetch(base)).rejects.toThrow();
  });

  test('says it when its port is taken', async () => {
    const { metrics } = metricsOf();
    const server = await metrics.serve({ port: 0 });
    await expect(metrics.serve({ port: server.port })).rejects.toMatchObject({
      code: 'ERR_PORT_TAKEN',
      message: `metrics of shop-cart: port ${server.port} of 127.0.0.1 is taken; stop what listens there, or give another port`,
    });
    await server.close();
  });

  test('answers 500 when a metric cannot be read, and goes on', async () => {
    const { metrics, warnings } = metricsOf();
    let broken = true;
    new Counter({ name: 'broken_total', help: 'h', registers: [metrics.registry], collect: () => { if (broken) throw new Error('no'); } });
    const server = await metrics.serve({ port: 0 });
    const url = `http://127.0.0.1:${server.port}/metrics`;
    expect((await fetch(url)).status).toBe(500);
    expect(warnings).toEqual(['metrics of shop-cart: a metric could not be read: Error: no']);
    broken = false;
    expect((await fetch(url)).status).toBe(200);
    await server.close();
  });
});
