import { isServedByIstio, type Mesh, type Workload } from '../mesh/index.ts';
import { identityOf, proxyOf, type Proxy, type Request } from '../simulate/index.ts';

/** Who may call: all that shows one identity, by one kind of proxy. */
export interface Client {
  /** `namespace/service account`, or `outside`. */
  readonly name: string;
  readonly proxy: Proxy;
  /** `<trust domain>/ns/<namespace>/sa/<account>`; undefined for who has none. */
  readonly identity: string | undefined;
  /** Who sends its requests, routes of its own included. */
  readonly from: Request['from'];
  /** The same past its routes. */
  readonly onward: Request['from'];
}

/** Who could call a service: the identities of what runs, of gateways, those that policies name, and whoever has none. */
export function clientsOf(mesh: Mesh): readonly Client[] {
  const clients = new Map<string, Client>();
  const add = (proxy: Proxy, from?: Request['from']): void => {
    if (proxy.kind === 'waypoint') return;
    const name = proxy.namespace === '' ? 'outside' : `${proxy.namespace}/${proxy.serviceAccount}`;
    const key = `${name} ${proxy.kind}`;
    if (!clients.has(key)) clients.set(key, clientOf(mesh, name, proxy, from));
  };
  for (const workload of mesh.workloads) add(proxyOf(mesh, workload), senderOf(mesh, workload));
  for (const gateway of mesh.kubernetesGateways) {
    if (!gateway.isWaypoint && isServedByIstio(mesh, gateway)) add(bare('gateway', gateway.namespace, `${gateway.name}-${gateway.className}`));
  }
  const known = new Set([...clients.values()].map(({ name }) => name));
  for (const { namespace, account } of named(mesh)) {
    // A waypoint calls for others, who are asked about themselves.
    if (!known.has(`${namespace}/${account}`) && !mesh.kubernetesGateway(namespace, account)?.isWaypoint) add(bare(mesh.namespace(namespace)?.ambient ? 'ambient' : 'sidecar', namespace, account));
  }
  add(bare('none', '', ''));
  return [...clients.values()];
}

function clientOf(mesh: Mesh, name: string, proxy: Proxy, from: Request['from'] | undefined): Client {
  const { kind, namespace, labels, serviceAccount, ips } = proxy;
  const onward: Request['from'] = { proxy: { kind: kind === 'waypoint' ? 'gateway' : kind, namespace, labels: Object.fromEntries(labels), serviceAccount, ips, onward: true } };
  return { name, proxy, identity: kind === 'none' ? undefined : identityOf(proxy, mesh.config.trustDomain), from: from ?? onward, onward };
}

/** By name, where that means this workload; a gateway is asked past its routes, which are another matter. */
function senderOf(mesh: Mesh, workload: Workload): Request['from'] | undefined {
  if (mesh.gatewayWorkloads.includes(workload)) return undefined;
  return mesh.workloadsIn(workload.namespace).find(({ name }) => name === workload.name) === workload ? { workload: `${workload.namespace}/${workload.name}` } : undefined;
}

function bare(kind: Proxy['kind'], namespace: string, serviceAccount: string): Proxy {
  return { kind, namespace, labels: new Map(), serviceAccount, ips: [], workload: undefined };
}

/** Service accounts of the mesh that policies name in full. */
function* named(mesh: Mesh): Generator<{ readonly namespace: string; readonly account: string }> {
  const { trustDomain } = mesh.config;
  for (const policy of mesh.authorizationPolicies) {
    for (const { principals, serviceAccounts } of policy.rules.flatMap(({ from }) => from)) {
      for (const principal of principals) {
        const [, domain = '', namespace = '', account = ''] = /^([^/*]+)\/ns\/([^/*]+)\/sa\/([^/*]+)$/.exec(principal) ?? [];
        if (account !== '' && (domain === trustDomain || domain === 'cluster.local')) yield { namespace, account };
      }
      for (const written of serviceAccounts) {
        const [first = '', second] = written.split('/');
        if (!written.includes('*')) yield second === undefined ? { namespace: policy.namespace, account: first } : { namespace: first, account: second };
      }
    }
  }
}
