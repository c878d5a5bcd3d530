import { covers } from '../entities/hosts.ts';
import type { Mesh } from '../mesh.ts';
import type { VirtualHost } from '../treatments.ts';
import { defaultRule } from './default-rule.ts';
import { serviceRoutes } from './gateway-api/service-routes.ts';
import { httpRules } from './http-rules.ts';
import { httpPort } from './sidecar-virtual-host.ts';
import type { RegisteredService } from './registered-service.ts';

/**
 * The routes of a service at a waypoint, whatever the Host header says: of HTTPRoutes, else of the VirtualServices of the
 * waypoint's and the service's namespace, one after another, else straight to the service.
 *
 * Source: istio/istio pilot/pkg/networking/core/waypoint.go
 */
export function waypointVirtualHost(mesh: Mesh, waypointNamespace: string, service: RegisteredService, port: number): VirtualHost {
  const [owner] = service.owners;
  const attached = owner && serviceRoutes(mesh, owner, waypointNamespace, port).http;
  const written = attached ?? [...mesh.virtualServicesByHost.covering(service.host)].flatMap(({ values }) => values)
    .filter(({ appliesToMesh, namespace, fullHosts }) => appliesToMesh && (namespace === waypointNamespace || namespace === service.namespace) && fullHosts.some(host => covers(host, service.host)))
    // What asks for labels of the source is left out: the waypoint is the source of nothing.
    .flatMap(virtualService => httpRules(mesh, virtualService, { gateway: 'mesh', port, namespace: waypointNamespace, labels: new Map() }));
  const rules = attached ?? (written.length > 0 ? written : [defaultRule(mesh, service, port, httpPort(service, port))]);
  return { domains: ['*'], stage: { rules, otherwise: { kind: 'not found' } }, from: rules[0]?.from ?? (owner && { on: owner, at: '' }) };
}
