import type { From } from '../conditions.ts';
import { covers } from '../entities/hosts.ts';
import type { VirtualService } from '../entities/virtual-service.ts';
import type { Mesh } from '../mesh.ts';
import type { HttpRule } from '../treatments.ts';
import { isVisible } from '../entities/visibility.ts';
import { virtualServicesOfGateway } from '../indexes.ts';
import { isCatchAll } from './catch-all.ts';
import { meetsServer } from './connection-rules.ts';
import type { GatewayServer } from './gateway-servers.ts';
import type { GatewayVirtualHost } from './gateway-port.ts';
import { httpRules } from './http-rules.ts';
import { hostName } from './service-domains.ts';
import type { Target } from './services-targeting.ts';
import { inOrder, virtualServicesForGateway } from './virtual-services-for.ts';

/**
 * The virtual host of a gateway's port for a Host header. Several VirtualServices of one name are merged, in order; those that take
 * everything come last.
 *
 * Source: istio/istio pilot/pkg/networking/core/gateway.go
 */
export function gatewayVirtualHost(mesh: Mesh, proxy: Target, servers: readonly GatewayServer[], authority: string): GatewayVirtualHost | undefined {
  const name = hostName(authority);
  const covering = virtualServicesForGateway(mesh, proxy.namespace, name);
  const services = inOrder([...new Set(covering.flatMap(level => level.services))], proxy.namespace);
  const hostsOf = (service: VirtualService): readonly string[] => covering.filter(level => level.services.includes(service)).map(({ host }) => host);
  const found = new Map<string, { rules: HttpRule[]; from: From; httpsOnly: From | undefined }>();
  for (const { gateway, server, from } of servers) {
    const httpsOnly = server.httpsRedirect && !server.protocol.startsWith('HTTPS') ? { on: gateway, at: `${server.path}.tls.httpsRedirect` } : undefined;
    const own = server.hosts.filter(({ host }) => covers(host, name));
    const bound = own.length === 0 ? [] : services.filter(service => service.gateways.includes(`${gateway.namespace}/${gateway.name}`));
    for (const service of bound) {
      const rules = httpRules(mesh, service, { gateway: `${gateway.namespace}/${gateway.name}`, port: server.port, namespace: proxy.namespace, labels: proxy.labels });
      if (rules.length === 0) continue;
      const domains = own.filter(({ namespace }) => namespace === '*' || namespace === service.namespace)
        .flatMap(({ host }) => hostsOf(service).map(said => (covers(host, said) ? said : host)));
      for (const domain of new Set(domains)) {
        const known = found.get(domain);
        found.set(domain, { rules: [...known?.rules ?? [], ...rules], from: known?.from ?? { on: service, at: 'spec.hosts' }, httpsOnly: known?.httpsOnly ?? httpsOnly });
      }
    }
    for (const { host } of httpsOnly ? own : []) {
      const known = found.get(host.toLowerCase());
      found.set(host.toLowerCase(), { rules: known?.rules ?? [], from: known?.from ?? from, httpsOnly: known?.httpsOnly ?? httpsOnly });
    }
  }
  const [domain] = [...found.keys()].sort((a, b) => Number(a.startsWith('*')) - Number(b.startsWith('*')) || b.length - a.length);
  const taken = domain === undefined ? undefined : found.get(domain);
  if (domain === undefined || !taken) return nowhere(mesh, proxy, servers);
  return { domains: [domain], stage: { rules: catchAllsLast(taken.rules), otherwise: { kind: 'not found' } }, from: taken.from, httpsOnly: taken.httpsOnly };
}

function catchAllsLast(rules: readonly HttpRule[]): readonly HttpRule[] {
  return [...rules.filter(rule => !isCatchAll(rule)), ...rules.filter(isCatchAll)];
}

/** A table without any virtual host has one for everything that has no route. */
function nowhere(mesh: Mesh, proxy: Target, servers: readonly GatewayServer[]): GatewayVirtualHost | undefined {
  const has = servers.some(({ gateway, server }) => server.httpsRedirect || mesh.at(virtualServicesOfGateway, `${gateway.namespace}/${gateway.name}`)
    .some(service => isVisible(service.visibility, proxy.namespace) && meetsServer(service, server.hosts) && service.routes.some(({ kind }) => kind === 'http')));
  return has ? undefined : { domains: ['*'], stage: { rules: [], otherwise: { kind: 'not found' } }, from: servers[0]?.from, httpsOnly: undefined };
}
