import { isHttp } from '../entities/protocol.ts';
import type { VirtualService } from '../entities/virtual-service.ts';
import type { Mesh } from '../mesh.ts';
import type { HttpRule, VirtualHost } from '../treatments.ts';
import { untilCatchAll } from './catch-all.ts';
import { defaultRule } from './default-rule.ts';
import { serviceRoutes } from './gateway-api/service-routes.ts';
import { httpRules } from './http-rules.ts';
import { isService, registeredService, type RegisteredPort, type RegisteredService } from './registered-service.ts';
import { domainsOf, fullNames, hostName } from './service-domains.ts';
import { servicesAtAddress } from './services-at-address.ts';
import { servicesUnder } from './services-on-port.ts';
import { importsService, type Scope } from './sidecar-scope.ts';
import { virtualServicesForSidecar } from './virtual-services-for.ts';

/** Where the Host header of a request leads to at a sidecar. */
export interface SidecarVirtualHost extends VirtualHost {
  /** Undefined where a VirtualService alone says the host. */
  readonly service: RegisteredService | undefined;
}

/**
 * The virtual host that Envoy takes for a Host header at a port of a sidecar: an exact name, else the longest wildcard. Undefined
 * where nothing there knows the host.
 *
 * Source: istio/istio pilot/pkg/networking/core/httproute.go, and Envoy's router/config_impl.cc
 */
export function sidecarVirtualHost(mesh: Mesh, scope: Scope, port: number, authority: string): SidecarVirtualHost | undefined {
  if (scope.sidecar?.egress && !scope.listener) return undefined;
  const name = hostName(authority);
  const names = fullNames(mesh, name, scope.namespace);
  return exactly(mesh, scope, port, names, name) ?? byWildcard(mesh, scope, port, names[0] ?? name);
}

/** The virtual host of one service, whatever the Host header says: what a port of its own address has whose protocol is found out. */
export function virtualHostOf(mesh: Mesh, scope: Scope, port: number, service: RegisteredService): SidecarVirtualHost {
  return { ...ofService(mesh, scope, port, service), domains: ['*'] };
}

/** A service as a proxy sees it at a port that takes HTTP; a name of another service leads to that one. */
export function httpServiceAt(mesh: Mesh, scope: Scope, port: number, host: string): RegisteredService | undefined {
  const service = seenService(mesh, scope, host);
  return service && httpPort(service, port) ? service : undefined;
}

/** A service as a proxy sees it; a name of another service leads to that one. */
export function seenService(mesh: Mesh, scope: Scope, host: string, depth = 0): RegisteredService | undefined {
  const service = registeredService(mesh, host, scope.namespace, (namespace, name) => importsService(scope, namespace, name));
  const [owner] = service?.owners ?? [];
  if (service?.dialled !== 'alias' || !owner || !isService(owner) || depth > 8) return service;
  return seenService(mesh, scope, owner.externalName.toLowerCase(), depth + 1) ?? service;
}

/** The port of a service that HTTP may be sent to. */
export function httpPort(service: RegisteredService, port: number): RegisteredPort | undefined {
  return service.ports.find(({ number, protocol }) => number === port && (isHttp(protocol) || protocol === 'AUTO'));
}

function exactly(mesh: Mesh, scope: Scope, port: number, names: readonly string[], name: string): SidecarVirtualHost | undefined {
  const [own = name, ...longer] = names;
  const service = httpServiceAt(mesh, scope, port, own);
  if (service?.host === own) return ofService(mesh, scope, port, service);
  // A VirtualService for a name that stands for another service routes that name alone.
  const written = ofVirtualServices(mesh, scope, port, own, virtualServicesForSidecar(mesh, scope, own).find(({ host }) => host === own)?.services ?? []);
  if (written) return written;
  if (service) return ofService(mesh, scope, port, service);
  for (const full of longer) {
    const short = httpServiceAt(mesh, scope, port, full);
    if (short) return ofService(mesh, scope, port, short);
  }
  for (const { host } of servicesAtAddress(mesh, name)) {
    const dialled = httpServiceAt(mesh, scope, port, host);
    if (dialled) return ofService(mesh, scope, port, dialled);
  }
  return undefined;
}

/** The longest wildcard that covers a name: of a service, of the pods of a headless one, of a VirtualService. */
function byWildcard(mesh: Mesh, scope: Scope, port: number, name: string): SidecarVirtualHost | undefined {
  const written = new Map(virtualServicesForSidecar(mesh, scope, name).map(({ host, services }) => [host, services]));
  const services = new Set([...mesh.hosts.covering(name)].map(({ host }) => host));
  const wildcards = new Set([...written.keys(), ...services].filter(host => host.startsWith('*')));
  for (const wildcard of [...wildcards, ...podSuffixes(name)].sort((a, b) => b.length - a.length)) {
    const pods = wildcards.has(wildcard) ? undefined : headless(mesh, scope, port, wildcard.slice(2));
    if (pods) return { ...ofService(mesh, scope, port, pods), domains: [wildcard] };
    if (!wildcards.has(wildcard)) continue;
    const service = services.has(wildcard) ? httpServiceAt(mesh, scope, port, wildcard) : undefined;
    if (service) return ofService(mesh, scope, port, service);
    // A wildcard that stands for services of the registry makes no virtual host of its own.
    if (someServiceUnder(mesh, scope, port, wildcard)) continue;
    const found = ofVirtualServices(mesh, scope, port, wildcard, written.get(wildcard) ?? []);
    if (found) return found;
  }
  return undefined;
}

function podSuffixes(name: string): string[] {
  const labels = name.split('.');
  return labels.slice(1, 8).map((_, i) => `*.${labels.slice(i + 1).join('.')}`);
}

function headless(mesh: Mesh, scope: Scope, port: number, name: string): RegisteredService | undefined {
  return fullNames(mesh, name, scope.namespace).map(full => httpServiceAt(mesh, scope, port, full)).find(service => service?.dialled === 'pods');
}

function ofService(mesh: Mesh, scope: Scope, port: number, service: RegisteredService): SidecarVirtualHost {
  const at = httpPort(service, port);
  const [owner] = service.owners;
  const attached = owner && serviceRoutes(mesh, owner, scope.namespace, port).http;
  if (attached) {
    return { domains: domainsOf(mesh, service.host, scope.namespace), service, stage: { rules: untilCatchAll(attached), otherwise: { kind: 'not found' } }, from: attached[0]?.from ?? { on: owner, at: '' } };
  }
  const found = claimed(mesh, scope, port, service.host);
  return {
    domains: domainsOf(mesh, service.host, scope.namespace),
    service,
    stage: { rules: found?.rules ?? [defaultRule(mesh, service, port, at)], otherwise: { kind: 'not found' } },
    from: found ? { on: found.service, at: 'spec.hosts' } : owner && { on: owner, at: '' },
  };
}

/** The VirtualService that has the routes of a service: an exact host before a wildcard, then the first that has routes here. */
function claimed(mesh: Mesh, scope: Scope, port: number, host: string): { readonly service: VirtualService; readonly rules: readonly HttpRule[] } | undefined {
  const [closest] = virtualServicesForSidecar(mesh, scope, host);
  const candidates = closest && (closest.host === host ? closest.services : closest.services.slice(0, 1));
  for (const service of candidates ?? []) {
    const rules = httpRules(mesh, service, { gateway: 'mesh', port, namespace: scope.namespace, labels: scope.labels });
    if (rules.length > 0) return { service, rules };
  }
  return undefined;
}

/** A host that VirtualServices alone say: at port 80 always, elsewhere where they also say a service of the port. */
function ofVirtualServices(mesh: Mesh, scope: Scope, port: number, host: string, services: readonly VirtualService[]): SidecarVirtualHost | undefined {
  for (const service of services) {
    if (port !== 80 && !service.fullHosts.some(name => saysServiceOf(mesh, scope, port, name))) continue;
    const rules = httpRules(mesh, service, { gateway: 'mesh', port, namespace: scope.namespace, labels: scope.labels });
    if (rules.length > 0) return { domains: [host], service: undefined, stage: { rules, otherwise: { kind: 'not found' } }, from: { on: service, at: 'spec.hosts' } };
  }
  return undefined;
}

function saysServiceOf(mesh: Mesh, scope: Scope, port: number, host: string): boolean {
  return host.startsWith('*') ? someServiceUnder(mesh, scope, port, host) : httpServiceAt(mesh, scope, port, host)?.host === host.toLowerCase();
}

function someServiceUnder(mesh: Mesh, scope: Scope, port: number, wildcard: string): boolean {
  for (const { host } of servicesUnder(mesh, wildcard)) if (httpServiceAt(mesh, scope, port, host)) return true;
  return false;
}
