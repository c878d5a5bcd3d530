import { webAddress } from '../values/web-address.ts';

/** What is sent over OTLP. */
export type OtlpSignal = 'spans' | 'logs';

/** Something that takes OTLP, as a Service of the cluster. */
export interface OtlpReceiver {
  /** Its name in DNS, as proxies look it up. */
  readonly host: string;
  readonly grpcPort: number;
  readonly httpPort: number;
  /** @default - both */
  readonly takes?: readonly OtlpSignal[] | undefined;
}

/** One way in. */
export interface OtlpAddress {
  readonly host: string;
  readonly port: number;
  /** Whether it is OTLP over HTTP; else it is gRPC. */
  readonly http: boolean;
  /** The path of its base URL, without a slash at its end. */
  readonly path: string;
}

/**
 * The address of a receiver.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 *
 * @throws when a text is no URL of http or grpc with a full host name, or holds what would be lost (a password, a query, a path for gRPC), or the receiver does not take what is sent
 */
export function otlpReceiver(where: string, what: string, given: OtlpReceiver | string, signal: OtlpSignal): OtlpAddress {
  if (typeof given !== 'string') {
    takesWhatIsSent(where, what, given, signal);
    return { host: given.host, port: given.grpcPort, http: false, path: '' };
  }
  const url = new URL(webAddress(where, what, given, {
    as: 'the URL of an OTLP receiver, such as http://tempo.observability:4318 or grpc://tempo.observability:4317', schemes: ['http', 'grpc'],
    password: 'and the mesh config has no place for one; put a collector that knows it in between',
  }));
  // Proxies find it among the hosts of the registry, where only full names are unambiguous.
  if (!url.hostname.includes('.')) throw new Error(`${where}: ${what} must name its namespace, as in tempo.observability, got ${JSON.stringify(url.hostname)}`);
  if (url.search !== '' || url.hash !== '') throw new Error(`${where}: ${what} must have no query and no fragment, which proxies do not send; leave them out`);
  const path = url.pathname.replace(/\/+$/, '');
  if (path !== '' && url.protocol === 'grpc:') throw new Error(`${where}: ${what} must have no path where it is gRPC, got ${JSON.stringify(given)}; leave ${path} out`);
  const labels = url.hostname.split('.');
  const host = labels.length === 2 ? `${url.hostname}.svc.cluster.local` : labels.length === 3 && labels[2] === 'svc' ? `${url.hostname}.cluster.local` : url.hostname;
  return { host, port: url.port === '' ? ports[url.protocol] ?? 4317 : Number(url.port), http: url.protocol === 'http:', path };
}

/** @throws when the receiver would refuse what is sent */
export function takesWhatIsSent(where: string, what: string, { host, takes }: OtlpReceiver, signal: OtlpSignal): void {
  if (!takes || takes.includes(signal)) return;
  throw new Error(`${where}: ${what} is ${host}, which takes no ${signal}; say where it passes them on (${signal === 'spans' ? 'traces' : 'logs'} of the collector), or give another`);
}

const ports: Readonly<Record<string, number>> = { 'http:': 4318, 'grpc:': 4317 };
