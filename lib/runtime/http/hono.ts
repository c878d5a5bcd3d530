import type { ServerResponse } from 'node:http';
import { frameworkRoute } from './framework-route.ts';
import { onEnd, pathOf, type ObservedHandlerProps } from './node.ts';

/** What is read of a Hono context. */
export interface HonoContext {
  readonly req: {
    readonly method: string;
    readonly path: string;
    readonly url: string;
    header(): Record<string, string>;
    readonly matchedRoutes?: readonly { readonly path: string; readonly method: string }[];
  };
  readonly res: { readonly status: number };
  readonly error: Error | undefined;
  readonly env: unknown;
}

export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<void>;

/** Observes the requests of a Hono app: `app.use(middleware)`. */
export function honoMiddleware({ observe, endpointOf }: Omit<ObservedHandlerProps, 'failed'>): HonoMiddleware {
  return async (context, next) => {
    const { req } = context;
    const path = pathOf(req.path);
    const endpoint = endpointOf(path) ?? routeOf(context);
    const observation = observe({ method: req.method, path, endpoint, headers: req.header() });
    const outgoing = outgoingOf(context.env);
    if (outgoing) onEnd(outgoing, observation, () => endpoint);
    try {
      await observation.run(next);
      if (context.error) observation.failed(context.error);
    } catch (error) {
      observation.failed(error);
      throw error;
    } finally {
      // Where there is no node:http beneath, a request ends when its response has been made.
      if (!outgoing) observation.ended({ status: context.res.status, endpoint });
    }
  };
}

/** The last route that is no middleware. */
function routeOf({ req }: HonoContext): string | undefined {
  const route = req.matchedRoutes?.findLast(({ path, method }) => !(method === 'ALL' && path.endsWith('*')));
  return route && frameworkRoute(route.path);
}

/** What @hono/node-server gives to the app as its environment. */
function outgoingOf(env: unknown): ServerResponse | undefined {
  if (typeof env !== 'object' || env === null || !('outgoing' in env)) return undefined;
  const { outgoing } = env;
  return typeof outgoing === 'object' && outgoing !== null && 'once' in outgoing ? (outgoing as ServerResponse) : undefined;
}
