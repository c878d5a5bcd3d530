import { createServer } from 'node:http';
import { describe, expect } from 'vitest';
import { defineService } from '../../../lib/runtime/contract/index.ts';
import { listen } from '../../../lib/runtime/http/server.ts';
import { Metrics } from '../../../lib/runtime/metrics/index.ts';
import { testWithTool } from '../../tools.ts';
import { startPrometheus, type Series } from '../prometheus.ts';

describe('a real Prometheus', () => {
  testWithTool('prometheus')('answers what was sent, scraped in both formats by turns', async () => {
    const contract = defineService({ name: 'shop-cart', port: 8080, routes: ['/carts/{id}', '/broken'] });
    const metrics = new Metrics(contract);
    const service = await listen({
      what: 'the example',
      port: 0,
      host: '127.0.0.1',
      handler: createServer(metrics.handler(({ url }, response) => { response.writeHead(url === '/broken' ? 500 : 200).end(); })),
    });
    const page = await metrics.serve({ port: 0 });
    // Prometheus 2.42 always asks for OpenMetrics first; this asks for text on its behalf.
    const textOnly = await listen({
      what: 'the relay',
      port: 0,
      host: '127.0.0.1',
      handler: (_request, response) => {
        void fetch(`http://127.0.0.1:${page.port}/metrics`, { headers: { accept: 'text/plain' } }).then(async answer => {
          response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(await answer.text());
        });
      },
    });
    const prometheus = await startPrometheus({
      openmetrics: { target: `127.0.0.1:${page.port}`, path: '/metrics' },
      text: { target: `127.0.0.1:${textOnly.port}`, path: '/' },
    });
    try {
      const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: true, requestId: undefined };
      for (let i = 0; i < 30; i += 1) await fetch(`http://127.0.0.1:${service.port}/carts/${i}`);
      for (let i = 0; i < 4; i += 1) await fetch(`http://127.0.0.1:${service.port}/broken`);
      metrics.recordRequest('POST', '/carts/{id}', 201, trace);
      metrics.recordResponseTime('POST', '/carts/{id}', 0.2, trace);

      const requests = await prometheus.query('sum by (job, method, endpoint, status) (shop_cart_requests_total)');
      const counted = [['GET', '/broken', '500', '4'], ['GET', '/carts/{id}', '200', '30'], ['POST', '/carts/{id}', '201', '1']];
      expect(rows(requests, 'job', 'method', 'endpoint', 'status')).toEqual(['openmetrics', 'text'].flatMap(job => counted.map(row => [job, ...row])));
      expect(rows(await prometheus.query('shop_cart_response_time_seconds_count'), 'job', 'method', 'endpoint'))
        .toEqual(['openmetrics', 'text'].flatMap(job => counted.map(([method, endpoint, , value]) => [job, method, endpoint, value])));
      expect(rows(await prometheus.query('sum by (job) (shop_cart_concurrent_requests)'), 'job')).toEqual([['openmetrics', '0'], ['text', '0']]);
      expect(rows(await prometheus.query('histogram_quantile(0.5, sum by (le) (shop_cart_response_time_seconds_bucket{method="POST",job="text"}))'))).toEqual([['0.175']]);

      const exemplars = await prometheus.exemplars('shop_cart_response_time_seconds_bucket{method="POST"}');
      expect(exemplars.map(({ seriesLabels, exemplars }) => [seriesLabels.job, seriesLabels.le, exemplars[0]?.labels]))
        .toEqual([['openmetrics', '0.25', { trace_id: trace.traceId, span_id: trace.spanId }]]);
    } finally {
      await prometheus.stop();
      await Promise.all([service, page, textOnly].map(server => server.close()));
    }
  });
});

function rows(series: readonly Series[], ...labels: readonly string[]): (string | undefined)[][] {
  return series.map(({ metric, value }) => [...labels.map(label => metric[label]), value[1]]).sort();
}
