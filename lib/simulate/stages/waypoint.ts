import { isHttp, serviceRoutes, waypointVirtualHost, type KubernetesGateway, type Mesh, type RegisteredPort, type RegisteredService } from '../../mesh/index.ts';
import type { Branch } from '../outcome.ts';
import type { Passing } from '../passing.ts';
import { connected } from './connection.ts';
import { destination } from './destination.ts';
import { routed } from './route.ts';
import { passedWaypoint } from './waypoint-policies.ts';

/**
 * What a waypoint does with traffic to a service: its policies, then the routes of the service.
 *
 * Source: https://istio.io/latest/docs/ambient/usage/waypoint/
 */
export function waypointHop(mesh: Mesh, gateway: KubernetesGateway, service: RegisteredService, port: RegisteredPort, passing: Passing): Branch {
  const [owner] = service.owners;
  const reads = isHttp(port.protocol) || port.protocol === 'AUTO';
  const arrival = { port: port.number, reads, service: owner && `${owner.namespace}/${owner.name}`, address: service.addresses[0] };
  return passedWaypoint(mesh, gateway, arrival, passing, (onward, { http, known }) => (http && reads
    ? routed(mesh, waypointVirtualHost(mesh, gateway.namespace, service, port.number), { by: 'waypoint', port: port.number, passing: { ...onward, http }, known })
    : asConnection(mesh, gateway, service, port, onward)));
}

function asConnection(mesh: Mesh, gateway: KubernetesGateway, service: RegisteredService, port: RegisteredPort, passing: Passing): Branch {
  const straight = (): Branch => destination(mesh, { target: { host: service.host, subset: '', port: port.number }, asHttp: false, listenerPort: port.number, missing: 503, passing });
  const [owner] = service.owners;
  const routes = owner && serviceRoutes(mesh, owner, gateway.namespace, port.number);
  const rules = passing.tls ? [...routes?.tls ?? [], ...routes?.tcp ?? []] : routes?.tcp ?? [];
  if (rules.length === 0) return straight();
  return connected(mesh, { rules, otherwise: { kind: 'unknown traffic' } }, passing, { sni: passing.tls?.sni, address: service.addresses[0], port: port.number });
}
