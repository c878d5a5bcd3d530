import { endpointsOf, knowsWorkloads, type Mesh, type RegisteredService, type ServiceEndpoint } from '../../mesh/index.ts';
import { closes, ending, ends, shared, type Branch } from '../outcome.ts';
import type { Passing } from '../passing.ts';
import { proxyOf } from '../sender.ts';
import type { Transport } from '../server/arrival.ts';
import type { Dialled } from './dialled.ts';
import { gatewayHop } from './gateway.ts';
import { received, seenBy } from './inbound.ts';

/** A connection to the address that was dialled, with no route and no TLS of the mesh: of clients without a proxy, and of traffic that is let through. */
export function direct(mesh: Mesh, target: Dialled, passing: Passing, port?: number): Branch {
  if (target.kind === 'pod') return toEndpoint(mesh, { workload: target.workload, namespace: target.workload.namespace, labels: target.workload.podLabels, serviceAccount: target.workload.serviceAccount, address: target.address, port: port ?? 0, count: 1, name: `${target.workload.namespace}/${target.workload.name}` }, undefined, passing);
  if (target.kind !== 'service' || port === undefined) {
    return ends([], { destination: { kind: 'passthrough', address: target.kind === 'name' || target.kind === 'service' ? undefined : target.address, request: seenBy(passing.http) } });
  }
  const { service } = target;
  const at = service.ports.find(({ number }) => number === port);
  if (!at) return ends([{ kind: 'destination', host: service.host, port, subset: '', known: false, note: `the service has no port ${port}` }], { answer: { ...closes(''), kind: 'refused' }, answeredBy: undefined });
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

function toEndpoint(mesh: Mesh, endpoint: ServiceEndpoint, service: RegisteredService | undefined, passing: Passing): Branch {
  const { tls } = passing;
  const transport: Transport = !tls ? { tls: 'none' } : tls.mutual ? { tls: 'mutual', istio: false, identity: undefined, sni: tls.sni } : { tls: 'one-way', sni: tls.sni, alpn: tls.alpn };
  const to = { kind: 'passthrough' as const, address: endpoint.address === '' ? endpoint.name : endpoint.address, request: seenBy(passing.http) };
  if (!endpoint.workload) return ends([], { destination: to });
  const at = proxyOf(mesh, endpoint.workload);
  if (at.kind === 'gateway') return gatewayHop(mesh, at, endpoint.port, transport, { ...passing, tls: undefined, hops: passing.hops + 1 });
  if (at.kind === 'none') return ends([], { destination: to });
  const got = received(mesh, { at, port: endpoint.port, transport, passing, service: service && `${service.namespace}/${service.owners[0]?.name ?? ''}`, destinationIp: endpoint.address === '' ? undefined : endpoint.address });
  return { steps: [], outcomes: [ending({ steps: got.steps, answer: got.answer, answeredBy: got.answer && 'server', destination: got.answer ? undefined : { ...to, request: got.seen }, sure: got.sure })] };
}
