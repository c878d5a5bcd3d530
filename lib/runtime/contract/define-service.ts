import type { ContractPort, ContractProtocol, LogLevel, MetricContract, MetricKind, MetricsContract, OwnKinds, Propagation, ServiceContract, TokenAlgorithm } from './contract.ts';
import { logFields } from './log-fields.ts';
import { metricPrefix } from './metric-prefix.ts';
import { routeTemplate } from './route-template.ts';
import * as given from './given.ts';

/** What is said of a service; the rest is filled in. */
export interface ServiceProps<Route extends string = string, Own extends OwnKinds = OwnKinds> {
  /** The name of the Service in Kubernetes. In metric names each "-" becomes "_": `product-page` gives `product_page_requests_total`. */
  readonly name: string;
  /** @default '0.0.0' */
  readonly version?: string | undefined;
  /** The port that requests come in at, or all ports; a bare number is an HTTP port. */
  readonly port: number | PortProps | readonly PortProps[];
  /** Path templates: `{id}` stands for one segment, a last `*` for the rest. @default - none: what the web framework calls them */
  readonly routes?: readonly Route[] | undefined;
  readonly metrics?: MetricsProps<Own> | undefined;
  readonly health?: HealthProps | undefined;
  readonly tracing?: TracingProps | undefined;
  readonly logs?: LogsProps | undefined;
  /** @default - it neither issues nor accepts tokens */
  readonly token?: TokenProps | undefined;
  /** @default - off */
  readonly profiling?: ProfilingProps | undefined;
}

export interface PortProps {
  readonly port: number;
  /** @default - the protocol */
  readonly name?: string | undefined;
  /** @default http */
  readonly protocol?: ContractProtocol | undefined;
  /** What the process listens on. @default - the same as port */
  readonly targetPort?: number | undefined;
}

export interface MetricsProps<Own extends OwnKinds = OwnKinds> {
  /** @default 8000 */
  readonly port?: number | undefined;
  /** @default '/metrics' */
  readonly path?: string | undefined;
  /** Upper bounds of `response_time_seconds`, in seconds. @default - 5 ms to 10 s in 11 steps, as prom-client */
  readonly buckets?: readonly number[] | undefined;
  /** Further metrics, by the name that follows the service's; a counter gets `_total` behind it. @default - none */
  readonly own?: { readonly [Name in keyof Own]: OwnMetricProps<Own[Name]> } | undefined;
  /** Whether the metrics of the process and the event loop are emitted too. @default true */
  readonly process?: boolean | undefined;
  /** How many values `endpoint` may have beside the routes. @default 100 */
  readonly endpointLimit?: number | undefined;
}

export interface OwnMetricProps<Kind extends MetricKind = MetricKind> {
  readonly kind: Kind;
  readonly help: string;
  /** @default - none */
  readonly labels?: readonly string[] | undefined;
  /** Of a histogram. @default - those of the response time */
  readonly buckets?: readonly number[] | undefined;
}

export interface HealthProps {
  /** @default '/livez' */
  readonly livePath?: string | undefined;
  /** @default '/readyz' */
  readonly readyPath?: string | undefined;
}

export interface TracingProps {
  /** What is written into requests. @default w3c */
  readonly propagation?: Propagation | undefined;
  /** How many of the traces that begin here are recorded, in percent. @default - 1, as in Istio */
  readonly samplingPercent?: number | undefined;
  /** The base URL of an OTLP/HTTP receiver, such as `http://collector.observability:4318`. @default - none: spans are made and passed on, not sent */
  readonly collector?: string | undefined;
}

export interface LogsProps {
  /** @default info */
  readonly level?: LogLevel | undefined;
  /** @default - trace_id, span_id, request_id, service */
  readonly fields?: { readonly traceId?: string | undefined; readonly spanId?: string | undefined; readonly requestId?: string | undefined; readonly service?: string | undefined } | undefined;
  /** Further fields that are never written, by name at any depth. @default - none */
  readonly redact?: readonly string[] | undefined;
}

export interface TokenProps {
  readonly issuer: string;
  readonly audience: string | readonly string[];
  /** @default ES256 */
  readonly algorithm?: TokenAlgorithm | undefined;
  /** @default '/.well-known/jwks.json' */
  readonly jwksPath?: string | undefined;
  /** Where another issuer serves its keys. @default - this service is the issuer */
  readonly jwksUri?: string | undefined;
  /** Allows a jwksUri that is not https, where the mesh encrypts the way. @default false */
  readonly plainHttp?: boolean | undefined;
  /** In seconds. @default 3600 */
  readonly lifetimeSeconds?: number | undefined;
  /** In seconds. @default 30 */
  readonly clockToleranceSeconds?: number | undefined;
}

export interface ProfilingProps {
  /** @default true */
  readonly enabled?: boolean | undefined;
  /** @default 6060 */
  readonly port?: number | undefined;
  /** @default '/debug/pprof' */
  readonly path?: string | undefined;
  /** In seconds. @default 60 */
  readonly maxSeconds?: number | undefined;
}

/**
 * Says once what a service promises its mesh: plain frozen data that constructs and the running service both read.
 *
 * @example
 * export const reviews = defineService({ name: 'reviews', port: 9080, routes: ['/reviews/{id}'] });
 *
 * @throws when a name, port, route, metric, percentage or URL cannot be what it stands for
 */
export function defineService<const Route extends string = never, const Own extends OwnKinds = Readonly<Record<never, never>>>(props: ServiceProps<Route, Own>): ServiceContract<Route, Own> {
  const name = given.serviceName(props.name);
  const where = `contract of ${name}`;
  const ports = portsOf(where, props.port);
  const contract: ServiceContract<Route, Own> = {
    name,
    version: props.version ?? '0.0.0',
    ports,
    routes: given.distinct(where, 'routes', (props.routes ?? []).map((route, i) => routeTemplate(where, `routes[${i}]`, route))),
    metrics: metricsOf(where, name, props.metrics ?? {}),
    health: {
      livePath: given.path(where, 'health.livePath', props.health?.livePath ?? '/livez'),
      readyPath: given.path(where, 'health.readyPath', props.health?.readyPath ?? '/readyz'),
    },
    tracing: tracingOf(where, props.tracing ?? {}),
    logs: {
      level: props.logs?.level ?? 'info',
      fields: {
        traceId: props.logs?.fields?.traceId ?? logFields.traceId,
        spanId: props.logs?.fields?.spanId ?? logFields.spanId,
        requestId: props.logs?.fields?.requestId ?? logFields.requestId,
        service: props.logs?.fields?.service ?? logFields.service,
      },
      redact: [...(props.logs?.redact ?? [])],
    },
    token: props.token && tokenOf(where, props.token),
    profiling: {
      enabled: props.profiling !== undefined && (props.profiling.enabled ?? true),
      port: given.port(where, 'profiling.port', props.profiling?.port ?? 6060),
      path: given.path(where, 'profiling.path', props.profiling?.path ?? '/debug/pprof'),
      maxSeconds: given.atLeast(where, 'profiling.maxSeconds', props.profiling?.maxSeconds ?? 60, 1),
    },
  };
  given.apart(where, 'the port', [
    ...ports.map(port => [`of ${port.name}`, port.targetPort] as const),
    ['of metrics', contract.metrics.port],
    ...(contract.profiling.enabled ? [['of profiling', contract.profiling.port] as const] : []),
  ]);
  given.apart(where, 'the path', [['of metrics', contract.metrics.path], ['of health.livePath', contract.health.livePath], ['of health.readyPath', contract.health.readyPath]]);
  return frozen(contract);
}

function portsOf(where: string, port: ServiceProps['port']): readonly ContractPort[] {
  const list: readonly PortProps[] = typeof port === 'number' ? [{ port }] : 'length' in port ? port : [port];
  if (list.length === 0) throw new Error(`${where}: a service needs a port, got none`);
  const ports = list.map(({ port, protocol = 'http', name = protocol, targetPort = port }): ContractPort => ({
    port: given.port(where, 'port', port),
    name,
    protocol,
    targetPort: given.port(where, 'targetPort', targetPort),
  }));
  given.distinct(where, 'ports', ports.map(({ port }) => port));
  given.distinct(where, 'names of ports', ports.map(({ name }) => name));
  return ports;
}

function metricsOf<Own extends OwnKinds>(where: string, service: string, props: MetricsProps<Own>): MetricsContract<Own> {
  const prefix = metricPrefix(service);
  const buckets = given.ascending(where, 'metrics.buckets', props.buckets ?? [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]);
  const metrics = {
    requests: { kind: 'counter', name: `${prefix}_requests_total`, help: 'Requests answered.', labels: ['method', 'endpoint', 'status'], buckets: [] },
    responseTime: { kind: 'histogram', name: `${prefix}_response_time_seconds`, help: 'Time from a request to the end of its response.', labels: ['method', 'endpoint'], buckets },
    concurrentRequests: { kind: 'gauge', name: `${prefix}_concurrent_requests`, help: 'Requests being answered.', labels: ['endpoint'], buckets: [] },
  } as const;
  const own = Object.fromEntries(Object.entries<OwnMetricProps>(props.own ?? {}).map(([key, { kind, help, labels = [], buckets: own }]): [string, MetricContract] => {
    const what = `metrics.own.${key}`;
    given.metricName(where, what, key);
    if (own && kind !== 'histogram') throw new Error(`${where}: ${what} is a ${kind}, which has no buckets; leave them out, or make it a histogram`);
    return [key, {
      kind,
      name: `${prefix}_${key}${kind === 'counter' && !key.endsWith('_total') ? '_total' : ''}`,
      help,
      labels: given.labels(where, `${what}.labels`, kind, labels),
      buckets: kind === 'histogram' ? given.ascending(where, `${what}.buckets`, own ?? buckets) : [],
    }];
  })) as MetricsContract<Own>['own'];
  given.distinct(where, 'names of metrics', [...Object.values(metrics), ...Object.values<MetricContract>(own)].flatMap(seriesOf));
  return {
    port: given.port(where, 'metrics.port', props.port ?? 8000),
    path: given.path(where, 'metrics.path', props.path ?? '/metrics'),
    ...metrics,
    own,
    process: props.process ?? true,
    endpointLimit: given.atLeast(where, 'metrics.endpointLimit', props.endpointLimit ?? 100, 0),
    unmatchedEndpoint: 'unmatched',
    overflowEndpoint: 'overflow',
  };
}

/** The names that a metric takes from others. */
function seriesOf({ kind, name }: MetricContract): readonly string[] {
  return kind === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}

function tracingOf(where: string, props: TracingProps): ServiceContract['tracing'] {
  const samplingPercent = props.samplingPercent ?? 1;
  if (!(samplingPercent >= 0 && samplingPercent <= 100)) {
    throw new Error(`${where}: tracing.samplingPercent must be between 0 and 100, got ${String(samplingPercent)}`);
  }
  return {
    propagation: props.propagation ?? 'w3c',
    samplingPercent,
    collector: props.collector === undefined ? undefined : given.httpUrl(where, 'tracing.collector', props.collector).replace(/\/+$/, ''),
  };
}

function tokenOf(where: string, props: TokenProps): ServiceContract['token'] {
  const audiences = typeof props.audience === 'string' ? [props.audience] : [...props.audience];
  if (props.issuer === '') throw new Error(`${where}: token.issuer must not be empty`);
  if (audiences.length === 0 || audiences.includes('')) throw new Error(`${where}: token.audience must name at least one audience, none of them empty`);
  const jwksUri = props.jwksUri === undefined ? undefined : given.httpUrl(where, 'token.jwksUri', props.jwksUri);
  if (jwksUri !== undefined && new URL(jwksUri).protocol === 'http:' && !props.plainHttp) {
    throw new Error(`${where}: token.jwksUri is not https, so whoever sits between can give keys of their own, got ${JSON.stringify(jwksUri)}; use https, or say plainHttp: true where the mesh encrypts the way`);
  }
  return {
    issuer: props.issuer,
    audiences,
    algorithm: props.algorithm ?? 'ES256',
    jwksPath: given.path(where, 'token.jwksPath', props.jwksPath ?? '/.well-known/jwks.json'),
    jwksUri,
    plainHttp: props.plainHttp ?? false,
    lifetimeSeconds: given.atLeast(where, 'token.lifetimeSeconds', props.lifetimeSeconds ?? 3600, 1),
    clockToleranceSeconds: given.atLeast(where, 'token.clockToleranceSeconds', props.clockToleranceSeconds ?? 30, 0),
  };
}

function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}
