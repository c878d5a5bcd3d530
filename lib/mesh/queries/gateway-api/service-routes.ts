import type { KubernetesRoute } from '../../entities/gateway-api.ts';
import { kubernetesRoutesOf } from '../../indexes.ts';
import type { Mesh } from '../../mesh.ts';
import type { ConnectionRule, HttpRule } from '../../treatments.ts';
import type { HostOwner } from '../known-host.ts';
import { connectionRules } from './connection-rules.ts';
import { rulesOfRoutes } from './route-rules.ts';

/** The routes of the Gateway API that a service has inside the mesh. */
export interface ServiceRoutes {
  /** Undefined where no HTTPRoute or GRPCRoute is attached: the service keeps its default route. */
  readonly http: readonly HttpRule[] | undefined;
  readonly tls: readonly ConnectionRule[];
  readonly tcp: readonly ConnectionRule[];
}

/**
 * The routes that are attached to a service, for clients of a namespace. Those of the client's namespace (consumer routes)
 * take the place of those of the service's (producer routes); those of any other count for nobody.
 *
 * Source: https://gateway-api.sigs.k8s.io/mesh/
 */
export function serviceRoutes(mesh: Mesh, service: HostOwner, clientNamespace: string, port: number): ServiceRoutes {
  const attached = mesh.at(kubernetesRoutesOf, `${service.kind} ${service.namespace}/${service.name}`).filter(route => refers(route, service, port));
  const own = attached.filter(({ namespace }) => namespace === clientNamespace);
  const routes = own.length > 0 ? own : attached.filter(({ namespace }) => namespace === service.namespace);
  // HTTPRoutes and GRPCRoutes are not merged with each other: the kind of the first one holds.
  const http = routes.filter(({ kind }) => kind === 'HTTPRoute' || kind === 'GRPCRoute');
  const [first] = http;
  const connections = (kind: string): readonly ConnectionRule[] => routes.filter(route => route.kind === kind)
    .flatMap(route => connectionRules(mesh, route, kind === 'TLSRoute' && route.hostnames.length > 0 ? route.hostnames : ['*'], false));
  return {
    http: first && rulesOfRoutes(mesh, http.filter(({ kind }) => kind === first.kind), false),
    tls: connections('TLSRoute'),
    tcp: connections('TCPRoute'),
  };
}

function refers({ parents }: KubernetesRoute, service: HostOwner, port: number): boolean {
  return parents.some(parent => parent.kind === service.kind && parent.group === service.group && parent.namespace === service.namespace && parent.name === service.name
    && (parent.port === undefined || parent.port === port));
}
