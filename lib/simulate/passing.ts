import type { KubernetesGateway, Mesh, RegisteredPort, RegisteredService } from '../mesh/index.ts';
import type { Branch } from './outcome.ts';
import type { Proxy } from './proxy.ts';
import type { Call } from './call.ts';
import type { Token } from './request.ts';
import type { HttpRequest, Transport } from './server/arrival.ts';

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
  /** Who comes next, where it is sent to another proxy. */
  readonly next: Next;
}

/** The proxies that a request may be sent to on its way; each stage is given them, as none can know them all. */
export interface Next {
  gateway(this: void, mesh: Mesh, proxy: Proxy, port: number, transport: Transport, passing: Passing): Branch;
  waypoint(this: void, mesh: Mesh, gateway: KubernetesGateway, service: RegisteredService, port: RegisteredPort, passing: Passing): Branch;
}
