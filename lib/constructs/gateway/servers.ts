import type { Server } from '../l1.ts';
import { serverTls, type ServerTls } from '../values/server-tls.ts';

/** What a gateway listens for. */
export interface Doors {
  readonly port: number;
  readonly tlsPort: number;
  readonly tls: ServerTls | undefined;
  readonly plain: 'redirect' | 'serve' | 'closed';
  /** Hosts with the namespaces that may bind routes to them; none where only connections are let in. */
  readonly hosts: readonly string[];
  readonly connections: readonly { readonly port: number; readonly hosts: readonly string[] }[];
}

/** Prints the servers of a Gateway. */
export function servers({ port, tlsPort, tls, plain, hosts, connections }: Doors): Server[] {
  const http: Server = { port: { number: port, name: 'http', protocol: 'HTTP' }, hosts };
  const printed: Server[] = [];
  if (hosts.length > 0) {
    if (!tls || plain === 'serve') printed.push(http);
    else if (plain === 'redirect') printed.push({ ...http, tls: { httpsRedirect: true } });
    if (tls) printed.push({ port: tls.mode === 'PASSTHROUGH' ? { number: tlsPort, name: 'tls', protocol: 'TLS' } : { number: tlsPort, name: 'https', protocol: 'HTTPS' }, hosts, tls: serverTls(tls) });
  }
  return [...printed, ...connections.map(each => ({ port: { number: each.port, name: `tcp-${each.port}`, protocol: 'TCP' }, hosts: each.hosts }))];
}
