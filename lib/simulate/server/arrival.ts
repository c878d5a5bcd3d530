import type { Dimension } from '../../mesh/index.ts';
import type { Proxy } from '../proxy.ts';
import type { Token } from '../request.ts';
import type { Step } from '../trace.ts';

/** A request, or a TCP connection, as it comes to the port of a workload or of a gateway, before anything there has looked at it. */
export interface Arrival {
  readonly at: Proxy;
  /** The port of the workload (not of its Service); of a gateway the one that it listens on. */
  readonly port: number;
  /** What is in the connection, inside the TLS of the mesh or of the gateway. */
  readonly carries: 'http' | 'tcp';
  /** Whether the chain of the port reads HTTP: so that conditions of HTTP can be asked. */
  readonly readsHttp: boolean;
  readonly transport: Transport;
  /** The other end of the connection. */
  readonly peerIp: string;
  /** The client before all trusted proxies. @default - told from `x-forwarded-for` and numTrustedProxies, else the peer */
  readonly remoteIp: string | undefined;
  /** The address that was dialled. */
  readonly destinationIp: string | undefined;
  readonly http: HttpRequest | undefined;
  /** Tokens among the headers and parameters of the request; those that are only text there are read too. */
  readonly tokens: readonly Token[];
  /** The service that was asked for, as `namespace/name`: policies of waypoints may be attached to it. */
  readonly service: string | undefined;
}

/** How a connection is secured. */
export type Transport =
  | { readonly tls: 'none' }
  /** TLS of the application or of a client without a certificate. */
  | { readonly tls: 'one-way'; readonly sni: string | undefined; readonly alpn: string | undefined }
  /** A client certificate. `istio`: of the mesh (its ALPN says so). No identity: a certificate of someone else. */
  | { readonly tls: 'mutual'; readonly istio: boolean; readonly identity: string | undefined; readonly sni: string | undefined };

/** An HTTP request between two proxies. */
export interface HttpRequest {
  readonly version: '1.0' | '1.1' | '2';
  readonly method: string;
  /** As sent, with the query, without a fragment. */
  readonly path: string;
  /** With the port, if one is sent. */
  readonly authority: string;
  readonly scheme: 'http' | 'https';
  /** Names in lower case; several values joined with commas. */
  readonly headers: ReadonlyMap<string, string>;
  readonly grpc: boolean;
}

/** What the server side says: what was decided, step by step, and how it ends there. */
export interface Served {
  readonly steps: readonly Step[];
  /** Undefined where the request goes on: to the application, or at a gateway to its routes. */
  readonly answer: Answer | undefined;
  /** The request as it goes on: path normalized, tokens taken out, claims put into headers. */
  readonly http: HttpRequest | undefined;
  /** What is known of the caller by then, for routes that ask: `claim:…`, `request.principal` and the like. */
  readonly known: ReadonlyMap<Dimension, readonly string[]>;
  /** False where something that is not modelled may decide otherwise. */
  readonly sure: boolean;
}

/** How a proxy ends a request by itself. */
export interface Answer {
  /** `closed`: the connection ends without an answer; `refused`: nothing listens. */
  readonly kind: 'http' | 'closed' | 'refused';
  /** Of HTTP. For gRPC it is what an HTTP client would see. */
  readonly status: number | undefined;
  /** Envoy's response flag, such as NR, UH, UF, UAEX; '' for none. */
  readonly flag: string;
  readonly body: string;
  readonly headers: ReadonlyMap<string, string>;
}
