import type { Delegate } from '../traffic/delegate.ts';
import type { Routed } from '../traffic/routed.ts';
import type { HeaderChanges } from './headers.ts';

/** What a destination takes. */
export interface ShareProps {
  /** How many of a hundred requests it takes, a whole number; all destinations of a route make a hundred. @default - all, where it is the only one */
  readonly percent?: number | undefined;
  /** What is changed in the requests that go there. @default - nothing */
  readonly requestHeaders?: HeaderChanges | undefined;
  /** What is changed in the responses that come from there. @default - nothing */
  readonly responseHeaders?: HeaderChanges | undefined;
  /** The port of the service that requests are sent to. @default - the one they were sent to */
  readonly port?: number | undefined;
}

/** A version of the service itself. */
export interface ToVersion<Version extends string> extends ShareProps {
  readonly to: 'version';
  readonly version: Version;
}

/** Another service, or one version of it. */
export interface ToService extends ShareProps {
  readonly to: 'service';
  readonly service: Routed;
  readonly version?: string | undefined;
}

/** Where requests can be sent. */
export type Destination<Version extends string> = ToVersion<Version> | ToService;

/** Another place that the client is told to ask. */
export interface Redirection {
  readonly to: 'redirect';
  /** The whole path. @default - as it was */
  readonly path?: string | undefined;
  /** What stands in the place of the prefix that the route matches. @default - as it was */
  readonly prefix?: string | undefined;
  /** @default - as it was */
  readonly authority?: string | undefined;
  /** @default - as it was */
  readonly scheme?: 'http' | 'https' | undefined;
  /** The port, or where to take it from. @default - the client's own, or none */
  readonly port?: number | 'FROM_PROTOCOL_DEFAULT' | 'FROM_REQUEST_PORT' | undefined;
  /** @default 301 */
  readonly code?: 301 | 302 | 303 | 307 | 308 | undefined;
}

/** An answer that the proxy gives by itself. */
export interface DirectResponse {
  readonly to: 'response';
  readonly status: number;
  /** Text, or bytes. @default - empty */
  readonly body?: string | Uint8Array | undefined;
}

/** The routes that another VirtualService, maybe another team's, has for the same requests. */
export interface Delegation {
  readonly to: 'delegate';
  readonly name: string;
  /** @default - the namespace of the service */
  readonly namespace?: string | undefined;
  /** The routes, where they are in the same app. @default - not known */
  readonly routes?: Delegate | undefined;
}

/**
 * Where the requests of a route go.
 *
 * @example
 * To.version('v2')
 */
export const To = {
  /** A version of the service itself. */
  version: <const Version extends string>(version: Version, share: ShareProps = {}): ToVersion<Version> => ({ to: 'version', version, ...share }),
  /** Another service, or a version of it. */
  service: <Version extends string>(service: Routed<Version>, share: ShareProps & { readonly version?: NoInfer<Version> | undefined } = {}): ToService => ({ to: 'service', service, ...share }),
  /** Another place that the client is told to ask. */
  redirect: (place: Omit<Redirection, 'to'>): Redirection => ({ to: 'redirect', ...place }),
  /** An answer that the proxy gives by itself. */
  response: (status: number, body?: string | Uint8Array): DirectResponse => ({ to: 'response', status, body }),
  /** The routes of a VirtualService without hosts, as a construct or by its name; it may be another team's. */
  delegate: (routes: string | Delegate, namespace?: string): Delegation =>
    (typeof routes === 'string' ? { to: 'delegate', name: routes, namespace } : { to: 'delegate', name: routes.name, namespace: routes.namespaceName, routes }),
};
