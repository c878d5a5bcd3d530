import { endpointKind, indexes, proxyKindOf, workloadAtAddress, type Mesh, type ServiceEndpoint, type Workload } from '../mesh/index.ts';
import { nearest } from '../schema/index.ts';
import { BadRequest } from './bad-request.ts';
import { hint } from './hint.ts';
import type { Proxy } from './proxy.ts';
import type { ProxySpec, Sender } from './request.ts';

/**
 * Who makes a request.
 *
 * @throws BadRequest where the mesh knows no such workload, service account or gateway
 */
export function senderOf(mesh: Mesh, from: Sender): Proxy {
  if ('workload' in from) return proxyOf(mesh, workloadNamed(mesh, from.workload));
  if ('serviceAccount' in from) return ofServiceAccount(mesh, from.serviceAccount);
  if ('gateway' in from) return gatewayNamed(mesh, from.gateway);
  if ('proxy' in from) return specified(from.proxy);
  return nobody;
}

/** A client without a proxy, of which nothing is known. */
export const nobody: Proxy = { kind: 'none', namespace: '', labels: new Map(), serviceAccount: '', ips: [], workload: undefined };

/** The proxy of a workload. */
export function proxyOf(mesh: Mesh, workload: Workload): Proxy {
  return {
    kind: proxyKindOf(mesh, workload),
    namespace: workload.namespace,
    labels: workload.podLabels,
    serviceAccount: workload.serviceAccount,
    ips: workload.ips,
    workload,
  };
}

/** The proxy at an endpoint, which a machine outside Kubernetes may have too. */
export function proxyOfEndpoint(mesh: Mesh, { workload, namespace, labels, serviceAccount, address }: ServiceEndpoint): Proxy {
  const ips = address === '' ? [] : [address];
  return workload ? { ...proxyOf(mesh, workload), ips } : { kind: endpointKind(mesh, { workload, labels }), namespace, labels, serviceAccount, ips, workload: undefined };
}

function workloadNamed(mesh: Mesh, written: string): Workload {
  const { namespace, name } = split(written);
  const found = mesh.at(indexes.workloadByName, `${namespace}/${name}`)[0] ?? mesh.workloadsIn(namespace).find(workload => workload.podLabels.get('app') === name);
  if (found) return found;
  const byAddress = workloadAtAddress(mesh, written);
  if (byAddress) return byAddress;
  throw new BadRequest(unknown('workload', written, mesh.workloads.map(workload => `${workload.namespace}/${workload.name}`)));
}

function ofServiceAccount(mesh: Mesh, written: string): Proxy {
  const { namespace, name } = split(written);
  const [workload] = mesh.at(indexes.workloadsByServiceAccount, `${namespace}/${name}`);
  if (workload) return proxyOf(mesh, workload);
  if (!mesh.serviceAccounts.some(account => account.namespace === namespace && account.name === name)) {
    throw new BadRequest(unknown('service account', written, [...new Set([...mesh.serviceAccounts.map(account => `${account.namespace}/${account.name}`), ...mesh.workloads.map(own => `${own.namespace}/${own.serviceAccount}`)])]));
  }
  // Nothing runs with it yet; what will is injected as its namespace says.
  const home = mesh.namespace(namespace);
  const kind = home?.ambient ? 'ambient' : home?.injection === 'enabled' || home?.revision !== undefined ? 'sidecar' : 'none';
  return { kind, namespace, labels: new Map(), serviceAccount: name, ips: [], workload: undefined };
}

function gatewayNamed(mesh: Mesh, written: string): Proxy {
  const { namespace, name } = split(written);
  const workload = mesh.gatewayWorkloads.find(own => own.namespace === namespace && (own.name === name || own.podLabels.get('gateway.networking.k8s.io/gateway-name') === name));
  if (workload) return { ...proxyOf(mesh, workload), kind: 'gateway' };
  const kubernetes = mesh.kubernetesGateway(namespace, name);
  if (kubernetes) {
    return {
      kind: 'gateway', namespace, labels: new Map([['gateway.networking.k8s.io/gateway-name', name]]), serviceAccount: `${name}-${kubernetes.className}`, ips: [], workload: undefined,
    };
  }
  const istio = mesh.gateway(`${namespace}/${name}`);
  if (istio) {
    const [runs] = mesh.workloadsSelectedBy(istio.selector);
    if (runs && istio.selector.size > 0) return { ...proxyOf(mesh, runs), kind: 'gateway' };
    return {
      kind: 'gateway', namespace, labels: istio.selector, serviceAccount: 'default', ips: [], workload: undefined,
      assumed: `no pod among the objects has the labels that the Gateway selects, so it is taken to run in the namespace of the Gateway, ${namespace}, as service account default`,
    };
  }
  throw new BadRequest(unknown('gateway', written, [...mesh.gatewayWorkloads, ...mesh.gateways, ...mesh.kubernetesGateways].map(own => `${own.namespace}/${own.name}`)));
}

function specified({ kind, namespace, labels = {}, serviceAccount = 'default', ips = [] }: ProxySpec): Proxy {
  return { kind, namespace, labels: new Map(Object.entries(labels)), serviceAccount, ips, workload: undefined };
}

function split(written: string): { readonly namespace: string; readonly name: string } {
  const [namespace, name] = written.includes('/') ? written.split('/', 2) : ['default', written];
  return { namespace: namespace ?? '', name: name ?? '' };
}

function unknown(what: string, written: string, known: readonly string[]): string {
  return `there is no ${what} ${JSON.stringify(written)}${hint(nearest(written, known), known)}`;
}
