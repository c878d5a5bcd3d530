import type { From } from '../conditions.ts';
import type { Mesh } from '../mesh.ts';
import type { EffectivePolicy } from './effective-policy.ts';
import type { ServiceEndpoint } from './endpoints-of.ts';
import { backendTls } from './gateway-api/backend-tls.ts';
import { mtlsModeOf, mtlsModeOfNamespace } from './peer-authentication.ts';
import type { ProxyKind } from './proxy-kind.ts';
import type { RegisteredPort, RegisteredService } from './registered-service.ts';

/** How the client's proxy secures the connection to an endpoint, and who says so. */
export interface ClientTls {
  readonly mode: 'none' | 'one-way' | 'mutual' | 'istio mutual';
  /** Whether nobody wrote it: the proxy finds out what the endpoint can do. */
  readonly auto: boolean;
  readonly from: From | undefined;
  /** Why it is plaintext, where that is not what one would expect. */
  readonly note: string | undefined;
  /** @default - the host of the service, for mutual TLS of the mesh the name of its cluster */
  readonly serverName?: string | undefined;
  /** Whether a BackendTLSPolicy says that the backend itself speaks TLS. @default false */
  readonly byPolicy?: boolean;
  /** Why no handshake can succeed. @default - it can */
  readonly trouble?: string | undefined;
}

/** Who sends to which port of which service, and what DestinationRules say of it. */
export interface Sent {
  readonly client: { readonly kind: ProxyKind };
  readonly policy: EffectivePolicy;
  readonly service: RegisteredService;
  readonly port: RegisteredPort;
}

/**
 * The TLS of the client side: what a DestinationRule says, at gateways else a BackendTLSPolicy, else mutual TLS wherever the
 * endpoint takes it.
 *
 * Source: https://istio.io/latest/docs/ops/configuration/traffic-management/tls-configuration/#auto-mtls, and istio/istio
 * pilot/pkg/xds/endpoints/mtls_checker.go
 */
export function clientTls(mesh: Mesh, { client, policy, service, port }: Sent, endpoint: ServiceEndpoint, server: { readonly kind: ProxyKind }, all: readonly ProxyKind[]): ClientTls {
  if (policy.tls) {
    const { value, from } = policy.tls;
    return { mode: tlsSentBy(value.mode), auto: false, from: { on: from.on, at: `${from.at}.mode` }, note: undefined, serverName: typeof value.sni === 'string' && value.sni !== '' ? value.sni : undefined };
  }
  const [owner] = service.owners;
  const backend = client.kind === 'gateway' && owner ? backendTls(mesh, owner, port.number) : undefined;
  if (backend) {
    const trouble = backend.trustsAnyone ? undefined : 'the BackendTLSPolicy names no certificate of an authority that can be read, so that no server is trusted';
    return { mode: 'one-way', auto: false, from: { on: backend, at: 'spec.validation' }, note: undefined, serverName: backend.hostname, byPolicy: true, trouble };
  }
  const plain = (note: string, from?: From): ClientTls => ({ mode: 'none', auto: true, from, note });
  if (!mesh.config.autoMtls) return plain('the mesh config turns auto mTLS off');
  if (service.external) return plain('the service is outside the mesh');
  if (server.kind === 'ambient' || server.kind === 'waypoint') return { mode: 'istio mutual', auto: true, from: undefined, note: undefined };
  if (server.kind !== 'sidecar') return plain(server.kind === 'gateway' ? 'a gateway takes no mutual TLS unless a DestinationRule says so' : 'the endpoint has no sidecar');
  if (passesThrough(policy, service) && all.some(kind => kind !== 'sidecar')) return plain('some endpoints of the service have no sidecar');
  const ofNamespace = mtlsModeOfNamespace(mesh, service.namespace);
  if (ofNamespace.mode === 'DISABLE') return plain('mutual TLS is disabled for the service', ofNamespace.from);
  const own = mtlsModeOf(mesh, endpoint, endpoint.port);
  if (own.mode === 'DISABLE') return plain('mutual TLS is disabled for the port', own.from);
  return { mode: 'istio mutual', auto: true, from: own.from, note: undefined };
}

const written: Readonly<Record<string, ClientTls['mode']>> = { DISABLE: 'none', SIMPLE: 'one-way', MUTUAL: 'mutual', ISTIO_MUTUAL: 'istio mutual' };

/** What a `tls.mode` of a DestinationRule makes clients send; without a mode, or with one that is none, they send plaintext. */
export function tlsSentBy(mode: unknown): ClientTls['mode'] {
  return (typeof mode === 'string' && Object.hasOwn(written, mode) ? written[mode] : undefined) ?? 'none';
}

/** Whether the address that was dialled is the one that is connected to, so that one setting must do for all endpoints. */
function passesThrough({ loadBalancer }: EffectivePolicy, { dialled, resolution }: RegisteredService): boolean {
  return dialled === 'pods' || resolution === 'NONE' || loadBalancer?.value.simple === 'PASSTHROUGH';
}
