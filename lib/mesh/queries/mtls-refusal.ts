import type { MtlsDecision } from './peer-authentication.ts';

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
