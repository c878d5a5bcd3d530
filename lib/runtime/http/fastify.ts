import type { IncomingMessage, ServerResponse } from 'node:http';
import { frameworkRoute } from './framework-route.ts';
import { observed, onEnd, pathOf, type ObservedHandlerProps } from './node.ts';
import type { Observation } from './observer.ts';

interface FastifyRequest {
  readonly raw: IncomingMessage;
  readonly routeOptions: { readonly url?: string | undefined };
}

interface FastifyReply {
  readonly raw: ServerResponse;
}

type Done = (error?: Error) => void;

/** What is used of a Fastify instance. */
export interface FastifyApp {
  addHook(name: 'onRequest' | 'preValidation', hook: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void): unknown;
  addHook(name: 'onError', hook: (request: FastifyRequest, reply: FastifyReply, error: Error, done: () => void) => void): unknown;
}

export type FastifyPlugin = (app: FastifyApp, options: object, done: Done) => void;

/** Observes the requests of a Fastify app: `app.register(plugin)`. */
export function fastifyPlugin({ observe, endpointOf }: Omit<ObservedHandlerProps, 'failed'>): FastifyPlugin {
  const observations = new WeakMap<FastifyRequest, Observation>();
  const plugin: FastifyPlugin = (app, _options, done) => {
    app.addHook('onRequest', (request, { raw }, next) => {
      const path = pathOf(request.raw.url);
      const endpoint = endpointOf(path) ?? (request.routeOptions.url === undefined ? undefined : frameworkRoute(request.routeOptions.url));
      const observation = observe(observed(request.raw, path, endpoint));
      observations.set(request, observation);
      onEnd(raw, observation, () => endpoint);
      observation.run(next);
    });
    // Reading a body loses the context that onRequest ran in.
    app.addHook('preValidation', (request, _reply, next) => {
      const observation = observations.get(request);
      if (observation) observation.run(next);
      else next();
    });
    app.addHook('onError', (request, _reply, error, next) => {
      observations.get(request)?.failed(error);
      next();
    });
    done();
  };
  // Hooks of a plugin hold for its own routes only, unless it says this.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'meshwright' });
}
