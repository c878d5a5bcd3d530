import { mtlsModeOf, type Mesh, type MtlsDecision } from '../../mesh/index.ts';
import type { Answer, Arrival, Transport } from './arrival.ts';
import type { ServerStep } from './steps.ts';

/** Whether a connection is let in, by how it is secured. */
export interface Admission {
  readonly steps: readonly ServerStep[];
  readonly answer: Answer | undefined;
}

/**
 * Whether the port of a workload takes a connection: its mTLS mode against what the client sends.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/peer_authentication/#PeerAuthentication-MutualTLS-Mode
 */
export function admit(mesh: Mesh, arrival: Arrival): Admission {
  const { at, port, transport } = arrival;
  if (at.kind !== 'sidecar' && at.kind !== 'ambient') return { steps: [], answer: undefined };
  const decision = mtlsModeOf(mesh, at, port);
  const refusal = at.kind === 'ambient' ? refusedByZtunnel(decision, transport) : refusedBySidecar(decision, arrival);
  return {
    steps: [{
      kind: 'admission', mode: decision.mode, transport: transport.tls, identity: transport.tls === 'mutual' ? transport.identity : undefined,
      accepted: refusal === undefined, from: decision.from, note: refusal?.why,
    }],
    answer: refusal && closed(refusal.flag),
  };
}

interface Refusal {
  readonly flag: string;
  readonly why: string;
}

function refusedBySidecar(decision: MtlsDecision, arrival: Arrival): Refusal | undefined {
  const refusal = refusedByMode(decision, arrival);
  if (refusal || !arrival.readsHttp || arrival.carries === 'http') return refusal;
  return { flag: 'DPE', why: 'what comes is no HTTP, and the port is declared as HTTP' };
}

function refusedByMode({ mode }: MtlsDecision, { transport, readsHttp }: Arrival): Refusal | undefined {
  const ofMesh = transport.tls === 'mutual' && transport.istio;
  switch (mode) {
    case 'STRICT':
      if (transport.tls === 'none') return { flag: 'NR', why: 'the client sends plaintext, and the port takes mutual TLS alone' };
      return transport.tls === 'mutual' && transport.identity !== undefined ? undefined : { flag: '', why: 'the client shows no certificate of the mesh, so the handshake fails' };
    case 'DISABLE':
      if (transport.tls === 'none' || !readsHttp) return undefined;
      return { flag: 'DPE', why: 'the client sends TLS, which the port takes for HTTP' };
    case 'PERMISSIVE':
      if (transport.tls === 'none' || ofMesh || !readsHttp) return undefined;
      return { flag: 'NR', why: 'the client sends TLS that is not the mesh\'s to a port that is declared as HTTP' };
  }
}

/** PERMISSIVE and DISABLE are one to ztunnel: it takes what comes. */
function refusedByZtunnel({ mode }: MtlsDecision, transport: Transport): Refusal | undefined {
  const identified = transport.tls === 'mutual' && transport.identity !== undefined;
  return mode !== 'STRICT' || identified ? undefined : { flag: '', why: 'the client shows no identity of the mesh' };
}

export function closed(flag: string): Answer {
  return { kind: 'closed', status: undefined, flag, body: '', headers: new Map() };
}
