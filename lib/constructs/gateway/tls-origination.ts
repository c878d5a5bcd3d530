import type { ClientTls } from '../values/client-tls.ts';
import type { ExternalService } from './external-service.ts';

/** How plain HTTP of workloads becomes TLS on the way out. */
export interface TlsOrigination {
  readonly tls: ClientTls;
  /** The port that workloads ask, in plain HTTP. */
  readonly from: number;
  /** The port that takes TLS. @default - the target port of `from` */
  readonly to?: number | undefined;
}

/**
 * How plain HTTP of workloads becomes TLS on the way out, so that proxies see, route and count the requests.
 *
 * @example
 * TlsOrigination.of(ClientTls.simple({ sni: 'api.example.com' }), { from: 80, to: 443 })
 */
export const TlsOrigination = {
  of: (tls: ClientTls, ports: Omit<TlsOrigination, 'tls'>): TlsOrigination => ({ tls, ...ports }),
};

/** Declares it. @throws when a port is none of the service's, or the asked one carries no HTTP */
export function originate(where: string, service: ExternalService, { tls, from, to }: TlsOrigination): void {
  const asked = service.ports.find(({ port }) => port === from);
  if (!asked || !['http', 'http2', 'grpc'].includes(asked.protocol)) throw new Error(`${where}: TLS begins at an HTTP port of the service, and ${from} is none; add it to port`);
  service.connectsBy(to ?? from, tls, where);
  if (to === undefined || to === from) return;
  if (!service.ports.some(({ port }) => port === to)) throw new Error(`${where}: ${service.name} has no port ${to} to send TLS to; add it to port`);
  service.traffic(where).requests(where).add({
    matches: [[{ on: 'port', port: from }]],
    action: { to: 'shares', shares: [{ percent: 100, port: to, host: service.host }] },
    declaredBy: where,
  });
}
