import {
  inboundPort, isHttp, mtlsModeOf, type InboundPort, type IngressListener, type Mesh, type Protocol,
} from '../../mesh/index.ts';
import { extensionSteps } from '../extended.ts';
import { closes, ends, type Branch } from '../outcome.ts';
import type { Passing } from '../passing.ts';
import type { Proxy } from '../proxy.ts';
import type { Answer, Transport } from '../server/arrival.ts';
import { serve } from '../server/serve.ts';
import type { Destination, Seen, Step } from '../trace.ts';

/** What comes to a workload's port, and how it is secured. */
export interface Incoming {
  readonly at: Proxy;
  readonly port: number;
  readonly transport: Transport;
  readonly passing: Passing;
  /** `namespace/name` of the service that was called. */
  readonly service: string | undefined;
  readonly destinationIp: string | undefined;
}

/** How the server's side takes a request: undefined answer where the application gets it. */
export interface Received {
  readonly steps: readonly Step[];
  readonly answer: Answer | undefined;
  readonly seen: Seen | undefined;
  readonly sure: boolean;
  readonly port: InboundPort;
  /** Whether TLS is passed on to the application as it came. */
  readonly unread: boolean;
}

/** The server side of a workload: its inbound listener, then mTLS, tokens and policies. */
export function received(mesh: Mesh, incoming: Incoming): Received {
  const unmodelled = incoming.at.kind === 'sidecar' ? extensionSteps(mesh, incoming.at, 'inbound', incoming.port) : [];
  const result = taken(mesh, incoming);
  return unmodelled.length === 0 ? result : { ...result, steps: [...unmodelled, ...result.steps], sure: false };
}

function taken(mesh: Mesh, { at, port, transport, passing, service, destinationIp }: Incoming): Received {
  const inbound = inboundPort(mesh, at, port);
  const own = inbound.listener && ownTls(mesh, at, inbound.listener, transport);
  if (own?.answer) return { steps: own.steps, answer: own.answer, seen: undefined, sure: true, port: inbound, unread: false };
  const isRequest = passing.http !== undefined && !passing.tls;
  // What is declared as HTTP is read as HTTP whatever comes; what is not, where it looks like HTTP.
  const readsHttp = isHttp(inbound.protocol) || (isRequest && readable(mesh, inbound.protocol, at, port, transport));
  const served = serve(mesh, {
    at, port, carries: isRequest ? 'http' : 'tcp', readsHttp, transport: own ? { tls: 'none' } : transport, peerIp: passing.ip, remoteIp: undefined,
    destinationIp, http: passing.tls ? undefined : passing.http, tokens: passing.tokens, service,
  });
  return { steps: [...own?.steps ?? [], ...served.steps], answer: served.answer, seen: seenBy(readsHttp ? served.http : passing.http), sure: served.sure, port: inbound, unread: !own && transport.tls !== 'none' && at.kind === 'sidecar' && mtlsModeOf(mesh, at, port).mode === 'DISABLE' };
}

/** Whether the chain that takes a request reads it as HTTP: of what is not declared it looks at the first bytes. */
export function readable(mesh: Mesh, protocol: Protocol, at: Proxy, port: number, transport: Transport): boolean {
  if (protocol !== 'AUTO') return false;
  return transport.tls === 'none' || (transport.tls === 'mutual' && transport.istio && mtlsModeOf(mesh, at, port).mode !== 'DISABLE');
}

/** TLS settings of an ingress listener hold where the mesh's mutual TLS is off for the port. */
function ownTls(mesh: Mesh, at: Proxy, listener: IngressListener, transport: Transport): { readonly steps: readonly Step[]; readonly answer: Answer | undefined } | undefined {
  const decision = mtlsModeOf(mesh, at, listener.port);
  if (listener.tlsMode === undefined || decision.mode !== 'DISABLE') return undefined;
  const accepted = transport.tls === 'mutual' || (transport.tls === 'one-way' && listener.tlsMode === 'SIMPLE');
  const step: Step = { kind: 'admission', mode: 'DISABLE', transport: transport.tls, identity: undefined, accepted, from: decision.from, note: `the Sidecar's ingress listener takes TLS of its own (${listener.tlsMode})` };
  return { steps: [step], answer: accepted ? undefined : closes(transport.tls === 'none' ? 'NR' : '') };
}

export function seenBy(http: Passing['http']): Seen | undefined {
  return http && { method: http.method, path: http.path, authority: http.authority, headers: http.headers, version: http.version };
}

/** A request that begins at a workload's port: nothing is known of the client's side. */
export function inbound(mesh: Mesh, incoming: Incoming): Branch {
  const { steps, answer, seen, sure, port } = received(mesh, incoming);
  const listener: Step = { kind: 'inbound', port: incoming.port, protocol: port.protocol, declared: port.declared, from: port.from };
  const destination: Destination = { kind: 'inbound', port: incoming.port, declared: port.declared, request: seen };
  return ends([listener, ...steps], { answer, answeredBy: answer && 'server', destination: answer ? undefined : destination, sure });
}
