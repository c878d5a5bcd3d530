import { createServer, type IncomingHttpHeaders } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { context, propagation, ROOT_CONTEXT, trace, type Span } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defineService, type Propagation } from '../../../lib/runtime/contract/index.ts';
import { currentTrace } from '../../../lib/runtime/current-trace.ts';
import { listen } from '../../../lib/runtime/http/server.ts';
import { Tracing } from '../../../lib/runtime/tracing/index.ts';
import { otlpReceiver, type OtlpReceiver } from '../otlp-receiver.ts';
import { until } from '../prometheus.ts';

let receiver: OtlpReceiver;
const stops: (() => Promise<void>)[] = [];
beforeEach(async () => { receiver = await otlpReceiver(); });
afterEach(async () => {
  await Promise.all(stops.splice(0).map(stop => stop()));
  await receiver.close();
});

function tracingOf(propagates: Propagation = 'w3c', samplingPercent = 100, collector: string | undefined = receiver.url): { tracing: Tracing; warnings: string[] } {
  const warnings: string[] = [];
  const contract = defineService({ name: 'cart', version: '1.2.3', port: 80, routes: ['/carts/{id}'], tracing: { propagation: propagates, samplingPercent, collector } });
  const tracing = new Tracing(contract, { warn: message => warnings.push(message), signals: [], flushDeadlineMillis: 3000 });
  stops.push(() => tracing.stop());
  return { tracing, warnings };
}

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

describe('spans', () => {
  test('arrive with their service, parent and attributes', async () => {
    const { tracing } = tracingOf();
    tracing.withSpan('checkout', { attributes: { items: 2 } }, () => {
      tracing.createSpan('reserve').end();
    });
    await tracing.flush();
    const [reserve, checkout] = receiver.spans;
    expect([reserve?.name, reserve?.parentSpanId, reserve?.traceId]).toEqual(['reserve', checkout?.spanId, checkout?.traceId]);
    expect([checkout?.name, checkout?.parentSpanId, checkout?.attributes]).toEqual(['checkout', '', { items: 2 }]);
    expect(checkout?.resource).toMatchObject({ 'service.name': 'cart', 'service.version': '1.2.3', 'telemetry.sdk.language': 'nodejs' });
  });

  test('belong to the parent that they are given, span or context', async () => {
    const { tracing } = tracingOf();
    const parent = tracing.createSpan('parent');
    tracing.createSpan('of a span', { parent }).end();
    tracing.createSpan('of a context', { parent: tracing.extractContext({ Traceparent: `00-${traceId}-${spanId}-01` }) }).end();
    parent.end();
    await tracing.flush();
    expect(receiver.spans.map(span => [span.name, span.parentSpanId])).toEqual([['of a span', parent.spanContext().spanId], ['of a context', spanId], ['parent', '']]);
  });

  test('hold what was thrown or rejected, and it is thrown on', async () => {
    const { tracing } = tracingOf();
    expect(() => tracing.withSpan('throws', () => { throw new TypeError('no'); })).toThrow('no');
    await expect(tracing.withSpan('rejects', () => Promise.reject(new RangeError('far')))).rejects.toThrow('far');
    await tracing.flush();
    expect(receiver.spans.map(({ name, status, events }) => [name, status, events[0]?.attributes['exception.message']])).toEqual([['throws', 2, 'no'], ['rejects', 2, 'far']]);
  });

  test('follow the running code through promises and timers', async () => {
    const { tracing } = tracingOf();
    await tracing.withSpan('outer', async span => {
      await setTimeout(1);
      expect(currentTrace()).toEqual({ traceId: span.spanContext().traceId, spanId: span.spanContext().spanId, sampled: true, requestId: undefined });
    });
    expect(currentTrace()).toBeUndefined();
  });

  test('are recorded as the caller decided, and at the percentage of the contract where no one did', async () => {
    const { tracing } = tracingOf('w3c', 0);
    tracing.createSpan('begins here').end();
    tracing.createSpan('recorded', { parent: tracing.extractContext({ traceparent: `00-${traceId}-${spanId}-01` }) }).end();
    tracing.createSpan('not recorded', { parent: tracing.extractContext({ traceparent: `00-${traceId}-${spanId}-00` }) }).end();
    await tracing.flush();
    expect(receiver.spans.map(({ name }) => name)).toEqual(['recorded']);
  });

  test('are those of OpenTelemetry\'s own API too', async () => {
    const { tracing } = tracingOf();
    tracing.withSpan('ours', () => { trace.getTracer('a library').startSpan('theirs').end(); });
    await tracing.flush();
    const [theirs, ours] = receiver.spans;
    expect([theirs?.name, theirs?.parentSpanId]).toEqual(['theirs', ours?.spanId]);
  });

  test('cost no more memory than so much a value', async () => {
    const { tracing } = tracingOf();
    tracing.createSpan('long', { attributes: { long: 'x'.repeat(1_000_000) } }).end();
    await tracing.flush();
    expect(String(receiver.spans[0]?.attributes.long)).toHaveLength(4096);
  });
});

describe('headers', () => {
  test.each([
    ['w3c', ['baggage', 'traceparent', 'x-request-id']],
    ['b3', ['baggage', 'x-b3-sampled', 'x-b3-spanid', 'x-b3-traceid', 'x-request-id']],
    ['w3c+b3', ['baggage', 'traceparent', 'x-b3-sampled', 'x-b3-spanid', 'x-b3-traceid', 'x-request-id']],
  ] as const)('are written as the mesh is set: %s', (propagates, names) => {
    const { tracing } = tracingOf(propagates);
    const incoming = tracing.extractContext({ traceparent: `00-${traceId}-${spanId}-01`, 'x-request-id': 'abc', baggage: 'team=shop' });
    const given = { accept: 'text/plain' };
    const headers = tracing.injectContext(given, incoming);
    expect(Object.keys(headers).sort()).toEqual(['accept', ...names]);
    expect(headers['x-request-id']).toBe('abc');
    expect(given).toEqual({ accept: 'text/plain' });
  });

  test.each([
    ['W3C', { traceparent: `00-${traceId}-${spanId}-01` }],
    ['B3, many headers', { 'x-b3-traceid': traceId, 'x-b3-spanid': spanId, 'x-b3-sampled': '1' }],
    ['B3, one header', { b3: `${traceId}-${spanId}-1` }],
    ['B3 with a short trace id', { 'x-b3-traceid': traceId.slice(16), 'x-b3-spanid': spanId, 'x-b3-sampled': '1' }],
    ['both, where W3C goes first', { traceparent: `00-${traceId}-${spanId}-01`, b3: `${'1'.repeat(32)}-${'2'.repeat(16)}-1` }],
    ['names in any case', { TraceParent: `00-${traceId}-${spanId}-01` }],
    ['Headers', new Headers({ traceparent: `00-${traceId}-${spanId}-01` })],
  ])('are read whatever the mesh is set to: %s', (_, headers) => {
    const found = trace.getSpanContext(tracingOf().tracing.extractContext(headers));
    expect([found?.traceId.slice(16), found?.spanId, found?.traceFlags]).toEqual([traceId.slice(16), spanId, 1]);
  });

  test('stand in place of those of another trace, so that what came in can be passed on', () => {
    const { tracing } = tracingOf('b3');
    const incoming = { Traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'a=b', b3: '0', 'X-B3-TraceId': '1'.repeat(32), 'X-Request-Id': 'r-1', accept: 'a/b' };
    const span = tracing.createSpan('x', { parent: tracing.extractContext(incoming) });
    const headers = tracing.injectContext(incoming, trace.setSpan(tracing.extractContext(incoming), span));
    expect(headers).toEqual({ accept: 'a/b', 'x-request-id': 'r-1', 'x-b3-traceid': traceId, 'x-b3-spanid': span.spanContext().spanId, 'x-b3-sampled': '1' });
    expect(tracing.injectContext(incoming, tracing.extractContext({}))).toEqual(incoming);
  });

  test.each([
    ['nothing', {}],
    ['no hexadecimal', { traceparent: '00-zzz-zzz-01' }],
    ['zeros', { traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01` }],
    ['half a B3', { 'x-b3-traceid': traceId }],
    ['empty B3', { b3: '', 'x-b3-traceid': '' }],
    ['a list', { traceparent: [`00-${traceId}`, 'x'] }],
    ['a long text', { traceparent: 'a-'.repeat(50_000), tracestate: 'a=b,'.repeat(50_000), baggage: 'x=y,'.repeat(50_000) }],
  ])('that make no sense make no trace: %s', (_, headers) => {
    const { tracing } = tracingOf('w3c+b3');
    const extracted = tracing.extractContext(headers);
    expect(trace.getSpanContext(extracted)).toBeUndefined();
    expect(Object.keys(tracing.injectContext({}, extracted)).filter(name => name !== 'baggage')).toEqual([]);
    expect((tracing.injectContext({}, extracted).baggage ?? '').length).toBeLessThan(9000);
  });

  test.each([['an id with a space', 'a b'], ['a long id', 'a'.repeat(201)], ['a line end', 'a\nb']])('a request id that is none is left behind: %s', (_, id) => {
    const { tracing } = tracingOf();
    expect(tracing.injectContext({}, tracing.extractContext({ 'x-request-id': id }))).toEqual({});
  });
});

describe('fetch', () => {
  async function echo(): Promise<{ url: string; seen: IncomingHttpHeaders[] }> {
    const seen: IncomingHttpHeaders[] = [];
    const server = await listen({
      what: 'echo', port: 0, host: '127.0.0.1',
      handler: createServer((request, response) => {
        seen.push(request.headers);
        response.writeHead(request.url?.startsWith('/missing') ? 404 : 200).end('{}');
      }),
    });
    stops.push(() => server.close());
    return { url: `http://127.0.0.1:${server.port}`, seen };
  }

  test('carries the trace, and is a span without what may be secret', async () => {
    const { tracing } = tracingOf();
    const { url, seen } = await echo();
    const response = await tracing.withSpan('outer', () => tracing.fetch(`${url}/carts?token=secret`, { method: 'post', body: '{}', headers: { accept: 'a/b' } }));
    await tracing.flush();
    const [client, outer] = receiver.spans;
    expect([response.status, seen[0]?.accept, seen[0]?.traceparent]).toEqual([200, 'a/b', `00-${outer?.traceId}-${client?.spanId}-01`]);
    expect([client?.name, client?.kind, client?.parentSpanId, client?.attributes['url.full']]).toEqual(['POST', 'CLIENT', outer?.spanId, `${url}/carts`]);
    expect(JSON.stringify(receiver.spans)).not.toContain('secret');
  });

  test('takes a Request and keeps its headers', async () => {
    const { tracing } = tracingOf();
    const { url, seen } = await echo();
    await tracing.fetch(new Request(url, { method: 'PUT', body: 'x', headers: { 'x-mine': '1' } }));
    expect([seen[0]?.['x-mine'], seen[0]?.traceparent === undefined]).toEqual(['1', false]);
  });

  test('puts its headers in place of those of another trace', async () => {
    const { tracing } = tracingOf('b3');
    const { url, seen } = await echo();
    await tracing.fetch(new Request(url, { headers: { traceparent: `00-${traceId}-${spanId}-01`, b3: '0', 'x-mine': '1' } }));
    expect([seen[0]?.['x-mine'], seen[0]?.traceparent, seen[0]?.b3, seen[0]?.['x-b3-traceid'] === undefined]).toEqual(['1', undefined, undefined, false]);
  });

  test('marks what failed', async () => {
    const { tracing } = tracingOf();
    const { url } = await echo();
    await tracing.fetch(`${url}/missing`);
    await expect(tracing.fetch('http://127.0.0.1:1')).rejects.toThrow();
    await expect(tracing.fetch(url, { signal: AbortSignal.abort() })).rejects.toThrow();
    await tracing.flush();
    expect(receiver.spans.map(({ status, attributes }) => [status, attributes['error.type']])).toEqual([[2, '404'], [2, 'TypeError'], [2, 'AbortError']]);
  });
});

describe('a collector that', () => {
  const faults: readonly (readonly [string, (receiver: OtlpReceiver) => void | Promise<void>, string])[] = [
    ['is down', receiver => receiver.close(), 'ECONNREFUSED'],
    ['resets connections', receiver => { receiver.behaviour = 'reset'; }, 'ECONNRESET'],
    ['never answers', receiver => { receiver.behaviour = 'hang'; }, 'Request timed out'],
    ['refuses', receiver => { receiver.behaviour = 'refuse'; }, 'status 400'],
  ];
  test.each(faults)('%s breaks no request, is said once, and costs bounded memory', async (_, fault, reason) => {
    process.env.OTEL_EXPORTER_OTLP_TIMEOUT = '300';
    process.env.OTEL_BSP_SCHEDULE_DELAY = '50';
    try {
      const { tracing, warnings } = tracingOf();
      await fault(receiver);
      const service = await listen({ what: 'the example', port: 0, host: '127.0.0.1', handler: createServer(tracing.handler((_request, response) => { response.end('fine'); })) });
      for (let i = 0; i < 50; i += 1) expect(await (await fetch(`http://127.0.0.1:${service.port}/carts/${i}`)).text()).toBe('fine');
      await until('it is said', () => warnings.length > 0);
      const spans = Array.from({ length: 20_000 }, () => endedSpan(tracing));
      await setTimeout(100);
      collectGarbage();
      // The queue of OpenTelemetry's batch processor, and what is on its way.
      expect(spans.filter(span => span.deref()).length).toBeLessThan(2048 + 2 * 512);
      await tracing.flush();
      expect(warnings).toEqual([`tracing: ${receiver.url}/v1/traces takes no spans (${reason}); they are dropped until it does, and requests go on`]);
      await service.close();
    } finally {
      delete process.env.OTEL_EXPORTER_OTLP_TIMEOUT;
      delete process.env.OTEL_BSP_SCHEDULE_DELAY;
    }
  });

  test('comes back is said too, and gets the spans of then', async () => {
    process.env.OTEL_EXPORTER_OTLP_TIMEOUT = '300';
    try {
      const { tracing, warnings } = tracingOf();
      receiver.behaviour = 'refuse';
      tracing.createSpan('lost').end();
      await tracing.flush();
      receiver.behaviour = 'take';
      tracing.createSpan('found').end();
      await tracing.flush();
      expect(receiver.spans.map(({ name }) => name)).toEqual(['found']);
      expect(warnings[1]).toBe(`tracing: ${receiver.url}/v1/traces takes spans again; at least 1 were dropped`);
    } finally {
      delete process.env.OTEL_EXPORTER_OTLP_TIMEOUT;
    }
  });

  test('is named by the environment goes before that of the contract', async () => {
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `${receiver.url}/`;
    try {
      const { tracing } = tracingOf('w3c', 100, 'http://127.0.0.1:1');
      tracing.createSpan('x').end();
      await tracing.flush();
      expect(receiver.spans).toHaveLength(1);
    } finally {
      delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    }
  });
});

test('what a stop leaves behind is free for the next', async () => {
  const first = tracingOf().tracing;
  await first.stop();
  const { tracing } = tracingOf();
  context.with(tracing.extractContext({ traceparent: `00-${traceId}-${spanId}-01` }), () => { trace.getTracer('x').startSpan('after').end(); });
  await tracing.flush();
  expect(receiver.spans.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([['after', spanId]]);
  expect(propagation.fields()).toContain('traceparent');
  expect(trace.getSpan(ROOT_CONTEXT)).toBeUndefined();
});

function endedSpan(tracing: Tracing): WeakRef<Span> {
  const span = tracing.createSpan('x');
  span.end();
  return new WeakRef(span);
}

function collectGarbage(): void {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
}
