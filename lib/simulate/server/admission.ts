import { mtlsModeOf, refusalOf, type Mesh } from '../../mesh/index.ts';
import type { Answer, Arrival } from './arrival.ts';
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
  const sent = transport.tls === 'mutual' ? { tls: transport.tls, istio: transport.istio, identified: transport.identity !== undefined } : { tls: transport.tls, istio: false, identified: false };
  const refusal = refusalOf(at.kind, decision.mode, sent, arrival.readsHttp) ?? (at.kind === 'sidecar' && arrival.readsHttp && arrival.carries !== 'http' ? noHttp : undefined);
  return {
    steps: [{
      kind: 'admission', mode: decision.mode, transport: transport.tls, identity: transport.tls === 'mutual' ? transport.identity : undefined,
      accepted: refusal === undefined, from: decision.from, note: refusal?.why,
    }],
    answer: refusal && closed(refusal.flag),
  };
}

const noHttp = { flag: 'DPE', why: 'what comes is no HTTP, and the port is declared as HTTP' };

export function closed(flag: string): Answer {
  return { kind: 'closed', status: undefined, flag, body: '', headers: new Map() };
}
