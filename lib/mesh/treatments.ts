import type { From, Rule, Stage } from './conditions.ts';

/**
 * What happens to an HTTP request that a route takes: canonical data, with defaults filled in, so that two routes that do
 * the same are equal. What decided stands beside it, in the rule. Durations are milliseconds.
 */
export type HttpTreatment = Redirect | DirectResponse | Forward | NotFound | NotModelled;

/** The proxy answers with a redirect. */
export interface Redirect {
  readonly kind: 'redirect';
  readonly status: number;
  readonly scheme: string | undefined;
  readonly host: string | undefined;
  /** `listener` is the port that the request came in by; undefined leaves it to what the Host header and the scheme say. */
  readonly port: number | 'listener' | undefined;
  readonly path: PathRewrite | undefined;
  readonly responseHeaders: readonly HeaderOperation[];
}

/** The proxy answers by itself. */
export interface DirectResponse {
  readonly kind: 'direct response';
  readonly status: number;
  readonly body: string;
  readonly responseHeaders: readonly HeaderOperation[];
}

/** The request goes on, to one of some destinations. */
export interface Forward {
  readonly kind: 'forward';
  /** Weights have no common divisor, and none is 0. Never empty. */
  readonly destinations: readonly Share[];
  /** What answers where a destination is not there: 503, for routes of the Gateway API 500. */
  readonly missing: 500 | 503;
  readonly path: PathRewrite | undefined;
  /** 0 for none. */
  readonly timeout: number;
  /** Undefined where nothing is tried again. */
  readonly retries: Retries | undefined;
  readonly fault: Fault | undefined;
  readonly cors: Cors | undefined;
  readonly mirrors: readonly MirrorTo[];
}

/** No route takes the request. */
export interface NotFound {
  readonly kind: 'not found';
}

/** Something that Meshwright does not follow decides. */
export interface NotModelled {
  readonly kind: 'not modelled';
  /** What it is, in words. */
  readonly what: string;
}

/** Where a share of the requests goes. */
export interface Share {
  readonly to: Target;
  readonly weight: number;
  /** The Host that it sees, where that is not the one of the request. */
  readonly authority: string | undefined;
  /** Of the route and of the destination together, in the order in which Envoy does them. */
  readonly requestHeaders: readonly HeaderOperation[];
  readonly responseHeaders: readonly HeaderOperation[];
}

/** A service, or a part of one; `answers` stands for a backend that cannot be referred to, and the status that is answered instead. */
export type Target =
  | { readonly host: string; readonly subset: string; /** Undefined where the port of the service, or of the listener, is taken. */ readonly port: number | undefined }
  | { readonly answers: number };

/** How a path changes. The query stays. */
export type PathRewrite =
  | { readonly rewrite: 'whole'; readonly to: string }
  /** The first characters, as many as `prefix` has. */
  | { readonly rewrite: 'prefix'; readonly prefix: string; readonly to: string }
  /** Whole segments of the path; slashes are neither doubled nor lost. */
  | { readonly rewrite: 'segments'; readonly prefix: string; readonly to: string }
  /** Everything in the path that an RE2 expression matches; `\1` is a group. */
  | { readonly rewrite: 'regex'; readonly pattern: string; readonly to: string };

export type HeaderOperation =
  | { readonly do: 'remove'; readonly name: string }
  | { readonly do: 'set' | 'add'; readonly name: string; readonly value: string };

/** Which failures are tried again, and how often. */
export interface Retries {
  readonly attempts: number;
  /** Undefined where the timeout of the route holds. */
  readonly perTryTimeout: number | undefined;
  /** Conditions, sorted. */
  readonly on: readonly string[];
  /** Status codes that are tried again, sorted. */
  readonly codes: readonly number[];
  readonly backoff: number | undefined;
  /** Whether hosts that were tried are avoided. */
  readonly otherHosts: boolean;
}

/** What is made to fail on purpose. Percentages are of 100. */
export interface Fault {
  readonly delay: { readonly fixed: number; readonly percent: number } | undefined;
  readonly abort: { readonly status: number | undefined; readonly grpc: string | undefined; readonly percent: number } | undefined;
}

/** What pages of other origins may do. */
export interface Cors {
  readonly origins: readonly { readonly test: 'exact' | 'prefix' | 'regex'; readonly value: string }[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly expose: readonly string[];
  /** Seconds. */
  readonly maxAge: number | undefined;
  readonly credentials: boolean | undefined;
  /** Whether a preflight of another origin goes on to the destination; else the proxy answers it with 200. */
  readonly forwardsUnmatched: boolean;
}

/** A copy of requests, whose answer is thrown away. */
export interface MirrorTo {
  readonly to: Target;
  readonly percent: number;
}

/** A route: its conditions and treatment, and where its parts stand. */
export interface HttpRule extends Rule<HttpTreatment> {
  /** What the trace calls it; '' where it has no name. */
  readonly name: string;
  /** The prefix of its statistics; '' for none. It changes nothing of what happens. */
  readonly statPrefix: string;
  /** The entry with its actions: `spec.http[0]`, where `from` is the match. A delegate's entry stands in the delegate. */
  readonly entry: From;
  /** Where each destination of a forward stands, in the same order. */
  readonly shares: readonly From[];
  /** Where its retries are said; undefined where they are a default. */
  readonly retriesFrom?: From | undefined;
  /** Where each mirror stands, in the same order. */
  readonly mirrors: readonly From[];
}

/** What happens to a connection, by what can be seen before it is decrypted. */
export type ConnectionTreatment =
  | { readonly kind: 'forward'; readonly destinations: readonly { readonly to: Target; readonly weight: number }[] }
  | { readonly kind: 'unknown traffic' }
  | NotModelled;

/** A route of TLS or TCP connections. */
export interface ConnectionRule extends Rule<ConnectionTreatment> {
  readonly shares: readonly From[];
}

/** The routes of some host names, and the 404 that is theirs: a miss never falls through to another virtual host. */
export interface VirtualHost {
  /** As Envoy matches them: exact, `*suffix`, `prefix*` or `*`; case and port do not count. */
  readonly domains: readonly string[];
  readonly stage: HttpStage;
  /** What made it: the first VirtualService or route, else the service. Undefined for the one that answers for all that is unknown. */
  readonly from: From | undefined;
}

export interface HttpStage extends Stage<HttpTreatment> {
  readonly rules: readonly HttpRule[];
}

export interface ConnectionStage extends Stage<ConnectionTreatment> {
  readonly rules: readonly ConnectionRule[];
}
