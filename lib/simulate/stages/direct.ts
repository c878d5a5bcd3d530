import { endpointsOf, knowsWorkloads, waypointOfWorkload, type Mesh, type RegisteredService, type ServiceEndpoint, type Workload } from '../../mesh/index.ts';
import { closes, ending, ends, shared, type Branch } from '../outcome.ts';
import type { Passing } from '../passing.ts';
import type { Proxy } from '../proxy.ts';
import { proxyOfEndpoint } from '../sender.ts';
import type { Transport } from '../server/arrival.ts';
import type { Dialled } from './dialled.ts';
import { received, seenBy } from './inbound.ts';
import { tunnelled, waypointFor } from './waypoint-for.ts';
import { passedWaypoint } from './waypoint-policies.ts';

/** A connection to the address that was dialled, with no route and no TLS of the mesh: of clients without a proxy, and of traffic that is let through. */
export function direct(mesh: Mesh, target: Dialled, passing: Passing, port?: number): Branch {
  if (target.kind === 'pod') return toPod(mesh, target.workload, target.address, passing, port ?? 0);
  if (target.kind !== 'service' || port === undefined) {
    return ends([], { destination: { kind: 'passthrough', address: target.kind === 'name' || target.kind === 'service' ? undefined : target.address, request: seenBy(passing.http) } });
  }
  const { service } = target;
  const at = service.ports.find(({ number }) => number === port);
  if (!at) return ends([{ kind: 'destination', host: service.host, port, subset: '', known: false, note: `the service has no port ${port}` }], { answer: { ...closes(''), kind: 'refused' }, answeredBy: undefined });
  const waypoint = waypointFor(mesh, passing.sender, service);
  if (waypoint) return passing.next.waypoint(mesh, waypoint, service, at, passing);
  const endpoints = endpointsOf(mesh, service, at, new Map());
  if (endpoints.length === 0) {
    if (!knowsWorkloads(mesh)) return ends([{ kind: 'not modelled', what: 'the workloads behind the service' }], { destination: { kind: 'passthrough', address: target.address, request: seenBy(passing.http) }, sure: false });
    return ends([{ kind: 'endpoints', workloads: [], count: 0 }], { answer: { ...closes(''), kind: 'refused' }, answeredBy: undefined });
  }
  const total = endpoints.reduce((sum, { count }) => sum + count, 0);
  const outcomes = shared(endpoints.map(endpoint => ({ share: endpoint.count / total, branch: toEndpoint(mesh, endpoint, service, passing) })));
  const [first] = outcomes;
  const alike = first && outcomes.every(other => JSON.stringify([other.answer?.kind, other.answer?.status, other.sure]) === JSON.stringify([first.answer?.kind, first.answer?.status, first.sure]));
  return { steps: [{ kind: 'endpoints', workloads: endpoints.map(({ name }) => name), count: total }], outcomes: alike ? [{ ...first, share: 1 }] : outcomes };
}

/** To the address of a pod: through the waypoint that is for workloads, where the client is in ambient mode. */
function toPod(mesh: Mesh, workload: Workload, address: string, passing: Passing, port: number): Branch {
  const { namespace, podLabels, serviceAccount, name } = workload;
  const endpoint: ServiceEndpoint = { workload, namespace, labels: podLabels, serviceAccount, address, port, count: 1, name: `${namespace}/${name}` };
  const waypoint = passing.sender.kind === 'ambient' ? waypointOfWorkload(mesh, workload) : undefined;
  const onward = (from: Passing): Branch => toEndpoint(mesh, endpoint, undefined, from);
  return waypoint ? passedWaypoint(mesh, waypoint, { port, reads: true, service: undefined, address }, passing, onward) : onward(passing);
}

function toEndpoint(mesh: Mesh, endpoint: ServiceEndpoint, service: RegisteredService | undefined, passing: Passing): Branch {
  const to = { kind: 'passthrough' as const, address: endpoint.address === '' ? endpoint.name : endpoint.address, request: seenBy(passing.http) };
  const at = proxyOfEndpoint(mesh, endpoint);
  const transport = transportTo(mesh, at, passing);
  if (at.kind === 'gateway') return passing.next.gateway(mesh, at, endpoint.port, transport, { ...passing, tls: undefined, hops: passing.hops + 1 });
  if (at.kind === 'none') return ends([], { destination: to });
  const got = received(mesh, { at, port: endpoint.port, transport, passing, service: service && `${service.namespace}/${service.owners[0]?.name ?? ''}`, destinationIp: endpoint.address === '' ? undefined : endpoint.address });
  return { steps: [], outcomes: [ending({ steps: got.steps, answer: got.answer, answeredBy: got.answer && 'server', destination: got.answer ? undefined : { ...to, request: got.seen }, sure: got.sure })] };
}

export function transportTo(mesh: Mesh, at: Proxy, { sender, tls }: Pick<Passing, 'sender' | 'tls'>): Transport {
  if ((sender.kind === 'ambient' || sender.kind === 'waypoint') && takesTunnel(at)) return tunnelled(mesh, sender);
  if (!tls) return { tls: 'none' };
  return tls.mutual ? { tls: 'mutual', istio: false, identity: undefined, sni: tls.sni } : { tls: 'one-way', sni: tls.sni, alpn: tls.alpn };
}

/** Whether a workload takes the tunnel of ambient mode: ztunnel does for its own, and a sidecar that is told to. */
function takesTunnel({ kind, labels }: Proxy): boolean {
  return kind === 'ambient' || kind === 'waypoint' || (kind === 'sidecar' && labels.get('networking.istio.io/tunnel') === 'http');
}
