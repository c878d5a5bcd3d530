/** Something that takes OTLP, as a Service of the cluster. */
export interface OtlpReceiver {
  /** Its name in DNS, as proxies look it up. */
  readonly host: string;
  readonly grpcPort: number;
  readonly httpPort: number;
}

/** One way in. */
export interface OtlpAddress {
  readonly host: string;
  readonly port: number;
  /** Whether it is OTLP over HTTP; else it is gRPC. */
  readonly http: boolean;
}

/**
 * The address of a receiver.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 *
 * @throws when a text is no URL of http or grpc with a full host name
 */
export function otlpReceiver(where: string, what: string, given: OtlpReceiver | string): OtlpAddress {
  if (typeof given !== 'string') return { host: given.host, port: given.grpcPort, http: false };
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !(url.protocol in ports)) throw new Error(`${where}: ${what} must be the URL of an OTLP receiver, such as http://tempo.observability:4318 or grpc://tempo.observability:4317, got ${JSON.stringify(given)}`);
  // Proxies find it among the hosts of the registry, where only full names are unambiguous.
  if (!url.hostname.includes('.')) throw new Error(`${where}: ${what} must name its namespace, as in tempo.observability, got ${JSON.stringify(url.hostname)}`);
  const labels = url.hostname.split('.');
  const host = labels.length === 2 ? `${url.hostname}.svc.cluster.local` : labels.length === 3 && labels[2] === 'svc' ? `${url.hostname}.cluster.local` : url.hostname;
  return { host, port: url.port === '' ? ports[url.protocol] ?? 4317 : Number(url.port), http: url.protocol === 'http:' };
}

const ports: Readonly<Record<string, number>> = { 'http:': 4318, 'grpc:': 4317 };
