import {
  ingressUsesWaypoint, isHttp, serviceRoutes, waypointOfService, waypointVirtualHost, type KubernetesGateway, type Mesh, type RegisteredPort, type RegisteredService,
} from '../../mesh/index.ts';
import { ends, type Branch } from '../outcome.ts';
import type { Passing } from '../passing.ts';
import { identityOf, type Proxy } from '../proxy.ts';
import type { Served, Transport } from '../server/arrival.ts';
import { serve } from '../server/serve.ts';
import type { Step } from '../trace.ts';
import { connected } from './connection.ts';
import { destination } from './destination.ts';
import { routed } from './route.ts';

/** The waypoint that a client's traffic to a service passes; undefined where it goes straight there. */
export function waypointFor(mesh: Mesh, client: Proxy, service: RegisteredService): KubernetesGateway | undefined {
  const [owner] = service.owners;
  if (!owner) return undefined;
  const passes = client.kind === 'ambient' || client.kind === 'sidecar' || (client.kind === 'gateway' && ingressUsesWaypoint(mesh, owner));
  return passes ? waypointOfService(mesh, owner) : undefined;
}

/** The proxy of a waypoint. */
export function waypointProxy({ namespace, name }: KubernetesGateway): Proxy {
  return { kind: 'waypoint', namespace, labels: new Map([['gateway.networking.k8s.io/gateway-name', name]]), serviceAccount: name, ips: [], workload: undefined };
}

/** How an ambient client, or a proxy that speaks HBONE, comes to the other side. */
export function tunnelled(mesh: Mesh, client: Proxy): Transport {
  return { tls: 'mutual', istio: true, identity: identityOf(client, mesh.config.trustDomain), sni: undefined };
}

/**
 * What a waypoint does with traffic to a service: its policies, then the routes of the service.
 *
 * Source: https://istio.io/latest/docs/ambient/usage/waypoint/
 */
export function waypointHop(mesh: Mesh, gateway: KubernetesGateway, service: RegisteredService, port: RegisteredPort, passing: Passing): Branch {
  const [owner] = service.owners;
  const reads = isHttp(port.protocol) || port.protocol === 'AUTO';
  const arrival = { port: port.number, reads, service: owner && `${owner.namespace}/${owner.name}`, address: service.addresses[0] };
  return passed(mesh, gateway, arrival, passing, (onward, { http, known }) => (http && reads
    ? routed(mesh, waypointVirtualHost(mesh, gateway.namespace, service, port.number), { by: 'waypoint', port: port.number, passing: { ...onward, http }, known })
    : asConnection(mesh, gateway, service, port, onward)));
}

/** What a waypoint does with traffic to the address of a pod: its policies alone. */
export function waypointHopToPod(mesh: Mesh, gateway: KubernetesGateway, port: number, address: string | undefined, passing: Passing, onward: (passing: Passing) => Branch): Branch {
  return passed(mesh, gateway, { port, reads: true, service: undefined, address }, passing, onward);
}

interface AtWaypoint {
  readonly port: number;
  /** Whether the port is read as HTTP, where that is what comes. */
  readonly reads: boolean;
  readonly service: string | undefined;
  readonly address: string | undefined;
}

function passed(mesh: Mesh, gateway: KubernetesGateway, { port, reads, service, address }: AtWaypoint, passing: Passing, onward: (passing: Passing, served: Served) => Branch): Branch {
  const at = waypointProxy(gateway);
  const http = passing.tls ? undefined : passing.http;
  const served = serve(mesh, {
    at, port, carries: http ? 'http' : 'tcp', readsHttp: http !== undefined && reads, transport: tunnelled(mesh, passing.sender), peerIp: passing.ip, remoteIp: undefined,
    destinationIp: address, http, tokens: passing.tokens, service,
  });
  const steps: readonly Step[] = [{ kind: 'waypoint', name: `${gateway.namespace}/${gateway.name}`, from: { on: gateway, at: '' } }, ...served.steps];
  if (served.answer) return ends(steps, { answer: served.answer, answeredBy: 'waypoint', sure: served.sure });
  const branch = onward({ ...passing, sender: at, http: served.http ?? passing.http, hops: passing.hops + 1 }, served);
  return { steps: [...steps, ...branch.steps], outcomes: served.sure ? branch.outcomes : branch.outcomes.map(outcome => ({ ...outcome, sure: false })) };
}

function asConnection(mesh: Mesh, gateway: KubernetesGateway, service: RegisteredService, port: RegisteredPort, passing: Passing): Branch {
  const straight = (): Branch => destination(mesh, { target: { host: service.host, subset: '', port: port.number }, asHttp: false, listenerPort: port.number, missing: 503, passing });
  const [owner] = service.owners;
  const routes = owner && serviceRoutes(mesh, owner, gateway.namespace, port.number);
  const rules = passing.tls ? [...routes?.tls ?? [], ...routes?.tcp ?? []] : routes?.tcp ?? [];
  if (rules.length === 0) return straight();
  return connected(mesh, { rules, otherwise: { kind: 'unknown traffic' } }, passing, { sni: passing.tls?.sni, address: service.addresses[0], port: port.number });
}
