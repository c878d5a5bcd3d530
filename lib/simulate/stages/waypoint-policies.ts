import type { KubernetesGateway, Mesh } from '../../mesh/index.ts';
import { extensionSteps } from '../extended.ts';
import { ends, type Branch } from '../outcome.ts';
import type { Passing } from '../passing.ts';
import type { Proxy } from '../proxy.ts';
import type { Served } from '../server/arrival.ts';
import { serve } from '../server/serve.ts';
import type { Step } from '../trace.ts';
import { tunnelled } from './waypoint-for.ts';

/** How traffic comes to a waypoint. */
export interface AtWaypoint {
  readonly port: number;
  /** Whether the port is read as HTTP, where that is what comes. */
  readonly reads: boolean;
  readonly service: string | undefined;
  readonly address: string | undefined;
}

/** The policies of a waypoint, and what comes after them where they let it pass. */
export function passedWaypoint(mesh: Mesh, gateway: KubernetesGateway, { port, reads, service, address }: AtWaypoint, passing: Passing, onward: (passing: Passing, served: Served) => Branch): Branch {
  const at = waypointProxy(gateway);
  const http = passing.tls ? undefined : passing.http;
  const served = serve(mesh, {
    at, port, carries: http ? 'http' : 'tcp', readsHttp: http !== undefined && reads, transport: tunnelled(mesh, passing.sender), peerIp: passing.ip, remoteIp: undefined,
    destinationIp: address, http, tokens: passing.tokens, service,
  });
  const extensions = extensionSteps(mesh, at, 'inbound', port, service);
  const sure = served.sure && extensions.length === 0;
  const steps: readonly Step[] = [{ kind: 'waypoint', name: `${gateway.namespace}/${gateway.name}`, from: { on: gateway, at: '' } }, ...extensions, ...served.steps];
  if (served.answer) return ends(steps, { answer: served.answer, answeredBy: 'waypoint', sure });
  const branch = onward({ ...passing, sender: at, http: served.http ?? passing.http, hops: passing.hops + 1 }, served);
  return { steps: [...steps, ...branch.steps], outcomes: sure ? branch.outcomes : branch.outcomes.map(outcome => ({ ...outcome, sure: false })) };
}

/** The proxy of a waypoint. */
export function waypointProxy({ namespace, name }: KubernetesGateway): Proxy {
  return { kind: 'waypoint', namespace, labels: new Map([['gateway.networking.k8s.io/gateway-name', name]]), serviceAccount: name, ips: [], workload: undefined };
}
