// What the helpers of lib/runtime cost beside the libraries that they stand on.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { NodeTracerProvider, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-node';
import { Counter, Histogram, Registry } from 'prom-client';
import { defineService } from '../build/lib/runtime/contract/index.js';
import { Metrics } from '../build/lib/runtime/metrics/index.js';
import { Tracing } from '../build/lib/runtime/tracing/index.js';
import { median, type Figure } from './figure.ts';

const contract = defineService({ name: 'bench', port: 80, routes: ['/carts/{id}'], metrics: { process: false }, tracing: { samplingPercent: 100 } });

export async function runtime(): Promise<Figure[]> {
  return [request(), await span(), await throughput()];
}

/** A request counted and timed. */
function request(): Figure {
  const registers = [new Registry()];
  const counter = new Counter({ name: 'bench_requests_total', help: 'h', labelNames: ['method', 'endpoint', 'status'], registers });
  const histogram = new Histogram({ name: 'bench_response_time_seconds', help: 'h', labelNames: ['method', 'endpoint'], registers });
  const metrics = new Metrics(contract);
  return compared('recording a request', 'bare prom-client', 1.25, 200_000, {
    ours: i => {
      metrics.recordRequest('GET', '/carts/{id}', 200 + (i & 3));
      metrics.recordResponseTime('GET', '/carts/{id}', 0.01);
    },
    bare: i => {
      counter.inc({ method: 'GET', endpoint: '/carts/{id}', status: String(200 + (i & 3)) });
      histogram.observe({ method: 'GET', endpoint: '/carts/{id}' }, 0.01);
    },
  });
}

/** Work in a span of its own, with errors recorded. */
async function span(): Promise<Figure> {
  const tracing = new Tracing(contract, { signals: [] });
  const provider = new NodeTracerProvider({ sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(1) }) });
  const tracer = provider.getTracer('bench');
  const figure = compared('a span', 'bare OpenTelemetry', 1.15, 100_000, {
    ours: i => tracing.withSpan('work', { attributes: { i } }, () => i),
    bare: i => {
      const made = tracer.startSpan('work', { attributes: { i } });
      return context.with(trace.setSpan(context.active(), made), () => {
        try {
          return i;
        } catch (error) {
          made.recordException(error as Error);
          made.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          made.end();
        }
      });
    },
  });
  await tracing.stop();
  return figure;
}

/**
 * Requests that a server answers with a second of its processor, which is what bounds its throughput; the clock on the wall would also
 * measure whoever else uses the machine.
 */
async function throughput(): Promise<Figure> {
  const collector = createServer((asked, response) => { asked.resume().once('end', () => response.end()); });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const servers = { ours: await serve('ours', url), bare: await serve('bare', url) };
  for (const { port } of [servers.ours, servers.bare]) await answersIn(port, 3000);
  const perSecond = async ({ child, port }: Served): Promise<number> => {
    const before = await processorOf(child);
    const answers = await answersIn(port, 1000);
    return (answers * 1e6) / (await processorOf(child) - before);
  };
  const rounds: { readonly ours: number; readonly bare: number }[] = [];
  for (let i = 0; i < 15; i += 1) {
    const bare = i % 2 === 0 ? await perSecond(servers.bare) : undefined;
    const ours = await perSecond(servers.ours);
    rounds.push({ ours, bare: bare ?? await perSecond(servers.bare) });
  }
  for (const { child } of Object.values(servers)) child.disconnect();
  collector.closeAllConnections();
  collector.close();
  // The best round of each: neighbours on the machine take caches away, and never give any.
  const best = { ours: Math.max(...rounds.map(({ ours }) => ours)), bare: Math.max(...rounds.map(({ bare }) => bare)) };
  const ratio = best.bare / best.ours;
  return {
    name: 'a request through all middleware on node:http',
    baseline: 'the bare server with the three libraries wired by hand',
    ratio,
    limit: 1 / 0.85,
    note: `${(100 / ratio).toFixed(0)}% of its throughput: ${best.ours.toFixed(0)} against ${best.bare.toFixed(0)} requests a second of processor`,
  };
}

interface Served {
  readonly child: ReturnType<typeof fork>;
  readonly port: number;
}

async function serve(kind: 'ours' | 'bare', collector: string): Promise<Served> {
  const child = fork(join(import.meta.dirname, 'runtime-server.ts'), [kind, collector], { execArgv: ['--import=tsx'] });
  const [address] = await once(child, 'message') as [AddressInfo];
  return { child, port: address.port };
}

async function processorOf(child: Served['child']): Promise<number> {
  child.send('processor');
  const [micros] = await once(child, 'message') as [number];
  return micros;
}

/** Keeps 16 connections busy with a client that does next to nothing, and counts the answers. */
async function answersIn(port: number, millis: number): Promise<number> {
  const ask = `GET /carts/7 HTTP/1.1\r\nhost: bench\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nx-request-id: 7c9e6679-7425-40de-944b-e07fc1f90ae7\r\n\r\n`;
  const started = performance.now();
  let answers = 0;
  await Promise.all(Array.from({ length: 16 }, async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('data', data => {
      // An answer is one small packet that ends in its body.
      if (data.subarray(-2).toString() !== 'ok') return;
      answers += 1;
      if (performance.now() - started < millis) socket.write(ask);
      else socket.end();
    });
    socket.write(ask);
    await once(socket, 'close');
  }));
  return answers;
}

/** The ratio of two ways of one thing, by turns, so that what else the machine does falls on both. */
function compared(name: string, baseline: string, limit: number, times: number, ways: Readonly<Record<'ours' | 'bare', (i: number) => unknown>>): Figure {
  const nanos = (way: (i: number) => unknown): number => {
    const started = process.hrtime.bigint();
    for (let i = 0; i < times; i += 1) way(i);
    return Number(process.hrtime.bigint() - started) / times;
  };
  for (const way of [ways.ours, ways.bare]) nanos(way);
  const rounds = Array.from({ length: 11 }, (_, i) => {
    if (i % 2 === 0) return { ours: nanos(ways.ours), bare: nanos(ways.bare) };
    const bare = nanos(ways.bare);
    return { ours: nanos(ways.ours), bare };
  });
  const ratio = median(rounds.map(({ ours, bare }) => ours / bare));
  return { name, baseline, ratio, limit, note: `${median(rounds.map(({ ours }) => ours)).toFixed(0)} ns against ${median(rounds.map(({ bare }) => bare)).toFixed(0)} ns` };
}
