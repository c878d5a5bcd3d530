import type { ServerResponse } from 'node:http';
import { followRoute, type ExpressRequest } from './express-route.ts';
import { observed, onEnd, pathOf, type ObservedHandlerProps } from './node.ts';
import type { Observation } from './observer.ts';

export type Next = (error?: unknown) => void;

/** Express middleware, and the one that goes behind all routes to see what they threw. */
export interface ExpressMiddleware {
  (request: ExpressRequest, response: ServerResponse, next: Next): void;
  /** Records what a handler threw, and passes it on. */
  readonly errors: (error: unknown, request: ExpressRequest, response: ServerResponse, next: Next) => void;
}

// Of all middleware, so that any `errors` will do.
const observations = new WeakMap<ServerResponse, readonly Observation[]>();

/** Observes the requests of an Express app; the first `app.use`. */
export function expressMiddleware({ observe, endpointOf }: Omit<ObservedHandlerProps, 'failed'>): ExpressMiddleware {
  const middleware = (request: ExpressRequest, response: ServerResponse, next: Next): void => {
    const path = pathOf(request.originalUrl ?? request.url);
    const endpoint = endpointOf(path);
    const observation = observe(observed(request, path, endpoint));
    observations.set(response, [...(observations.get(response) ?? []), observation]);
    // Express knows its route only when a handler has been found.
    onEnd(response, observation, endpoint === undefined ? followRoute(request) : () => endpoint);
    observation.run(next);
  };
  return Object.assign(middleware, {
    errors(error: unknown, _request: ExpressRequest, response: ServerResponse, next: Next): void {
      for (const observation of observations.get(response) ?? []) observation.failed(error);
      next(error);
    },
  });
}
