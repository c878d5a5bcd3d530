import {
  endpointsOf, hasAddress, isHttp, isTls, seenService, serviceRoutes, servicesOnPort, tcpStage, tlsStage, virtualServicesForSidecar,
  type ConnectionStage, type Mesh, type RegisteredPort, type RegisteredService, type Scope, type VirtualService,
} from '../../mesh/index.ts';
import type { Call } from '../call.ts';
import type { Dialled } from './dialled.ts';

/** What the sidecar of a client does with a connection, by its address and its first bytes. */
export type Listener =
  /** Requests are read and routed by their Host, or, at a service's own address, to that service whatever their Host. */
  | { readonly kind: 'http'; readonly service: RegisteredService | undefined }
  /** The connection is routed as it is. */
  | { readonly kind: 'connections'; readonly service: RegisteredService; readonly port: RegisteredPort; readonly stage: ConnectionStage }
  /** Nothing knows it. */
  | { readonly kind: 'unknown'; readonly readsHttp: boolean; readonly why: string };

/**
 * The listener and the chain of it that takes a connection.
 *
 * Source: istio/istio pilot/pkg/networking/core/listener.go
 */
export function listenerFor(mesh: Mesh, scope: Scope, target: Dialled, { port, bytes, tls }: Call): Listener {
  if (scope.sidecar?.egress && !scope.listener) return { kind: 'unknown', readsHttp: true, why: `the Sidecar has no egress listener for port ${port}` };
  const own = ownListener(mesh, scope, target, port, bytes);
  if (own) return own;
  const found = shared(mesh, scope, target, port, bytes);
  if (found) return found;
  if (bytes === 'tls' && tls?.sni !== undefined) {
    const byName = namedTls(mesh, scope, tls.sni, port);
    if (byName) return byName;
  }
  return { kind: 'unknown', readsHttp: !hasListener(mesh, scope, port), why: `nothing that the client may see is at this address and port ${port}` };
}

/** The listener of a service's own address, or of its pods' ones: for TCP, and for protocols that are found out. */
function ownListener(mesh: Mesh, scope: Scope, target: Dialled, port: number, bytes: Call['bytes']): Listener | undefined {
  for (const service of candidates(mesh, scope, target, port)) {
    const at = service.ports.find(({ number }) => number === port);
    if (!at || isHttp(at.protocol) || at.protocol === 'UDP') continue;
    if (at.protocol === 'AUTO' && bytes === 'http') return { kind: 'http', service };
    return connections(mesh, scope, service, at);
  }
  return undefined;
}

/** Services that an address is one of: its own, or of a pod of a headless one. */
function candidates(mesh: Mesh, scope: Scope, target: Dialled, port: number): RegisteredService[] {
  const seen = (host: string): RegisteredService[] => {
    const service = seenService(mesh, scope, host);
    return service ? [service] : [];
  };
  switch (target.kind) {
    case 'service': {
      const { service, address } = target;
      return seen(service.host).filter(own => own.dialled === 'pods' || address === undefined || own.addresses.length === 0 || hasAddress(own.addresses, address));
    }
    case 'pod': return mesh.servicesOf(target.workload).filter(({ headless }) => headless).flatMap(({ host }) => seen(host));
    case 'address': return headlessAt(mesh, scope, target.address, port);
    case 'itself': case 'name': return [];
  }
}

/** Headless services whose endpoints are listed by address alone. */
function headlessAt(mesh: Mesh, scope: Scope, address: string, port: number): RegisteredService[] {
  if (!mesh.has('EndpointSlice')) return [];
  return [...servicesOnPort(mesh, port)].flatMap(({ owner, host }) => {
    if (!('headless' in owner) || !owner.headless) return [];
    const service = seenService(mesh, scope, host);
    const at = service?.ports.find(({ number }) => number === port);
    return service && at && endpointsOf(mesh, service, at, new Map()).some(endpoint => endpoint.address === address) ? [service] : [];
  });
}

function connections(mesh: Mesh, scope: Scope, service: RegisteredService, port: RegisteredPort): Listener {
  const context = { gateway: 'mesh', port: port.number, namespace: scope.namespace, labels: scope.labels };
  const [owner] = service.owners;
  const routes = owner && serviceRoutes(mesh, owner, scope.namespace, port.number);
  const attached = (isTls(port.protocol) ? routes?.tls : routes?.tcp) ?? [];
  if (attached.length > 0) return { kind: 'connections', service, port, stage: { rules: attached, otherwise: { kind: 'unknown traffic' } } };
  const services = virtualServicesOf(mesh, scope, service);
  const stage = isTls(port.protocol) ? tlsStage(mesh, services, context, service, port) : tcpStage(mesh, services, context, service, port);
  return { kind: 'connections', service, port, stage };
}

function virtualServicesOf(mesh: Mesh, scope: Scope, service: RegisteredService): readonly VirtualService[] {
  return virtualServicesForSidecar(mesh, scope, service.host).flatMap(({ services }) => services);
}

/** The listener of the port, whatever the address: where some service there speaks HTTP, or has no address of its own. */
function shared(mesh: Mesh, scope: Scope, target: Dialled, port: number, bytes: Call['bytes']): Listener | undefined {
  if (bytes === 'http' && target.kind === 'service' && takesHttp(seenService(mesh, scope, target.service.host), port)) return { kind: 'http', service: undefined };
  for (const { host } of servicesOnPort(mesh, port)) {
    const service = seenService(mesh, scope, host);
    const at = service?.ports.find(({ number }) => number === port);
    if (!service || !at) continue;
    if (bytes === 'http' && takesHttp(service, port)) return { kind: 'http', service: undefined };
    if (service.dialled !== 'any address' || at.protocol === 'UDP' || isTls(at.protocol) || isHttp(at.protocol)) continue;
    return connections(mesh, scope, service, at);
  }
  return undefined;
}

function takesHttp(service: RegisteredService | undefined, port: number): boolean {
  const at = service?.ports.find(({ number }) => number === port);
  if (!service || !at || service.dialled === 'alias') return false;
  return isHttp(at.protocol) || (at.protocol === 'AUTO' && service.dialled === 'any address');
}

/** Of services without an address of their own, the one whose chain has the server name. */
function namedTls(mesh: Mesh, scope: Scope, sni: string, port: number): Listener | undefined {
  const hosts = new Set([...mesh.hosts.covering(sni)].map(({ host }) => host));
  for (const { services } of virtualServicesForSidecar(mesh, scope, sni)) for (const own of services) for (const host of own.fullHosts) hosts.add(host.toLowerCase());
  for (const host of hosts) {
    const service = seenService(mesh, scope, host);
    const at = service?.ports.find(({ number }) => number === port);
    if (!service || !at || service.dialled !== 'any address' || !isTls(at.protocol)) continue;
    const listener = connections(mesh, scope, service, at);
    if (listener.kind === 'connections') return listener;
  }
  return undefined;
}

/** Whether anything listens on the port for whatever address, so that what it does not know is passed on unread. */
function hasListener(mesh: Mesh, scope: Scope, port: number): boolean {
  for (const { host } of servicesOnPort(mesh, port)) {
    const service = seenService(mesh, scope, host);
    const at = service?.ports.find(({ number }) => number === port);
    if (service && at && (isHttp(at.protocol) || service.dialled === 'any address')) return true;
  }
  return false;
}

