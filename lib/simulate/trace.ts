import type { From, HeaderOperation, Retries } from '../mesh/index.ts';
import type { Proxy } from './proxy.ts';
import type { Request } from './request.ts';
import type { Answer } from './server/arrival.ts';
import type { ServerStep } from './server/steps.ts';

/** What happens to a request: what was decided on the way, and how it can end. */
export interface Trace {
  readonly request: Request;
  /** Who makes it. */
  readonly client: Proxy;
  /** What is decided alike for all outcomes. */
  readonly steps: readonly Step[];
  /** Shares sum to 1. */
  readonly outcomes: readonly Outcome[];
  /** False where something that is not modelled may decide otherwise. */
  readonly sure: boolean;
}

/** One way in which the request can end. */
export interface Outcome {
  /** Of all requests like this one. */
  readonly share: number;
  /** What is decided for this outcome, after the steps of the trace. */
  readonly steps: readonly Step[];
  /** Undefined where it reaches a destination that answers by itself. */
  readonly answer: Answer | undefined;
  /** Who gives the answer of a proxy: `client`, the sidecar of the sender; a `gateway` or `waypoint` on the way; the `server`'s proxy. */
  readonly answeredBy: 'client' | 'gateway' | 'waypoint' | 'server' | undefined;
  /** Where it was sent; undefined where a proxy answered before. */
  readonly destination: Destination | undefined;
  /** How long it waits on purpose, in milliseconds. */
  readonly delay: number;
  /** After which the proxy of the client gives up, in milliseconds; 0 for never. */
  readonly timeout: number;
  /** How often it is tried again, and when. */
  readonly retries: Retries | undefined;
  /** What is changed in the answer of the destination on its way back, in order. */
  readonly responseHeaders: readonly HeaderOperation[];
  readonly sure: boolean;
}

/** Where a request was sent. */
export type Destination =
  | {
    readonly kind: 'service';
    readonly host: string;
    /** Of the service. */
    readonly port: number;
    readonly subset: string;
    /** Whether there is such a cluster: the host, its port and subset are known. */
    readonly known: boolean;
    /** The workloads that may get it, by `namespace/name`. */
    readonly workloads: readonly string[];
    /** What the client side does to the connection. */
    readonly tls: 'none' | 'one-way' | 'mutual' | 'istio mutual';
    /** As it reaches the application. */
    readonly request: Seen | undefined;
  }
  /** Sent on to the address that the client dialled. */
  | { readonly kind: 'passthrough'; readonly address: string | undefined; readonly request: Seen | undefined }
  /** Resolved by the name in the Host header. */
  | { readonly kind: 'dynamic dns'; readonly host: string; readonly request: Seen | undefined }
  | { readonly kind: 'black hole' }
  /** Refused by the configuration itself: Envoy does not take such a listener. */
  | { readonly kind: 'refused listener'; readonly why: string }
  /** The workload's own application: for requests that begin at the server. `declared`: by a Service or a Sidecar's listener. */
  | { readonly kind: 'inbound'; readonly port: number; readonly declared: boolean; readonly request: Seen | undefined };

/** A request as an application sees it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authority: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly version: '1.0' | '1.1' | '2';
}

/** What every step has. */
export interface Said {
  /** The object and field that decided; undefined where Istio's own behaviour did. */
  readonly from?: From | undefined;
  /** What nearly decided otherwise, and why it did not. */
  readonly close?: readonly { readonly from: From; readonly why: string }[] | undefined;
  /** One sentence more, where the kind of the step does not say all. */
  readonly note?: string | undefined;
}

/** Something decided on the way. */
export type Step = RoutingStep | ServerStep
  /** Something that may decide otherwise is not modelled: the outcome is unsure. */
  | Said & { readonly kind: 'not modelled'; readonly what: string };

/** What the client side, or a gateway, decided. */
export type RoutingStep =
  | Said & { readonly kind: 'client'; readonly proxy: Proxy['kind']; readonly who: string }
  | Said & { readonly kind: 'scope' }
  | Said & { readonly kind: 'listener'; readonly port: number; readonly protocol: string; readonly service: string | undefined }
  | Said & { readonly kind: 'server'; readonly port: number; readonly protocol: string; readonly tls: string | undefined }
  | Said & { readonly kind: 'inbound'; readonly port: number; readonly protocol: string; readonly declared: boolean }
  | Said & { readonly kind: 'virtual host'; readonly authority: string; readonly domains: readonly string[] | undefined }
  | Said & { readonly kind: 'route'; readonly name: string; readonly found: boolean; readonly built: 'configured' | 'default' }
  | Said & { readonly kind: 'cors'; readonly answered: boolean; readonly allowed: boolean }
  | Said & { readonly kind: 'fault'; readonly what: 'delay' | 'abort'; readonly percent: number; readonly value: string }
  | Said & { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  | Said & { readonly kind: 'direct response'; readonly status: number }
  | Said & { readonly kind: 'rewrite'; readonly before: string; readonly after: string; readonly what: 'path' | 'authority' }
  | Said & { readonly kind: 'headers'; readonly changed: readonly string[] }
  | Said & { readonly kind: 'timeout'; readonly milliseconds: number }
  | Said & { readonly kind: 'retries'; readonly attempts: number; readonly on: readonly string[]; readonly perTryTimeout: number | undefined }
  | Said & { readonly kind: 'mirror'; readonly to: string; readonly percent: number }
  | Said & { readonly kind: 'weights'; readonly to: string; readonly share: number }
  | Said & { readonly kind: 'destination'; readonly host: string; readonly port: number; readonly subset: string; readonly known: boolean }
  | Said & { readonly kind: 'destination rule'; readonly rule: string | undefined }
  | Said & { readonly kind: 'endpoints'; readonly workloads: readonly string[]; readonly count: number }
  | Said & { readonly kind: 'client tls'; readonly mode: string; readonly auto: boolean }
  | Said & { readonly kind: 'connection route'; readonly found: boolean }
  | Said & { readonly kind: 'waypoint'; readonly name: string }
  | Said & { readonly kind: 'connection failed'; readonly flag: string }
  | Said & { readonly kind: 'unknown traffic'; readonly mode: string };
