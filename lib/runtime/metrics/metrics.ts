import type { IncomingMessage, ServerResponse } from 'node:http';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics, type OpenMetricsContentType } from 'prom-client';
import type { MetricContract, MetricKind, OwnKinds, ServiceContract } from '../contract/index.ts';
import { currentTrace, type CurrentTrace } from '../current-trace.ts';
import { expressMiddleware, type ExpressMiddleware } from '../http/express.ts';
import { fastifyPlugin, type FastifyPlugin } from '../http/fastify.ts';
import { honoMiddleware, type HonoMiddleware } from '../http/hono.ts';
import { knownMethod } from '../http/method.ts';
import { observedHandler, type NodeHandler } from '../http/node.ts';
import type { Observation, ObservedRequest } from '../http/observer.ts';
import { routeTable } from '../http/route-table.ts';
import { listen, type Listening } from '../http/server.ts';
import { settled } from '../settled.ts';
import { endpointGuard } from './endpoint-guard.ts';
import { contentTypes, expose, negotiate, type ExpositionFormat } from './exposition.ts';

export interface MetricsOptions {
  /** Where warnings go: `endpoint` has too many values (said once), a metric cannot be read. @default - the warnings of the process */
  readonly warn?: ((message: string) => void) | undefined;
}

export interface MetricsServerProps {
  /** @default - that of the contract */
  readonly port?: number | undefined;
  /** @default 127.0.0.1 */
  readonly host?: string | undefined;
}

/** The service's own metrics, each as prom-client has it. */
export type OwnMetrics<Own extends OwnKinds> = { readonly [Name in keyof Own]: OfKind[Own[Name]] };

interface OfKind {
  readonly counter: Counter;
  readonly gauge: Gauge;
  readonly histogram: Histogram;
}

/** A request being timed. */
export interface RequestTimer {
  /** Records the time since the start, in seconds, and gives it; what comes after the first call changes nothing. */
  readonly stop: () => number;
  [Symbol.dispose](): void;
}

/**
 * The metrics of a contract: what a service counts, and the page that Prometheus reads.
 *
 * @example
 * const metrics = new Metrics(reviews);
 * metrics.recordRequest('GET', '/reviews/{id}', 200);
 */
export class Metrics<Own extends OwnKinds = OwnKinds> {
  /** For metrics that no contract speaks of: `new Counter({ registers: [metrics.registry], … })`. */
  readonly registry: Registry<OpenMetricsContentType>;
  readonly own: OwnMetrics<Own>;
  readonly #contract: ServiceContract;
  readonly #warn: (message: string) => void;
  readonly #requests: Counter;
  readonly #responseTime: Histogram;
  readonly #concurrentRequests: Gauge;
  readonly #endpoint: (endpoint: string) => string;
  readonly #endpointOf: (path: string) => string | undefined;

  constructor(contract: ServiceContract<string, Own>, { warn = message => { process.emitWarning(message, 'MeshwrightMetrics'); } }: MetricsOptions = {}) {
    const { metrics, name, routes } = contract;
    this.#contract = contract;
    this.#warn = warn;
    // Exemplars need a registry of this type; what a scraper gets is negotiated.
    this.registry = new Registry();
    this.registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    this.#requests = this.#make(metrics.requests, true);
    this.#responseTime = this.#make(metrics.responseTime, true);
    this.#concurrentRequests = this.#make(metrics.concurrentRequests, false);
    this.own = Object.fromEntries(Object.entries<MetricContract>(metrics.own).map(([key, metric]) => [key, this.#make(metric, false)])) as unknown as OwnMetrics<Own>;
    if (metrics.process) collectDefaultMetrics({ register: this.registry });
    this.#endpointOf = routeTable(routes);
    this.#endpoint = endpointGuard({
      declared: [...routes, metrics.unmatchedEndpoint],
      limit: metrics.endpointLimit,
      overflow: metrics.overflowEndpoint,
      onOverflow: endpoint => {
        warn(`metrics of ${name}: more than ${metrics.endpointLimit} endpoints beside its routes, the latest ${JSON.stringify(endpoint.slice(0, 200))}; this and all further ones are counted as "${metrics.overflowEndpoint}". Record templates such as /carts/{id}, not paths, or raise metrics.endpointLimit`);
      },
    });
  }

  /** Counts a request that was answered. The endpoint is a template, not a path. */
  recordRequest(method: string, endpoint: string, status: number, trace: CurrentTrace | undefined = currentTrace()): void {
    const labels = { method: methodLabel(method), endpoint: this.#endpoint(endpoint), status: statusLabel(status) };
    this.#requests.inc(trace?.sampled ? { labels, value: 1, exemplarLabels: exemplarOf(trace) } : { labels, value: 1 });
  }

  /** Records how long a request took, in seconds. */
  recordResponseTime(method: string, endpoint: string, seconds: number, trace: CurrentTrace | undefined = currentTrace()): void {
    // A clock can fail, and a number that is none would poison the sum for good.
    if (!(seconds >= 0 && seconds < Infinity)) return;
    const labels = { method: methodLabel(method), endpoint: this.#endpoint(endpoint) };
    this.#responseTime.observe(trace?.sampled ? { labels, value: seconds, exemplarLabels: exemplarOf(trace) } : { labels, value: seconds });
  }

  /** Counts a request in; what it gives counts it out again, once. */
  trackConcurrentRequests(endpoint: string): (() => void) & Disposable;
  /** Counts a request in while this runs, however it ends. */
  trackConcurrentRequests<Result>(endpoint: string, work: () => Result): Result;
  trackConcurrentRequests<Result>(endpoint: string, work?: () => Result): Result | ((() => void) & Disposable) {
    const labels = { endpoint: this.#endpoint(endpoint) };
    this.#concurrentRequests.inc(labels);
    const out = once(() => { this.#concurrentRequests.dec(labels); });
    return work ? settled(work, undefined, out) : Object.assign(out, { [Symbol.dispose]: out });
  }

  /** Starts to time a request. It cannot leak: what is never stopped is never recorded. */
  startTimer(method: string, endpoint: string): RequestTimer {
    const started = performance.now();
    let seconds: number | undefined;
    const stop = (): number => {
      if (seconds === undefined) {
        seconds = (performance.now() - started) / 1000;
        this.recordResponseTime(method, endpoint, seconds);
      }
      return seconds;
    };
    return { stop, [Symbol.dispose]: stop };
  }

  /** Times what this runs, however it ends, as the response time of an endpoint. */
  time<Result>(method: string, endpoint: string, work: () => Result): Result {
    const timer = this.startTimer(method, endpoint);
    return settled(work, timer, ({ stop }) => { stop(); });
  }

  /** Counts and times a request from its beginning to its end; for middleware. */
  observe(request: ObservedRequest, trace?: CurrentTrace): Observation {
    const { method, endpoint } = request;
    const labels = { endpoint: this.#endpoint(endpoint ?? this.#contract.metrics.unmatchedEndpoint) };
    this.#concurrentRequests.inc(labels);
    const started = performance.now();
    return {
      trace,
      run: work => work(),
      failed: () => undefined,
      ended: outcome => {
        this.#concurrentRequests.dec(labels);
        const template = outcome.endpoint ?? this.#contract.metrics.unmatchedEndpoint;
        const seconds = (performance.now() - started) / 1000;
        this.recordRequest(method, template, outcome.status, trace);
        this.recordResponseTime(method, template, seconds, trace);
      },
    };
  }

  /** A handler of node:http, measured. */
  handler(handler: NodeHandler): (request: IncomingMessage, response: ServerResponse) => void {
    return observedHandler(handler, this.#observed);
  }

  /** Middleware for Express: the first `app.use`. */
  express(): ExpressMiddleware {
    return expressMiddleware(this.#observed);
  }

  /** A plugin for Fastify: `app.register(metrics.fastify())`. */
  fastify(): FastifyPlugin {
    return fastifyPlugin(this.#observed);
  }

  /** Middleware for Hono: `app.use(metrics.hono())`. */
  hono(): HonoMiddleware {
    return honoMiddleware(this.#observed);
  }

  /** Everything that has been counted, as a scraper reads it. */
  text(format: ExpositionFormat = 'text'): Promise<string> {
    return expose(this.registry, format);
  }

  /** The page of the metrics, to mount in a server of your own; the format is what the scraper asks for. */
  readonly page = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const format = negotiate(request.headers.accept);
    this.text(format).then(
      text => { response.writeHead(200, { 'content-type': contentTypes[format], vary: 'accept' }).end(request.method === 'HEAD' ? undefined : text); },
      (error: unknown) => {
        this.#warn(`metrics of ${this.#contract.name}: a metric could not be read: ${String(error)}`);
        response.writeHead(500).end();
      },
    );
  };

  /**
   * Serves the page of the metrics on a port.
   *
   * @throws ListenError when the port is taken
   */
  serve({ port = this.#contract.metrics.port, host = '127.0.0.1' }: MetricsServerProps = {}): Promise<Listening> {
    const { path } = this.#contract.metrics;
    return listen({
      what: `metrics of ${this.#contract.name}`,
      port,
      host,
      handler: (request, response) => {
        if (request.url?.split('?')[0] === path) this.page(request, response);
        else response.writeHead(404).end();
      },
    });
  }

  get #observed(): Parameters<typeof expressMiddleware>[0] {
    return { observe: (request, trace) => this.observe(request, trace), endpointOf: this.#endpointOf };
  }

  #make<Kind extends MetricKind>({ kind, name, help, labels, buckets }: MetricContract<Kind>, enableExemplars: boolean): OfKind[Kind] {
    const config = { name, help, labelNames: [...labels], registers: [this.registry], enableExemplars };
    const make: { readonly [K in MetricKind]: () => OfKind[K] } = {
      counter: () => new Counter(config),
      gauge: () => new Gauge({ name, help, labelNames: [...labels], registers: [this.registry] }),
      histogram: () => new Histogram({ ...config, buckets: [...buckets] }),
    };
    return make[kind]();
  }
}

function methodLabel(method: string): string {
  return knownMethod(method) ?? 'OTHER';
}

function statusLabel(status: number): string {
  return Number.isInteger(status) && status >= 100 && status <= 999 ? String(status) : 'unknown';
}

function exemplarOf({ traceId, spanId }: CurrentTrace): Record<string, string> {
  return { trace_id: traceId, span_id: spanId };
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    work();
  };
}
