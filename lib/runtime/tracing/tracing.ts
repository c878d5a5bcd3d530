import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  context, defaultTextMapGetter, defaultTextMapSetter, propagation, ProxyTracerProvider, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes,
  type Context, type Span, type SpanOptions, type TextMapPropagator, type Tracer,
} from '@opentelemetry/api';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-node';
import type { ServiceContract } from '../contract/index.ts';
import { traceComesFrom, type CurrentTrace } from '../current-trace.ts';
import { expressMiddleware, type ExpressMiddleware } from '../http/express.ts';
import { fastifyPlugin, type FastifyPlugin } from '../http/fastify.ts';
import { honoMiddleware, type HonoMiddleware } from '../http/hono.ts';
import { observedHandler, type NodeHandler } from '../http/node.ts';
import type { Observation, ObservedRequest } from '../http/observer.ts';
import { routeTable } from '../http/route-table.ts';
import { onSignal } from '../on-signal.ts';
import { settled, type Failure } from '../settled.ts';
import { Collector, collectorUrl } from './collector.ts';
import { isTraceHeader, propagatorOf, requestIdOf, withRequestId } from './propagator.ts';
import { recordError, recordException } from './record-error.ts';
import { endServerSpan, serverSpanName, serverSpanOptions } from './server-span.ts';

export interface TracingOptions {
  /** Where it is said, once, that the collector takes no spans. @default - the warnings of the process */
  readonly warn?: ((message: string) => void) | undefined;
  /** The signals at which spans are sent before the process ends. @default ['SIGTERM'] */
  readonly signals?: readonly NodeJS.Signals[] | undefined;
  /** How long the spans of the end may take, in milliseconds. @default 5000 */
  readonly flushDeadlineMillis?: number | undefined;
}

export interface SpanProps {
  /** The span or context that it belongs to. @default - that of the running code */
  readonly parent?: Span | Context | undefined;
  readonly attributes?: Attributes | undefined;
  /** @default - internal */
  readonly kind?: SpanKind | undefined;
}

/** Headers by name, as node:http, Fastify, Hono or `Headers` have them. */
export type HeadersLike = Readonly<Record<string, string | readonly string[] | undefined>> | Headers;

/**
 * The traces of a service: spans, the headers that carry them, and where they are sent.
 *
 * @example
 * const tracing = new Tracing(reviews);
 * await tracing.withSpan('load reviews', () => load());
 */
export class Tracing {
  readonly #provider: NodeTracerProvider;
  readonly #tracer: Tracer;
  readonly #propagator: TextMapPropagator;
  readonly #collector: Collector | undefined;
  readonly #endpointOf: (path: string) => string | undefined;
  readonly #flushDeadlineMillis: number;
  readonly #offSignals: () => void;

  constructor(contract: ServiceContract, {
    warn = message => { process.emitWarning(message, 'MeshwrightTracing'); },
    signals = ['SIGTERM'],
    flushDeadlineMillis = 5000,
  }: TracingOptions = {}) {
    const { name, version, routes, tracing } = contract;
    const url = collectorUrl(tracing.collector, process.env);
    this.#collector = url === undefined ? undefined : new Collector(url, warn);
    this.#provider = new NodeTracerProvider({
      resource: defaultResource()
        .merge(detectResources({ detectors: [envDetector] }))
        .merge(resourceFromAttributes({ 'service.name': name, 'service.version': version })),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(tracing.samplingPercent / 100) }),
      // A span of a hostile request stays small, and with the length of the queue so does the memory of an outage.
      spanLimits: { attributeValueLengthLimit: 4096 },
      spanProcessors: this.#collector ? [new BatchSpanProcessor(this.#collector)] : [],
    });
    this.#propagator = propagatorOf(tracing.propagation);
    // The first of a process serves those who ask OpenTelemetry's API.
    this.#provider.register({ propagator: this.#propagator });
    traceComesFrom(currentTraceOfContext);
    this.#tracer = this.#provider.getTracer('meshwright');
    this.#endpointOf = routeTable(routes);
    this.#flushDeadlineMillis = flushDeadlineMillis;
    this.#offSignals = onSignal(signals, () => this.stop());
  }

  /** Begins a span, which whoever asked for it ends. */
  createSpan(name: string, props: SpanProps = none): Span {
    return this.#tracer.startSpan(name, props as SpanOptions, contextOf(props.parent));
  }

  /** Runs work in a span of its own, which ends with it; what it throws is recorded, and thrown on. */
  withSpan<Result>(name: string, work: (span: Span) => Result): Result;
  withSpan<Result>(name: string, props: SpanProps, work: (span: Span) => Result): Result;
  withSpan<Result>(name: string, propsOrWork: SpanProps | ((span: Span) => Result), maybeWork?: (span: Span) => Result): Result {
    const props = typeof propsOrWork === 'function' ? none : propsOrWork;
    const work = typeof propsOrWork === 'function' ? propsOrWork : maybeWork as (span: Span) => Result;
    const parent = contextOf(props.parent);
    const span = this.#tracer.startSpan(name, props as SpanOptions, parent);
    return context.with(trace.setSpan(parent, span), runIn<Result>, undefined, span, work);
  }

  /**
   * The headers with those that carry the trace, the baggage and the request id, in place of any that carried others: the
   * headers of a request that came in can be given. What was given stays as it was.
   */
  injectContext(headers: Readonly<Record<string, string>> = {}, from: Context = context.active()): Record<string, string> {
    const carrier: Record<string, string> = {};
    this.#propagator.inject(from, carrier, defaultTextMapSetter);
    const inTrace = trace.getSpanContext(from) !== undefined;
    const kept = Object.entries(headers).filter(([name]) => !Object.hasOwn(carrier, name.toLowerCase()) && !(inTrace && isTraceHeader(name)));
    return { ...Object.fromEntries(kept), ...carrier };
  }

  /** The context that headers carry: W3C, B3, baggage and the request id. */
  extractContext(headers: HeadersLike): Context {
    return this.#propagator.extract(ROOT_CONTEXT, byLowerCaseName(headers), defaultTextMapGetter);
  }

  /** `fetch` with a span, and with the headers that carry it. */
  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = (init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase();
    const attributes = {
      'http.request.method': method,
      'server.address': url.hostname,
      'server.port': Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
      // Without user, password and query, which may hold secrets.
      'url.full': `${url.origin}${url.pathname}`,
    };
    return this.withSpan(method, { kind: SpanKind.CLIENT, attributes }, async span => {
      const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
      const response = await fetch(input, { ...init, headers: this.injectContext(Object.fromEntries(headers)) });
      span.setAttribute('http.response.status_code', response.status);
      if (response.status >= 400) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        span.setAttribute('error.type', String(response.status));
      }
      return response;
    });
  };

  /** Follows a request from its beginning to its end; for middleware. */
  observe(request: ObservedRequest): Observation {
    const extracted = this.#propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
    const requestId = requestIdOf(extracted) ?? randomUUID();
    const parent = withRequestId(extracted, requestId);
    const span = this.#tracer.startSpan(serverSpanName(request.method, request.endpoint), serverSpanOptions(request, requestId), parent);
    const inside = trace.setSpan(parent, span);
    let thrown: Failure | undefined;
    return {
      trace: currentTraceOf(span, requestId),
      run: work => context.with(inside, work),
      failed: error => {
        thrown = { error };
        recordException(span, error);
      },
      ended: outcome => { endServerSpan(span, request, outcome, thrown); },
    };
  }

  /** A handler of node:http, traced. */
  handler(handler: NodeHandler): (request: IncomingMessage, response: ServerResponse) => void {
    return observedHandler(handler, this.#observed);
  }

  /** Middleware for Express: the first `app.use`; its `errors` goes behind all routes. */
  express(): ExpressMiddleware {
    return expressMiddleware(this.#observed);
  }

  /** A plugin for Fastify: `app.register(tracing.fastify())`. */
  fastify(): FastifyPlugin {
    return fastifyPlugin(this.#observed);
  }

  /** Middleware for Hono: `app.use(tracing.hono())`. */
  hono(): HonoMiddleware {
    return honoMiddleware(this.#observed);
  }

  /** Sends what has ended until now. It does not throw: that a collector takes no spans is said by `warn`. */
  async flush(): Promise<void> {
    await within(this.#flushDeadlineMillis, this.#provider.forceFlush().then(() => this.#collector?.forceFlush()));
  }

  /** Sends what has ended, and takes no more. */
  async stop(): Promise<void> {
    this.#offSignals();
    await within(this.#flushDeadlineMillis, this.#provider.shutdown());
    const registered = trace.getTracerProvider();
    if (registered instanceof ProxyTracerProvider && registered.getDelegate() === this.#provider) {
      trace.disable();
      propagation.disable();
    }
  }

  get #observed(): Parameters<typeof expressMiddleware>[0] {
    return { observe: request => this.observe(request), endpointOf: this.#endpointOf };
  }
}

const none: SpanProps = {};

function runIn<Result>(span: Span, work: (span: Span) => Result): Result {
  return settled(work, span, endSpan);
}

function endSpan(span: Span, failed: Failure | undefined): void {
  if (failed) recordError(span, failed.error);
  span.end();
}

function contextOf(parent: Span | Context | undefined): Context {
  if (!parent) return context.active();
  return isSpan(parent) ? trace.setSpan(context.active(), parent) : parent;
}

function isSpan(parent: Span | Context): parent is Span {
  return typeof (parent as Span).spanContext === 'function';
}

function currentTraceOfContext(): CurrentTrace | undefined {
  const active = context.active();
  const span = trace.getSpan(active);
  return span && currentTraceOf(span, requestIdOf(active));
}

function currentTraceOf(span: Span, requestId: string | undefined): CurrentTrace {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return { traceId, spanId, sampled: (traceFlags & 1) === 1, requestId };
}

function byLowerCaseName(headers: HeadersLike): Record<string, string | readonly string[] | undefined> {
  return Object.fromEntries(headers instanceof Headers ? headers : Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Waits, but not for ever; a failure was said where it happened. */
async function within(millis: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>(resolve => { timer = setTimeout(resolve, millis); });
  await Promise.race([work.catch(() => undefined), deadline]);
  clearTimeout(timer);
}
