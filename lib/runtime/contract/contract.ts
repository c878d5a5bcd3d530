/**
 * What a service promises its mesh, with nothing left open: plain frozen data that the constructs and the running
 * service both read, so that an alert cannot name a metric that the service does not emit, nor a policy an issuer that
 * it does not use. Made by `defineService`.
 */
export interface ServiceContract<Route extends string = string, Own extends OwnKinds = OwnKinds> {
  /** The name of the Service in Kubernetes and `service.name` in telemetry. */
  readonly name: string;
  /** `service.version` in telemetry. */
  readonly version: string;
  /** What the service listens on. The first is the one that serves its routes and, for an issuer, its public keys. */
  readonly ports: readonly ContractPort[];
  /** Templates of the paths that it serves: the values that the `endpoint` label can have. */
  readonly routes: readonly Route[];
  readonly metrics: MetricsContract<Own>;
  readonly health: HealthContract;
  readonly tracing: TracingContract;
  readonly logs: LogsContract;
  /** The tokens that it issues or accepts. */
  readonly token: TokenContract | undefined;
  readonly profiling: ProfilingContract;
}

/** A port with nothing left open; what `MeshService` takes as `port`. */
export interface ContractPort {
  /** The port of the Service in Kubernetes: what callers write. */
  readonly port: number;
  readonly name: string;
  /** Istio's `appProtocol`. */
  readonly protocol: ContractProtocol;
  /** What the process listens on. */
  readonly targetPort: number;
}

/**
 * What travels through a port.
 *
 * Source: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export type ContractProtocol = 'http' | 'http2' | 'grpc' | 'grpc-web' | 'https' | 'tls' | 'tcp' | 'mongo' | 'mysql' | 'redis';

/** The metrics that a service emits, and where. */
export interface MetricsContract<Own extends OwnKinds = OwnKinds> {
  /** The port of the server for `/metrics` and the probes; Prometheus scrapes it on the pod. */
  readonly port: number;
  readonly path: string;
  /** `<service>_requests_total{method,endpoint,status}` */
  readonly requests: MetricContract<'counter'>;
  /** `<service>_response_time_seconds{method,endpoint}` */
  readonly responseTime: MetricContract<'histogram'>;
  /** `<service>_concurrent_requests{endpoint}` */
  readonly concurrentRequests: MetricContract<'gauge'>;
  /** The metrics of its own trade. */
  readonly own: { readonly [Name in keyof Own]: MetricContract<Own[Name]> };
  /** Whether the metrics of the process and the event loop are emitted too (`process_*`, `nodejs_*`). */
  readonly process: boolean;
  /** How many values `endpoint` may have beside the routes. */
  readonly endpointLimit: number;
  /** The `endpoint` of requests that no route matches. */
  readonly unmatchedEndpoint: string;
  /** The `endpoint` of what is over the limit. */
  readonly overflowEndpoint: string;
}

export type MetricKind = 'counter' | 'gauge' | 'histogram';

/** The kinds of a service's own metrics, by the name that it calls them. */
export type OwnKinds = Readonly<Record<string, MetricKind>>;

/** One metric as Prometheus knows it. */
export interface MetricContract<Kind extends MetricKind = MetricKind> {
  readonly kind: Kind;
  /** The full name, as a query writes it (a histogram's series add `_bucket`, `_sum`, `_count`). */
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, ascending; empty for other kinds. A latency objective is exact at one of them. */
  readonly buckets: readonly number[];
}

/** Paths of the probes, on the port of the metrics. */
export interface HealthContract {
  /** 200 while the process runs. */
  readonly livePath: string;
  /** 200 while it takes requests; 503 before it has started and from the moment that it stops. */
  readonly readyPath: string;
}

/** The headers that carry a trace: `w3c` is traceparent and tracestate, `b3` is X-B3-*. */
export type Propagation = 'w3c' | 'b3' | 'w3c+b3';

/** How a service takes part in traces. */
export interface TracingContract {
  /** What it writes into its own requests; it reads W3C, baggage and B3 whatever this says. */
  readonly propagation: Propagation;
  /** How many of the traces that begin here are recorded, in percent; a trace that comes in keeps its caller's choice. */
  readonly samplingPercent: number;
  /** The base URL of an OTLP/HTTP receiver, to which `/v1/traces` is added; `OTEL_EXPORTER_OTLP_ENDPOINT` goes before it. */
  readonly collector: string | undefined;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** What each line of the log carries. */
export interface LogsContract {
  readonly level: LogLevel;
  /** The names of the fields that tie a line to its trace, request and service. */
  readonly fields: { readonly traceId: string; readonly spanId: string; readonly requestId: string; readonly service: string };
  /** Further fields that are never written, by name at any depth: authorization, cookies and tokens never are. */
  readonly redact: readonly string[];
}

/** Signature algorithms with a public key, which a mesh can check. */
export type TokenAlgorithm = 'ES256' | 'RS256' | 'PS256';

/** The tokens that a service issues or accepts; RequestAuthentication is made of the same words. */
export interface TokenContract {
  /** The `iss` claim, compared literally by Envoy. */
  readonly issuer: string;
  /** `aud`: one of these must be in a token. */
  readonly audiences: readonly string[];
  readonly algorithm: TokenAlgorithm;
  /** The path, on the first port, where the issuer serves its public keys. */
  readonly jwksPath: string;
  /** Where the keys are fetched, for a service that accepts what another issues; undefined for the issuer itself. */
  readonly jwksUri: string | undefined;
  /** Whether the keys may be fetched without TLS of their own, because the mesh encrypts the way. */
  readonly plainHttp: boolean;
  /** How long a token lives, in seconds. */
  readonly lifetimeSeconds: number;
  /** How far two clocks may differ, in seconds. */
  readonly clockToleranceSeconds: number;
}

/** Profiles on demand, in the form of pprof. */
export interface ProfilingContract {
  readonly enabled: boolean;
  /** A port of its own, so that who may scrape metrics may not also read memory. */
  readonly port: number;
  /** What `/profile` and `/heap` are added to. */
  readonly path: string;
  /** The longest profile that may be asked for, in seconds. */
  readonly maxSeconds: number;
}
