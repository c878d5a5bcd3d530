import type { Proxy } from './proxy.ts';
import type { Call } from './call.ts';
import type { Token } from './request.ts';
import type { HttpRequest } from './server/arrival.ts';

/** A request on its way: what a proxy has before it, and passes on. */
export interface Passing {
  /** The proxy, or the application without one, that sends it on. */
  readonly sender: Proxy;
  /** The request, also where it is inside TLS of the application that no proxy reads. */
  readonly http: HttpRequest | undefined;
  /** TLS of the application itself, that is passed on as it is. */
  readonly tls: Call['tls'];
  readonly tokens: readonly Token[];
  /** The address of the sender. */
  readonly ip: string;
  /** How many gateways it has passed. */
  readonly hops: number;
}
