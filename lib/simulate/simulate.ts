import { ingressesAsGateways, type Mesh } from '../mesh/index.ts';
import { BadRequest } from './bad-request.ts';
import { callOf, type Call } from './call.ts';
import { frontGateway, listeningPort } from './front-gateway.ts';
import type { Branch } from './outcome.ts';
import type { Passing } from './passing.ts';
import type { Proxy } from './proxy.ts';
import type { Request } from './request.ts';
import { senderOf } from './sender.ts';
import type { Transport } from './server/arrival.ts';
import { dialled } from './stages/dialled.ts';
import { direct } from './stages/direct.ts';
import { gatewayHop } from './stages/gateway.ts';
import { inbound } from './stages/inbound.ts';
import { onward } from './stages/onward.ts';
import { outbound } from './stages/outbound.ts';
import { waypointHop } from './stages/waypoint.ts';
import type { Step, Trace } from './trace.ts';

/**
 * What happens to a request: every decision on its way, who made it, and how it can end. Nothing is drawn at random; shares of traffic
 * are outcomes. What is not modelled makes an outcome unsure.
 *
 * @throws BadRequest for a request that makes no sense in this mesh
 */
export function simulate(given: Mesh, request: Request): Trace {
  const mesh = ingressesAsGateways(given);
  const call = callOf(request);
  const client = senderOf(mesh, request.from);
  const step: Step = { kind: 'client', proxy: client.kind, who: nameOf(client), note: client.assumed };
  const branch = begun(mesh, client, call, request);
  return { request, client, steps: [step, ...branch.steps], outcomes: branch.outcomes, sure: branch.outcomes.every(({ sure }) => sure) };
}

function begun(mesh: Mesh, client: Proxy, call: Call, { from }: Request): Branch {
  const passing: Passing = { sender: client, http: call.http, tls: call.tls, tokens: call.tokens, ip: call.ip ?? client.ips[0] ?? '', hops: 0, next: { gateway: gatewayHop, waypoint: waypointHop } };
  if ('proxy' in from && from.proxy.inbound) return inbound(mesh, { at: client, port: call.port, transport: transportOf(call), passing: { ...passing, tls: undefined }, service: undefined, destinationIp: call.address });
  if ('proxy' in from && from.proxy.onward) return onward(mesh, client, call, passing);
  if (client.kind === 'gateway') {
    const port = 'proxy' in from ? call.port : listeningPort(mesh, client, call.port);
    return gatewayHop(mesh, client, port, transportOf(call), { ...passing, tls: undefined, ip: call.ip ?? '' });
  }
  if ('outside' in from) {
    const front = frontGateway(mesh, call);
    if (front) {
      const hop = gatewayHop(mesh, front.proxy, front.port, transportOf(call), { ...passing, tls: undefined });
      return front.proxy.assumed === undefined ? hop : { ...hop, steps: [{ kind: 'client', proxy: 'gateway', who: nameOf(front.proxy), note: front.proxy.assumed }, ...hop.steps] };
    }
  }
  const target = dialled(mesh, client, call);
  if (client.kind === 'sidecar') return outbound(mesh, client, call, target, passing);
  if ('outside' in from && target.kind === 'name') throw new BadRequest(`nothing among the objects takes a request to ${call.host}:${call.port} from outside; name the gateway that it reaches`);
  return direct(mesh, target, passing, call.port);
}

/** How the client's own connection looks. */
function transportOf({ tls }: Call): Transport {
  if (!tls) return { tls: 'none' };
  if (tls.mutual) return { tls: 'mutual', istio: tls.alpn?.startsWith('istio') ?? false, identity: 'client', sni: tls.sni };
  return { tls: 'one-way', sni: tls.sni, alpn: tls.alpn };
}

function nameOf({ workload, namespace, serviceAccount }: Proxy): string {
  if (workload) return `${workload.kind} ${workload.namespace}/${workload.name}`;
  return namespace === '' ? 'a client outside the mesh' : `service account ${namespace}/${serviceAccount}`;
}
