import { ingressUsesWaypoint, waypointOfService, type KubernetesGateway, type Mesh, type RegisteredService } from '../../mesh/index.ts';
import { identityOf, type Proxy } from '../proxy.ts';
import type { Transport } from '../server/arrival.ts';

/** The waypoint that a client's traffic to a service passes; undefined where it goes straight there. */
export function waypointFor(mesh: Mesh, client: Proxy, service: RegisteredService): KubernetesGateway | undefined {
  const [owner] = service.owners;
  if (!owner) return undefined;
  const passes = client.kind === 'ambient' || client.kind === 'sidecar' || (client.kind === 'gateway' && ingressUsesWaypoint(mesh, owner));
  return passes ? waypointOfService(mesh, owner) : undefined;
}

/** How an ambient client, or a proxy that speaks HBONE, comes to the other side. */
export function tunnelled(mesh: Mesh, client: Proxy): Transport {
  return { tls: 'mutual', istio: true, identity: identityOf(client, mesh.config.trustDomain), sni: undefined };
}
