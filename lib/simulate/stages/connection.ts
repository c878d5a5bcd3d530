import type { ConnectionRule, ConnectionStage, ConnectionTreatment, Mesh } from '../../mesh/index.ts';
import { decide } from '../evaluate.ts';
import { answers, closes, ends, shared, type Branch } from '../outcome.ts';
import type { Passing } from '../passing.ts';
import type { Proxy } from '../proxy.ts';
import { connectionValues } from '../request-values.ts';
import type { Transport } from '../server/arrival.ts';
import type { Step } from '../trace.ts';
import { whyNot } from '../why-not.ts';
import { destination } from './destination.ts';
import { targetText } from './route.ts';

/** A connection as it can be seen before it is decrypted. */
export interface Visible {
  readonly sni: string | undefined;
  readonly address: string | undefined;
  readonly port: number;
}

/** Where a connection goes that is routed as it is; `otherwise` for one that no rule takes. */
export function connected(mesh: Mesh, stage: ConnectionStage, passing: Passing, { sni, address, port }: Visible, otherwise: () => Branch = () => ends([], { answer: closes('NR'), answeredBy: passing.sender.kind === 'gateway' ? 'gateway' : 'client' })): Branch {
  const values = connectionValues(sni, address, port);
  const { rule, treatment, close } = decide<ConnectionTreatment, ConnectionRule>(stage, values);
  const nearly = close.map(({ rule: other, clause }) => ({ from: other.from, why: whyNot(clause, values) }));
  const route: Step = { kind: 'connection route', found: rule !== undefined, from: rule?.from, close: nearly };
  if (treatment.kind === 'not modelled') return ends([route, { kind: 'not modelled', what: treatment.what, from: rule?.from }], { sure: false });
  if (treatment.kind === 'unknown traffic') {
    const branch = otherwise();
    return { steps: [route, ...branch.steps], outcomes: branch.outcomes };
  }
  const total = treatment.destinations.reduce((sum, { weight }) => sum + weight, 0);
  const several = treatment.destinations.length > 1;
  const outcomes = shared(treatment.destinations.map(({ to, weight }, i) => {
    const share = weight / total;
    if (!('host' in to)) return { share, branch: ends([], { answer: closes('NC'), answeredBy: 'client' }) };
    const branch = destination(mesh, { target: to, asHttp: false, listenerPort: port, missing: 503, passing });
    const weights: Step[] = several ? [{ kind: 'weights', to: targetText(to), share, from: rule?.shares[i] }] : [];
    return { share, branch: { steps: [...weights, ...branch.steps], outcomes: branch.outcomes } };
  }));
  return { steps: [route], outcomes };
}

/** A gateway between networks: the server name says where it goes, and the mutual TLS of the mesh is passed on unread. */
export function autoPassthrough(mesh: Mesh, proxy: Proxy, transport: Exclude<Transport, { readonly tls: 'none' }>, passing: Passing, steps: readonly Step[]): Branch {
  const [, port, subset = '', host] = /^outbound_\.(\d+)_\.([^_]*)_\.(.+)$/.exec(transport.sni ?? '') ?? [];
  const ofMesh = transport.tls === 'mutual' ? transport.istio : transport.alpn?.startsWith('istio') ?? false;
  if (port === undefined || host === undefined || !ofMesh) return ends(steps, { answer: closes('NR'), answeredBy: 'gateway' });
  const branch = destination(mesh, { target: { host, subset, port: Number(port) }, asHttp: false, listenerPort: Number(port), missing: 503, passing: { ...passing, sender: proxy }, asItIs: transport });
  return { steps: [...steps, ...branch.steps], outcomes: branch.outcomes };
}

/** A connection that nothing may take: an HTTP client is told, another sees it closed. */
export function blocked(http: boolean): Branch {
  return http ? ends([], { answer: answers(502, ''), answeredBy: 'client' }) : ends([], { answer: closes('UH'), answeredBy: 'client', destination: { kind: 'black hole' } });
}
