// One table of what any web framework must do, run against node:http, Express, Fastify and Hono.
import { request as httpRequest, type RequestListener, type Server } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { afterEach, describe, expect, test } from 'vitest';
import { defineService, type ServiceContract } from '../../../lib/runtime/contract/index.ts';
import type { Listening } from '../../../lib/runtime/http/server.ts';
import { meshRuntime, type MeshRuntime } from '../../../lib/runtime/index.ts';
import { otlpReceiver, type OtlpReceiver } from '../otlp-receiver.ts';
import { until } from '../prometheus.ts';

/**
 * Answers /carts/{id} with the trace that it works in, after reading the body; fails at /broken; refuses with an error at
 * /refused; never answers /slow; streams /stream, without end at /drip, and fails in the middle of /torn.
 */
type App = (runtime: MeshRuntime) => RequestListener | Server | Promise<RequestListener | Server>;

const wait = (): Promise<void> => new Promise(resolve => { setTimeout(resolve, 1); });

const refusal = (): Error => Object.assign(new Error('refused'), { status: 422, statusCode: 422 });
const parts: Readonly<Record<string, () => AsyncGenerator<string>>> = {
  async *'/stream'() {
    for (const part of ['a', 'b']) {
      await wait();
      yield part;
    }
  },
  async *'/drip'() {
    for (;;) {
      yield 'drop';
      await wait();
    }
  },
  async *'/torn'() {
    yield 'half';
    await wait();
    throw new Error('torn');
  },
};

const apps: Readonly<Record<string, App>> = {
  'node:http': runtime => runtime.handler(async (request, response) => {
    if (request.url === '/broken') throw new RangeError('broken');
    if (request.url === '/slow') return;
    if (request.url === '/refused') {
      response.writeHead(422).end();
      return;
    }
    const streamed = parts[request.url ?? ''];
    if (streamed) {
      pipeline(Readable.from(streamed()), response, () => undefined);
      return;
    }
    await request.toArray();
    await wait();
    response.writeHead(request.url?.startsWith('/carts/') ? 200 : 404).end(JSON.stringify(runtime.tracing.injectContext()));
  }),
  Express: runtime => {
    const app = express();
    app.use(runtime.express());
    app.use(express.json());
    app.all('/carts/:id', async (_request, response) => {
      await wait();
      response.json(runtime.tracing.injectContext());
    });
    app.get('/broken', () => { throw new RangeError('broken'); });
    app.get('/slow', () => undefined);
    app.get('/refused', () => { throw refusal(); });
    for (const [path, streamed] of Object.entries(parts)) app.get(path, (_request, response) => { pipeline(Readable.from(streamed()), response, () => undefined); });
    const items = express.Router();
    items.get('/items/:item', (request, response) => {
      if (request.params.item === 'broken') throw new Error('broken');
      response.end();
    });
    const shops = express.Router();
    shops.use('/shops/:shop', items);
    app.use('/v1', shops);
    app.use(runtime.express().errors);
    app.use(((error: { status?: number }, _request, response, _next) => { response.sendStatus(error.status ?? 500); }) as express.ErrorRequestHandler);
    return app;
  },
  Fastify: async runtime => {
    const app = fastify();
    await app.register(runtime.fastify());
    app.all('/carts/:id', async () => {
      await wait();
      return runtime.tracing.injectContext();
    });
    app.get('/broken', () => { throw new RangeError('broken'); });
    app.get('/slow', () => new Promise(() => undefined));
    app.get('/refused', () => { throw refusal(); });
    for (const [path, streamed] of Object.entries(parts)) app.get(path, (_request, reply) => reply.send(Readable.from(streamed())));
    await app.register((shops, _options, done) => {
      shops.get<{ Params: { item: string } }>('/shops/:shop/items/:item', request => {
        if (request.params.item === 'broken') throw new Error('broken');
        return '';
      });
      done();
    }, { prefix: '/v1' });
    await app.ready();
    return app.server;
  },
  Hono: runtime => {
    const app = new Hono();
    app.use(runtime.hono());
    app.all('/carts/:id', async c => {
      await c.req.text();
      await wait();
      return c.json(runtime.tracing.injectContext());
    });
    app.get('/broken', () => { throw new RangeError('broken'); });
    app.get('/slow', () => new Promise(() => undefined));
    app.get('/refused', () => { throw refusal(); });
    for (const path of ['/stream', '/drip']) {
      app.get(path, c => stream(c, async out => {
        for await (const part of parts[path]?.() ?? []) {
          if (out.aborted) return;
          await out.write(part);
        }
      }));
    }
    app.get('/torn', c => c.body(Readable.toWeb(Readable.from(parts['/torn']?.() ?? [])) as ReadableStream));
    const items = new Hono();
    items.get('/items/:item', c => {
      if (c.req.param('item') === 'broken') throw new Error('broken');
      return c.text('');
    });
    const shops = new Hono();
    shops.route('/shops/:shop', items);
    app.route('/v1', shops);
    app.onError((error, c) => c.text('', (error as { status?: 422 }).status ?? 500));
    const listener = getRequestListener(app.fetch);
    return (request, response) => { void listener(request, response); };
  },
};

const closings: (() => Promise<void>)[] = [];
afterEach(async () => { for (const close of closings.splice(0).reverse()) await close(); });

async function started(app: App, routes: readonly string[]): Promise<{ runtime: MeshRuntime; url: string; collector: OtlpReceiver; requests: () => Promise<string[]> }> {
  const collector = await otlpReceiver();
  closings.push(() => collector.close());
  const contract: ServiceContract = defineService({ name: 'cart', port: 80, routes, metrics: { process: false }, tracing: { samplingPercent: 100, collector: collector.url } });
  const runtime = await meshRuntime({ ...contract, metrics: { ...contract.metrics, port: 0 } }, { signals: [], logTo: { write: () => undefined }, deadlineMillis: 100 });
  closings.push(() => runtime.stop());
  const server: Listening = await runtime.serve(await app(runtime), { port: 0 });
  return {
    runtime, collector,
    url: `http://127.0.0.1:${server.port}`,
    requests: async () => (await runtime.metrics.text()).split('\n').filter(line => line.startsWith('cart_requests_total{') || line.startsWith('cart_concurrent_requests{')),
  };
}

describe.each(Object.entries(apps))('%s', (name, app) => {
  const routes = ['/carts/{id}', '/broken', '/refused', '/slow', '/stream', '/drip', '/torn'];

  test('a request is a span in the trace of its caller, which its handler works in, body read or not', async () => {
    const { url, collector, runtime } = await started(app, routes);
    const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
    const headers = { traceparent: `00-${traceId}-${spanId}-01`, 'x-request-id': 'r-1', 'content-type': 'application/json' };
    const answer = await (await fetch(`${url}/carts/7?token=secret`, { method: 'POST', headers, body: '{"a":1}' })).json() as Record<string, string>;
    await until('the response is closed', async () => (await runtime.metrics.text()).includes('cart_requests_total{'));
    await runtime.tracing.flush();
    const [span] = collector.spans;
    expect(span).toMatchObject({ service: 'cart', name: 'POST /carts/{id}', kind: 'SERVER', traceId, parentSpanId: spanId, status: 0 });
    expect(span?.attributes).toMatchObject({ 'http.request.method': 'POST', 'http.route': '/carts/{id}', 'url.path': '/carts/7', 'http.response.status_code': 200, 'guid:x-request-id': 'r-1' });
    expect(answer).toMatchObject({ traceparent: `00-${traceId}-${span?.spanId}-01`, 'x-request-id': 'r-1' });
  });

  test('requests are counted by template, whoever asks for what', async () => {
    const { url, requests } = await started(app, routes);
    for (const path of ['/carts/1', '/carts/2', '/nowhere/1', '/nowhere/2']) await (await fetch(`${url}${path}`)).text();
    await until('the responses are closed', async () => (await requests()).includes('cart_requests_total{method="GET",endpoint="unmatched",status="404"} 2'));
    expect((await requests()).sort()).toEqual([
      'cart_concurrent_requests{endpoint="/carts/{id}"} 0',
      'cart_concurrent_requests{endpoint="unmatched"} 0',
      'cart_requests_total{method="GET",endpoint="/carts/{id}",status="200"} 2',
      'cart_requests_total{method="GET",endpoint="unmatched",status="404"} 2',
    ]);
  });

  // node:http has no routes of its own.
  if (name !== 'node:http') test('the routes of the framework count where the contract names none', async () => {
    const { url, requests, collector, runtime } = await started(app, []);
    await (await fetch(`${url}/carts/1`)).text();
    await until('the response is closed', async () => (await requests()).includes('cart_requests_total{method="GET",endpoint="/carts/{id}",status="200"} 1'));
    await runtime.tracing.flush();
    expect(collector.spans[0]).toMatchObject({ name: 'GET /carts/{id}' });
  });

  if (name !== 'node:http') test('the route of a router within routers is its whole template, also where it throws', async () => {
    const { url, requests } = await started(app, []);
    for (const path of ['/v1/shops/7/items/1', '/v1/shops/8/items/2', '/v1/shops/9/items/broken', '/v1/shops/9/nothing', '/v1']) await (await fetch(url + path)).text();
    await until('the responses are closed', async () => (await requests()).includes('cart_requests_total{method="GET",endpoint="unmatched",status="404"} 2'));
    expect((await requests()).filter(line => line.startsWith('cart_requests_total')).sort()).toEqual([
      'cart_requests_total{method="GET",endpoint="/v1/shops/{shop}/items/{item}",status="200"} 2',
      'cart_requests_total{method="GET",endpoint="/v1/shops/{shop}/items/{item}",status="500"} 1',
      'cart_requests_total{method="GET",endpoint="unmatched",status="404"} 2',
    ]);
  });

  test('what refuses a request is no failure of the service', async () => {
    const { url, collector, runtime, requests } = await started(app, routes);
    expect((await fetch(`${url}/refused`)).status).toBe(422);
    await until('the response is closed', async () => (await requests()).includes('cart_requests_total{method="GET",endpoint="/refused",status="422"} 1'));
    await runtime.tracing.flush();
    expect(collector.spans[0]).toMatchObject({ name: 'GET /refused', status: 0 });
    expect(collector.spans[0]?.events.map(({ attributes }) => attributes['exception.message'])).toEqual(name === 'node:http' ? [] : ['refused']);
  });

  test('a response that is streamed is counted when it is whole', async () => {
    const { url, requests } = await started(app, routes);
    expect(await (await fetch(`${url}/stream`)).text()).toBe('ab');
    await until('the response is closed', async () => (await requests()).includes('cart_requests_total{method="GET",endpoint="/stream",status="200"} 1'));
  });

  test('a response that the service tears is its failure', async () => {
    const { url, collector, runtime, requests } = await started(app, routes);
    await expect(fetch(`${url}/torn`).then(response => response.text())).rejects.toThrow();
    await until('the response is closed', async () => (await requests()).includes('cart_requests_total{method="GET",endpoint="/torn",status="500"} 1'));
    await runtime.tracing.flush();
    expect(collector.spans[0]).toMatchObject({ name: 'GET /torn', status: 2 });
  });

  test('a caller that leaves in the middle of a response is counted out, as 499', async () => {
    const { url, requests } = await started(app, routes);
    await new Promise<void>(resolve => {
      const call = httpRequest(`${url}/drip`, response => response.once('data', () => {
        call.destroy();
        resolve();
      })).on('error', () => undefined);
      call.end();
    });
    await until('the request is gone', async () => (await requests()).includes('cart_requests_total{method="GET",endpoint="/drip",status="499"} 1'));
    expect(await requests()).toContain('cart_concurrent_requests{endpoint="/drip"} 0');
  });

  test('what a handler throws is in its span, and is a 500', async () => {
    const { url, collector, runtime, requests } = await started(app, routes);
    expect((await fetch(`${url}/broken`)).status).toBe(500);
    await until('the response is closed', async () => (await requests()).includes('cart_requests_total{method="GET",endpoint="/broken",status="500"} 1'));
    await runtime.tracing.flush();
    expect(collector.spans[0]).toMatchObject({ name: 'GET /broken', status: 2 });
    expect(collector.spans[0]?.events[0]?.attributes).toMatchObject({ 'exception.type': 'RangeError', 'exception.message': 'broken' });
  });

  test('a caller that goes away is counted out, as 499', async () => {
    const { url, requests } = await started(app, routes);
    const call = httpRequest(`${url}/slow`).on('error', () => undefined);
    call.end();
    await until('the request is there', async () => (await requests()).includes('cart_concurrent_requests{endpoint="/slow"} 1'));
    call.destroy();
    await until('the request is gone', async () => (await requests()).includes('cart_concurrent_requests{endpoint="/slow"} 0'));
    expect(await requests()).toContain('cart_requests_total{method="GET",endpoint="/slow",status="499"} 1');
  });

  test('concurrent requests do not see each other\'s trace', async () => {
    const { url } = await started(app, routes);
    const ids = Array.from({ length: 50 }, (_, i) => i.toString(16).padStart(32, 'a'));
    const seen = await Promise.all(ids.map(async id => {
      const answer = await (await fetch(`${url}/carts/1`, { headers: { traceparent: `00-${id}-b7ad6b7169203331-01` } })).json() as { traceparent: string };
      return answer.traceparent.slice(3, 35);
    }));
    expect(seen).toEqual(ids);
  });
});
