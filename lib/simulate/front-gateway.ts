import { covers, gatewayApiPort, gatewayPort, servicesTargeting, type GatewayPort, type Mesh } from '../mesh/index.ts';
import { BadRequest } from './bad-request.ts';
import { isAddress, type Call } from './call.ts';
import type { Proxy } from './proxy.ts';
import { proxyOf, senderOf } from './sender.ts';

/** The gateway that a client outside reaches by a URL, and the port of it; undefined where none listens for it. */
export function frontGateway(mesh: Mesh, call: Call): { readonly proxy: Proxy; readonly port: number } | undefined {
  if (isAddress(call.address ?? call.host) || isInCluster(mesh, call.host)) return undefined;
  const fronts = mesh.derived('gateways in front', () => candidates(mesh)).map(proxy => ({ proxy, port: listeningPort(mesh, proxy, call.port) }));
  const listening = fronts.flatMap(front => {
    const open = openPort(mesh, front.proxy, front.port);
    return open ? [{ ...front, open }] : [];
  });
  const knowing = listening.filter(({ open }) => knows(open, call));
  const [one, other] = knowing.length > 0 ? knowing : listening;
  if (one && other) throw new BadRequest(`${listening.length} gateways listen on port ${call.port} for ${call.host}; say which: ${listening.slice(0, 4).map(({ proxy }) => nameOf(proxy)).join(', ')}`);
  return one;
}

/** The port of a gateway's proxy behind a port of its Service; the number itself where no Service has it. */
export function listeningPort(mesh: Mesh, proxy: Proxy, port: number): number {
  return servicesTargeting(mesh, proxy).flatMap(({ ports }) => ports).find(({ number, workloadPort }) => number === port && workloadPort !== undefined)?.workloadPort ?? port;
}

function candidates(mesh: Mesh): readonly Proxy[] {
  const running = mesh.gatewayWorkloads.map(workload => proxyOf(mesh, workload)).filter(({ kind }) => kind === 'gateway');
  const named = mesh.kubernetesGateways.filter(gateway => !gateway.isWaypoint && !running.some(({ namespace, labels }) => namespace === gateway.namespace && labels.get('gateway.networking.k8s.io/gateway-name') === gateway.name));
  const all = [...running, ...named.map(({ namespace, name }) => senderOf(mesh, { gateway: `${namespace}/${name}` }))];
  if (all.length > 0) return distinct(all);
  // Of a mesh whose gateways run elsewhere, the selectors of its Gateways tell what is known of them.
  return distinct(mesh.gateways.map(({ namespace, name }) => senderOf(mesh, { gateway: `${namespace}/${name}` })));
}

/** Of gateways of which labels alone are known, those with the same labels are one. */
function distinct(proxies: readonly Proxy[]): readonly Proxy[] {
  return [...new Map(proxies.map(proxy => [JSON.stringify([proxy.assumed === undefined ? proxy.namespace : '', [...proxy.labels].sort()]), proxy])).values()];
}

function openPort(mesh: Mesh, proxy: Proxy, port: number): GatewayPort | undefined {
  const kubernetes = mesh.kubernetesGateway(proxy.namespace, proxy.labels.get('gateway.networking.k8s.io/gateway-name') ?? '');
  return (kubernetes && gatewayApiPort(mesh, kubernetes, port)) ?? gatewayPort(mesh, proxy, port);
}

function knows({ plaintext, tls }: GatewayPort, { http, tls: own }: Call): boolean {
  const inside = own ? tls.filter(({ names }) => own.sni === undefined || names.some(name => covers(name, own.sni ?? ''))).map(chain => chain.inside) : [plaintext];
  return inside.some(chain => (chain?.kind === 'http' ? http !== undefined && chain.virtualHost(http.authority) !== undefined : chain !== undefined));
}

function isInCluster(mesh: Mesh, host: string): boolean {
  return host.endsWith(`.svc.${mesh.config.clusterDomain}`) || host.endsWith('.svc') || mesh.hosts.at(`${host}.svc.${mesh.config.clusterDomain}`).length > 0;
}

function nameOf({ namespace, workload, labels }: Proxy): string {
  return `${namespace}/${workload?.name ?? labels.get('gateway.networking.k8s.io/gateway-name') ?? [...labels].map(([key, value]) => `${key}=${value}`).join(',')}`;
}
