import {
  fullNames, isServiceOwner, knownHostNames, ofOwner, servicesAtAddress, workloadAtAddress, type HostOwner, type Mesh, type RegisteredService, type Workload,
} from '../../mesh/index.ts';
import { nearest } from '../../schema/index.ts';
import { BadRequest } from '../bad-request.ts';
import { isAddress, type Call } from '../call.ts';
import { hint } from '../hint.ts';
import type { Proxy } from '../proxy.ts';

/** Where the client's connection goes, before any proxy looks at it. */
export type Dialled =
  /** The client itself. */
  | { readonly kind: 'itself'; readonly address: string }
  /** A service of the cluster, at an address of its own. */
  | { readonly kind: 'service'; readonly service: RegisteredService; readonly address: string | undefined }
  | { readonly kind: 'pod'; readonly workload: Workload; readonly address: string }
  /** An address that nothing among the objects has. */
  | { readonly kind: 'address'; readonly address: string }
  /** A name outside the cluster, whose address is not known. */
  | { readonly kind: 'name'; readonly host: string };

/**
 * What the name that the client calls is in DNS.
 *
 * @throws BadRequest for a name that would be one of the cluster, and is none
 */
export function dialled(mesh: Mesh, client: Proxy, call: Call): Dialled {
  const target = (call.address ?? call.host).toLowerCase();
  if (target === 'localhost' || target.startsWith('127.') || target === '::1' || client.ips.includes(target)) return { kind: 'itself', address: target };
  if (isAddress(target)) return atAddress(mesh, target);
  return named(mesh, client, target, 0) ?? outside(mesh, client, target);
}

function atAddress(mesh: Mesh, address: string): Dialled {
  const [found] = servicesAtAddress(mesh, address);
  const service = found && ofOwner(found.owner).find(({ host }) => host === found.host);
  if (service) return { kind: 'service', service, address };
  const workload = workloadAtAddress(mesh, address);
  return workload ? { kind: 'pod', workload, address } : { kind: 'address', address };
}

function named(mesh: Mesh, client: Proxy, name: string, depth: number): Dialled | undefined {
  for (const full of fullNames(mesh, name, client.namespace)) {
    const owner = mesh.hosts.at(full)[0];
    if (!owner) continue;
    if (isServiceOwner(owner) && owner.type === 'ExternalName' && depth < 8) return named(mesh, client, owner.externalName.toLowerCase(), depth + 1) ?? { kind: 'name', host: owner.externalName };
    const service = serviceOf(owner, full);
    if (service.dialled === 'any address') return { kind: 'name', host: full };
    return { kind: 'service', service, address: service.addresses.find(address => !address.includes('/')) };
  }
  return undefined;
}

function serviceOf(owner: HostOwner, host: string): RegisteredService {
  const found = ofOwner(owner).find(service => service.host === host.toLowerCase());
  if (!found) throw new Error(`${host} is no host of ${owner.kind} ${owner.namespace}/${owner.name}`);
  return found;
}

/** A name that is not of the cluster may be anything; one that would be, but is not, is a mistake. */
function outside(mesh: Mesh, client: Proxy, name: string): Dialled {
  const [own = name, full] = fullNames(mesh, name, client.namespace);
  const within = full !== undefined || own.endsWith(`.svc.${mesh.config.clusterDomain}`);
  const namespace = (full ?? own).split('.')[1] ?? '';
  const meant = within && (!own.includes('.') || own.endsWith('.svc') || own.endsWith(`.${mesh.config.clusterDomain}`) || mesh.knowsNamespace(namespace));
  // A headless service's pods have names of their own; a wildcard, or a VirtualService, may say any name.
  const said = [own, ...(full === undefined ? [] : [full])].some(host => !mesh.hosts.covering(host).next().done || !mesh.virtualServicesByHost.covering(host).next().done);
  if (!meant || said || client.workload === undefined && client.kind !== 'none' || ofPods(mesh, own, client.namespace)) return { kind: 'name', host: own };
  const known = [...knownHostNames(mesh, client.namespace)];
  const near = nearest(own, known) ?? known.find(host => host.startsWith(`${own.split('.', 1)[0] ?? ''}.`));
  throw new BadRequest(`there is no service ${JSON.stringify(name)} for a client ${client.namespace === '' ? 'outside the cluster' : `of namespace ${client.namespace}`}${hint(near, known)}`);
}

function ofPods(mesh: Mesh, name: string, namespace: string): boolean {
  return fullNames(mesh, name.slice(name.indexOf('.') + 1), namespace).some(full => mesh.hosts.at(full).some(owner => isServiceOwner(owner) && owner.headless));
}
