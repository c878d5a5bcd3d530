import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientClosedRequest, type Observation, type ObservedRequest, type Observer } from './observer.ts';

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface ObservedHandlerProps {
  readonly observe: Observer;
  /** The template that a path belongs to. */
  readonly endpointOf: (path: string) => string | undefined;
  /** What happens to an error that the handler throws. @default - what would happen without this: it is thrown, and ends the process */
  readonly failed?: ((error: unknown, response: ServerResponse) => void) | undefined;
}

/** A handler of node:http, observed. */
export function observedHandler(handler: NodeHandler, { observe, endpointOf, failed }: ObservedHandlerProps): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const path = pathOf(request.url);
    const endpoint = endpointOf(path);
    const observation = observe(observed(request, path, endpoint));
    onEnd(response, observation, () => endpoint);
    const caught = (error: unknown): void => {
      observation.failed(error);
      if (!failed) throw error;
      observation.run(() => { failed(error, response); });
    };
    try {
      const result = observation.run(() => handler(request, response));
      if (result instanceof Promise) void result.catch(caught);
    } catch (error) {
      caught(error);
    }
  };
}

export function observed(request: IncomingMessage, path: string, endpoint: string | undefined): ObservedRequest {
  return { method: request.method ?? 'GET', path, endpoint, headers: request.headers };
}

/** Tells an observation of the end of a response, be it whole or cut off. */
export function onEnd(response: ServerResponse, observation: Observation, endpoint: () => string | undefined): void {
  response.once('close', () => {
    observation.ended({ status: statusOf(response), endpoint: endpoint() });
  });
}

/** The status; of a response that was cut off it depends on by whom: the caller who left, or the service that failed in the middle of it. */
function statusOf({ statusCode, writableFinished, errored, req: { socket } }: ServerResponse): number {
  if (writableFinished && !errored) return statusCode;
  // An error that a response is destroyed with is its socket's, too.
  return socket.readableEnded || (socket.errored && socket.errored !== errored) ? clientClosedRequest : 500;
}

/** The path of a request's target, which may be whole (`http://host/path`), as a proxy is asked. */
export function pathOf(url = '/'): string {
  const target = url.startsWith('/') || !URL.canParse(url) ? url : new URL(url).pathname;
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}
