import { isHttp } from '../entities/protocol.ts';
import type { ClientTls } from './client-tls.ts';
import type { MtlsDecision } from './peer-authentication.ts';
import type { RegisteredPort, RegisteredService } from './registered-service.ts';

/** What of a connection its server's mTLS mode looks at. */
export interface SentTls {
  readonly tls: 'none' | 'one-way' | 'mutual';
  /** Whether it is TLS of the mesh, as its ALPN says. */
  readonly istio: boolean;
  /** Whether the certificate of the client is one of the mesh. */
  readonly identified: boolean;
}

/** Why a connection is closed, with Envoy's response flag. */
export interface MtlsRefusal {
  readonly flag: string;
  readonly why: string;
}

/**
 * Whether a port with an mTLS mode refuses a connection; `readsHttp` where its proxy reads HTTP there. To ztunnel PERMISSIVE
 * and DISABLE are one: it takes what comes.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/peer_authentication/#PeerAuthentication-MutualTLS-Mode
 */
export function refusalOf(server: 'sidecar' | 'ambient', mode: MtlsDecision['mode'], sent: SentTls, readsHttp: boolean): MtlsRefusal | undefined {
  if (server === 'ambient') return mode !== 'STRICT' || sent.identified ? undefined : { flag: '', why: 'the client shows no identity of the mesh' };
  switch (mode) {
    case 'STRICT':
      if (sent.tls === 'none') return { flag: 'NR', why: 'the client sends plaintext, and the port takes mutual TLS alone' };
      return sent.tls === 'mutual' && sent.identified ? undefined : { flag: '', why: 'the client shows no certificate of the mesh, so the handshake fails' };
    case 'DISABLE':
      if (sent.tls === 'none' || !readsHttp) return undefined;
      return { flag: 'DPE', why: 'the client sends TLS, which the port takes for HTTP' };
    case 'PERMISSIVE':
      if (sent.tls === 'none' || (sent.tls === 'mutual' && sent.istio) || !readsHttp) return undefined;
      return { flag: 'NR', why: 'the client sends TLS that is not the mesh\'s to a port that is declared as HTTP' };
  }
}

/** Why an endpoint without a proxy takes no connection; undefined where it does. A workload that is meant to take TLS has a policy that says so. */
export function refusalWithoutProxy({ mode, byPolicy }: Pick<ClientTls, 'mode' | 'byPolicy'>, { external }: Pick<RegisteredService, 'external'>, { protocol }: Pick<RegisteredPort, 'protocol'>): string | undefined {
  if (mode === 'istio mutual') return 'the endpoint has no sidecar that would take mutual TLS of the mesh';
  return mode !== 'none' && !byPolicy && !external && isHttp(protocol) ? 'the port is declared as HTTP, and nothing there takes TLS' : undefined;
}
