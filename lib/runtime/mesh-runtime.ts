import type { RequestListener, Server, ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { DestinationStream } from 'pino';
import type { OwnKinds, ServiceContract } from './contract/index.ts';
import { expressMiddleware, type ExpressMiddleware } from './http/express.ts';
import { fastifyPlugin, type FastifyPlugin } from './http/fastify.ts';
import { honoMiddleware, type HonoMiddleware } from './http/hono.ts';
import { observedHandler, pathOf, type NodeHandler } from './http/node.ts';
import { both } from './http/observer.ts';
import { routeTable } from './http/route-table.ts';
import { listen, type Listening } from './http/server.ts';
import type { Keys, Tokens } from './jwt/index.ts';
import { createLogger, type Logger } from './logging/index.ts';
import { Metrics } from './metrics/index.ts';
import { onSignal } from './on-signal.ts';
import { Tracing } from './tracing/index.ts';

export interface MeshRuntimeOptions {
  /** Where servers listen. @default - MESHWRIGHT_HOST of the environment (`MeshService` sets it), else 127.0.0.1 */
  readonly host?: string | undefined;
  /** Where profiles are served, for they show the inside of the program. @default - MESHWRIGHT_PROFILING_HOST of the environment, else 127.0.0.1 */
  readonly profilingHost?: string | undefined;
  /** The keys of the tokens that the service issues. @default - those of token.jwksUri */
  readonly keys?: Keys | undefined;
  /** Asked by the readiness probe while the service serves. @default - it is ready */
  readonly ready?: (() => boolean | Promise<boolean>) | undefined;
  /** At which the service stops in order. @default ['SIGTERM', 'SIGINT'] */
  readonly signals?: readonly NodeJS.Signals[] | undefined;
  /** How long requests are still taken after the readiness probe says no, in milliseconds: what endpoints need to learn of it. @default 0 */
  readonly drainMillis?: number | undefined;
  /** How long requests that are being answered may take at the end, in milliseconds. @default 10000 */
  readonly deadlineMillis?: number | undefined;
  /** Where the log goes. @default - stdout */
  readonly logTo?: DestinationStream | undefined;
}

export interface ServeProps {
  /** @default - the first of the contract */
  readonly port?: number | undefined;
  /** @default - that of the runtime */
  readonly host?: string | undefined;
}

/** Everything that a contract enables, running. */
export interface MeshRuntime<Own extends OwnKinds = OwnKinds> {
  readonly log: Logger;
  readonly tracing: Tracing;
  readonly metrics: Metrics<Own>;
  /** @throws when the contract has no token */
  readonly tokens: Tokens;
  /** `fetch` with the headers of the trace. */
  readonly fetch: typeof fetch;
  /** Where metrics and probes are served. */
  readonly operations: Listening;
  /** A handler of node:http, traced and measured; what it throws is logged, and answered with 500. An issuer's public keys are served beside it. */
  handler(handler: NodeHandler): RequestListener;
  /** Middleware for Express: the first `app.use`; its `errors` goes behind all routes. */
  express(): ExpressMiddleware;
  fastify(): FastifyPlugin;
  hono(): HonoMiddleware;
  /** Listens for requests with a handler or a server, which `stop` closes; from then on the service is ready. @throws ListenError */
  serve(handler: RequestListener | Server, props?: ServeProps): Promise<Listening>;
  /** What `stop` also does, once no request is answered any more; the last that was said goes first. */
  onStop(work: () => void | Promise<void>): void;
  /** Takes no more requests, ends those that are there, sends the last spans, and closes. */
  stop(): Promise<void>;
}

/**
 * Starts all that a contract enables: log, traces, metrics, probes, tokens, profiles; and stops it in order at SIGTERM.
 *
 * @example
 * const runtime = await meshRuntime(reviews);
 * await runtime.serve(runtime.handler((request, response) => { response.end('[]'); }));
 *
 * @throws ListenError when a port is taken, TokenError when keys cannot be had; what was started by then is stopped
 */
export async function meshRuntime<const Own extends OwnKinds>(contract: ServiceContract<string, Own>, options: MeshRuntimeOptions = {}): Promise<MeshRuntime<Own>> {
  const { ready = () => true, signals = ['SIGTERM', 'SIGINT'], drainMillis = 0, deadlineMillis = 10_000 } = options;
  const { host = process.env.MESHWRIGHT_HOST ?? '127.0.0.1', profilingHost = process.env.MESHWRIGHT_PROFILING_HOST ?? '127.0.0.1' } = options;
  const log = createLogger(contract, { destination: options.logTo });
  const warn = (message: string): void => { log.warn(message); };
  const metrics = new Metrics(contract, { warn });
  const tracing = new Tracing(contract, { warn, signals: [] });
  // Where an issuer serves its public keys.
  const jwksPath = contract.token?.jwksUri === undefined ? contract.token?.jwksPath : undefined;
  const observed = {
    observe: both(request => tracing.observe(request), (request, trace) => metrics.observe(request, trace)),
    endpointOf: routeTable(jwksPath === undefined ? contract.routes : [...contract.routes, jwksPath]),
  };

  let phase: 'starting' | 'serving' | 'stopping' = 'starting';
  const servers: Listening[] = [];
  const parts: ((deadlineMillis: number) => void | Promise<void>)[] = [];
  const works: (() => void | Promise<void>)[] = [];
  const closeParts = async (): Promise<void> => {
    await tracing.stop();
    for (const close of parts) await close(1000);
  };

  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => stopped ??= (async () => {
    phase = 'stopping';
    offSignals();
    log.info('stopping');
    await setTimeout(drainMillis);
    await Promise.all(servers.map(server => server.close(deadlineMillis)));
    for (const work of works.reverse()) {
      try {
        await work();
      } catch (error) {
        log.error({ err: error }, 'failed while stopping');
      }
    }
    await closeParts();
    log.info('stopped');
  })();
  const offSignals = onSignal(signals, stop);

  try {
    const tokens = contract.token && new (await import('./jwt/index.ts')).Tokens(contract, { keys: options.keys });
    const operations = await listen({
      what: `metrics and probes of ${contract.name}`,
      port: contract.metrics.port,
      host,
      handler: (request, response) => {
        const path = pathOf(request.url);
        if (path === contract.metrics.path) metrics.page(request, response);
        else if (path === contract.health.livePath) response.writeHead(200).end();
        else if (path === contract.health.readyPath) void answerReady(response);
        else response.writeHead(404).end();
      },
    });
    parts.push(deadline => operations.close(deadline));
    if (contract.profiling.enabled) {
      const profiles = new (await import('./profiling/index.ts')).Profiles(contract);
      parts.push(() => { profiles.close(); });
      const server = await profiles.serve({ host: profilingHost });
      parts.push(deadline => server.close(deadline));
    }

    return {
      log,
      tracing,
      metrics,
      get tokens() {
        if (tokens) return tokens;
        throw new Error(`the contract of ${contract.name} has no token; say its issuer and audience there`);
      },
      fetch: tracing.fetch,
      operations,
      handler(handler): RequestListener {
        return observedHandler((request, response) => {
          if (jwksPath !== undefined && pathOf(request.url) === jwksPath) tokens?.jwksPage(request, response);
          else return handler(request, response);
        }, { ...observed, failed });
      },
      express: () => expressMiddleware(observed),
      fastify: () => fastifyPlugin(observed),
      hono: () => honoMiddleware(observed),
      async serve(handler, { port = contract.ports[0]?.targetPort ?? 0, host: own = host } = {}): Promise<Listening> {
        const server = await listen({ what: contract.name, port, host: own, handler });
        server.server.prependListener('request', (_request, response: ServerResponse) => {
          // So that callers take their next request elsewhere.
          if (phase === 'stopping') response.setHeader('connection', 'close');
        });
        servers.push(server);
        if (phase === 'starting') phase = 'serving';
        log.info({ port: server.port, metricsPort: operations.port }, 'serving');
        return server;
      },
      onStop: work => { works.push(work); },
      stop,
    };
  } catch (error) {
    offSignals();
    await closeParts();
    throw error;
  }

  function failed(error: unknown, response: ServerResponse): void {
    log.error({ err: error }, 'a request failed');
    if (response.headersSent) response.destroy();
    else response.writeHead(500).end();
  }

  async function answerReady(response: ServerResponse): Promise<void> {
    let yes = false;
    try {
      yes = phase === 'serving' && await ready();
    } catch (error) {
      log.warn({ err: error }, 'the readiness of the service could not be found out');
    }
    response.writeHead(yes ? 200 : 503).end();
  }
}
