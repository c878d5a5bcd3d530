// A server that answers "ok" with logs, traces and metrics: `ours` by meshRuntime, `bare` with the three libraries wired by hand.
import { createServer, type RequestListener } from 'node:http';
import { context, defaultTextMapGetter, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { B3Propagator } from '@opentelemetry/propagator-b3';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-node';
import { destination, pino } from 'pino';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { defineService, meshRuntime } from '../build/lib/runtime/index.js';

const [kind = '', collector = ''] = process.argv.slice(2);
const nowhere = destination({ dest: '/dev/null', sync: true });

async function ours(): Promise<RequestListener> {
  const contract = defineService({
    name: 'bench', port: 1, routes: ['/carts/{id}'], metrics: { port: 65_535 }, tracing: { samplingPercent: 100, collector },
  });
  const runtime = await meshRuntime({ ...contract, metrics: { ...contract.metrics, port: 0 } }, { logTo: nowhere, signals: [] });
  return runtime.handler((_request, response) => {
    runtime.log.info('answered');
    response.end('ok');
  });
}

function bare(): RequestListener {
  const registers = [new Registry()];
  const requests = new Counter({ name: 'bench_requests_total', help: 'h', labelNames: ['method', 'endpoint', 'status'], registers });
  const seconds = new Histogram({ name: 'bench_response_time_seconds', help: 'h', labelNames: ['method', 'endpoint'], registers });
  const concurrent = new Gauge({ name: 'bench_concurrent_requests', help: 'h', labelNames: ['endpoint'], registers });
  collectDefaultMetrics({ register: registers[0] as Registry });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'bench' }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(1) }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${collector}/v1/traces` }))],
  });
  provider.register({ propagator: new CompositePropagator({ propagators: [new B3Propagator(), new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }) });
  const tracer = provider.getTracer('bench');
  const log = pino({
    base: { service: 'bench' },
    redact: ['headers.authorization', 'headers.cookie'],
    mixin: () => {
      const span = trace.getActiveSpan()?.spanContext();
      return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
    },
  }, nowhere);
  return (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const endpoint = /^\/carts\/[^/]+$/.test(path) ? '/carts/{id}' : 'unmatched';
    const method = request.method ?? 'GET';
    concurrent.inc({ endpoint });
    const end = seconds.startTimer({ method, endpoint });
    const parent = propagation.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
    const attributes = { 'http.request.method': method, 'url.path': path, 'url.scheme': 'http', 'http.route': endpoint, 'server.address': request.headers.host ?? '' };
    const span = tracer.startSpan(`${method} ${endpoint}`, { kind: SpanKind.SERVER, attributes }, parent);
    response.once('close', () => {
      concurrent.dec({ endpoint });
      requests.inc({ method, endpoint, status: String(response.statusCode) });
      end();
      span.setAttribute('http.response.status_code', response.statusCode);
      span.end();
    });
    context.with(trace.setSpan(parent, span), () => {
      log.info('answered');
      response.end('ok');
    });
  };
}

const server = createServer(kind === 'ours' ? await ours() : bare());
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
// How much of a processor it has used until now, in microseconds.
process.on('message', () => process.send?.(process.cpuUsage().user + process.cpuUsage().system));
process.on('disconnect', () => process.exit());
