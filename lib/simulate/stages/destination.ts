import {
  clientTls, destinationRuleFor, effectivePolicy, endpointsOf, hostName, knowsWorkloads, refusalWithoutProxy, seenService,
  type ClientTls, type EffectivePolicy, type MergedDestinationRule, type Mesh, type RegisteredPort, type RegisteredService, type ServiceEndpoint, type Target,
} from '../../mesh/index.ts';
import { answers, closes, ending, ends, shared, type Branch } from '../outcome.ts';
import type { Passing } from '../passing.ts';
import { identityOf, type Proxy } from '../proxy.ts';
import { proxyOfEndpoint } from '../sender.ts';
import type { Answer, HttpRequest, Transport } from '../server/arrival.ts';
import type { Destination, Outcome, Step } from '../trace.ts';
import { received, seenBy } from './inbound.ts';
import { waypointFor } from './waypoint-for.ts';

/** A request that has a destination, at the proxy that sends it there. */
export interface Sending {
  readonly target: Extract<Target, { readonly host: string }>;
  /** Whether it is routed as HTTP; else as a connection. */
  readonly asHttp: boolean;
  /** The port that it came in by, which is taken where the destination names none and the service has several. */
  readonly listenerPort: number;
  /** What is answered where there is no such destination. */
  readonly missing: 500 | 503;
  readonly passing: Passing;
  /** Bytes that are passed on as they came, mutual TLS of someone else included. */
  readonly asItIs?: Transport | undefined;
}

/**
 * Where a destination leads: its service and port, the DestinationRule, the subset, the endpoints, the TLS to each, and what the
 * server's side says.
 */
export function destination(mesh: Mesh, sending: Sending): Branch {
  const { target, passing, missing, asHttp } = sending;
  const client = passing.sender;
  // Destinations of routes that a sidecar has are seen, whatever its Sidecar imports.
  const service = seenService(mesh, { namespace: client.namespace, labels: client.labels, sidecar: undefined, listener: undefined }, target.host);
  const port = service && portOf(service, target.port, sending.listenerPort);
  const unknown = (why: string, steps: readonly Step[] = []): Branch => ends(
    [...steps, { kind: 'destination', host: target.host, port: target.port ?? sending.listenerPort, subset: target.subset, known: false, note: why }],
    { answer: asHttp ? answers(missing, 'NC') : closes('NC'), answeredBy: byOf(client), destination: reaching(sending, port, [], 'none', false) },
  );
  if (!service) return unknown(`no service that ${client.namespace === '' ? 'the client' : `namespace ${client.namespace}`} may see has this host`);
  if (!port) return unknown(`the service has no port ${target.port ?? sending.listenerPort}`);
  const rule = destinationRuleFor(mesh, service.host, service.namespace, client);
  const found = rule && ruleStep(rule);
  const subset = target.subset === '' ? undefined : rule?.subsets.get(target.subset);
  if (target.subset !== '' && !subset) return unknown(`no DestinationRule that holds here has the subset ${target.subset}`, found ? [found] : []);
  const [owner] = service.owners;
  const steps: Step[] = [
    { kind: 'destination', host: service.host, port: port.number, subset: target.subset, known: true, from: subset ? { on: subset.on, at: subset.subset.path } : owner && { on: owner, at: '' } },
    ...(found ? [found] : []),
  ];
  const waypoint = passing.hops < mostHops ? waypointFor(mesh, client, service) : undefined;
  if (waypoint) {
    const hop = passing.next.waypoint(mesh, waypoint, service, port, passing);
    return { steps: [...steps, ...hop.steps], outcomes: hop.outcomes };
  }
  const policy = effectivePolicy(rule, target.subset, port.number);
  const endpoints = endpointsOf(mesh, service, port, subset?.subset.labels ?? noLabels);
  const named: Step = { kind: 'endpoints', workloads: [...new Set(endpoints.map(({ name }) => name))], count: endpoints.reduce((sum, { count }) => sum + count, 0), from: subset && { on: subset.on, at: `${subset.subset.path}.labels` } };
  if (endpoints.length === 0) return nowhere(mesh, sending, port, [...steps, named]);
  return { steps: [...steps, named], outcomes: merged(toEach(mesh, sending, { service, port, policy, endpoints })) };
}

const noLabels: ReadonlyMap<string, string> = new Map();

function portOf({ ports }: RegisteredService, written: number | undefined, listenerPort: number): RegisteredPort | undefined {
  const [only] = ports;
  if (written === undefined && ports.length === 1) return only;
  return ports.find(({ number }) => number === (written ?? listenerPort));
}

function ruleStep({ rules, policy }: MergedDestinationRule): Step | undefined {
  const [on] = rules;
  return on && { kind: 'destination rule', rule: `${on.namespace}/${on.name}`, from: { on: policy?.on ?? on, at: policy?.policy.path ?? 'spec.host' } };
}

/** No endpoint: an answer where workloads are known at all; of manifests without any, it is not known what runs. */
function nowhere(mesh: Mesh, sending: Sending, port: RegisteredPort, steps: readonly Step[]): Branch {
  const to = reaching(sending, port, [], 'none', true);
  if (!knowsWorkloads(mesh)) {
    const step: Step = { kind: 'not modelled', what: 'the workloads behind the service', note: 'no workload is among the objects, so that it is not known whether any endpoint is there' };
    return ends([...steps, step], { destination: { ...to, request: seenBy(sending.passing.http) }, sure: false });
  }
  return ends(steps, { answer: sending.asHttp ? answers(503, 'UH', 'no healthy upstream') : closes('UH'), answeredBy: byOf(sending.passing.sender), destination: to });
}

interface Reach {
  readonly service: RegisteredService;
  readonly port: RegisteredPort;
  readonly policy: EffectivePolicy;
  readonly endpoints: readonly ServiceEndpoint[];
}

/** Endpoints that are alike to all that is decided from here on are one. */
function toEach(mesh: Mesh, sending: Sending, { service, port, policy, endpoints }: Reach): readonly Outcome[] {
  const servers = endpoints.map(endpoint => ({ endpoint, server: proxyOfEndpoint(mesh, endpoint) }));
  const kinds = [...new Set(servers.map(({ server }) => server.kind))];
  const groups = new Map<string, typeof servers>();
  for (const one of servers) {
    const { server, endpoint } = one;
    const key = JSON.stringify([server.kind, server.namespace, server.serviceAccount, [...server.labels].sort(), endpoint.port]);
    groups.set(key, [...groups.get(key) ?? [], one]);
  }
  const total = endpoints.reduce((sum, { count }) => sum + count, 0);
  return shared([...groups.values()].flatMap(group => {
    const [one] = group;
    if (!one) return [];
    const share = group.reduce((sum, { endpoint }) => sum + endpoint.count, 0) / total;
    const tls: ClientTls = sending.asItIs ? { mode: 'none', auto: false, from: undefined, note: 'TLS is passed on as it came' } : clientTls(mesh, { client: sending.passing.sender, policy, service, port }, one.endpoint, one.server, kinds);
    return [{ share, branch: toServer(mesh, sending, { service, port, policy, endpoints: group.map(({ endpoint }) => endpoint) }, one.endpoint, one.server, tls) }];
  }));
}

function toServer(mesh: Mesh, sending: Sending, { service, port, policy, endpoints }: Reach, endpoint: ServiceEndpoint, server: Proxy, tls: ClientTls): Branch {
  const { passing, asHttp } = sending;
  const client = passing.sender;
  const step: Step = { kind: 'client tls', mode: tls.mode, auto: tls.auto, from: tls.from, note: tls.note };
  const http = passing.http && asHttp ? { ...passing.http, version: versionTo(client, passing.http, port, policy) } : passing.http;
  const onward: Passing = { ...passing, http };
  const to = reaching(sending, port, [...new Set(endpoints.map(({ name }) => name))], tls.mode, true);
  const failure = tls.mode === 'none' && !passing.tls ? 'UC' : 'UF';
  const fails = (flag: string, note: string, steps: readonly Step[] = [], by: Outcome['answeredBy'] = byOf(client)): Branch => ends(
    [step, ...steps, { kind: 'connection failed', flag, note }], { answer: asHttp ? answers(503, flag, unreached) : closes(flag), answeredBy: by, destination: to },
  );
  if (tls.trouble !== undefined) return fails('UF', tls.trouble);
  const transport = sending.asItIs ?? transportOf(mesh, client, tls, { service, port, subset: sending.target.subset, host: http && asHttp ? hostName(http.authority) : service.host }, passing.tls);
  if (server.kind === 'gateway' && passing.hops < mostHops) {
    const hop = passing.next.gateway(mesh, server, endpoint.port, transport, { ...onward, tls: tls.mode === 'none' ? undefined : onward.tls, hops: onward.hops + 1 });
    const outcomes = hop.outcomes.map((outcome): Outcome => (!asHttp || !outcome.answer || outcome.answer.kind === 'http' || outcome.destination?.kind === 'service' ? outcome : {
      ...outcome, steps: [...outcome.steps, closedStep(failure)], answer: answers(503, failure, unreached), answeredBy: byOf(client), destination: to,
    }));
    return { steps: [step, ...hop.steps], outcomes };
  }
  if (server.kind === 'none') {
    const refused = refusalWithoutProxy(tls, service, port);
    return refused !== undefined ? fails('UF', refused) : ends([step], { destination: { ...to, request: seenBy(http) } });
  }
  const got = received(mesh, {
    at: server, port: endpoint.port, transport, passing: onward, service: `${service.namespace}/${service.owners[0]?.name ?? ''}`, destinationIp: endpoint.address === '' ? undefined : endpoint.address,
  });
  if (got.answer && got.answer.kind !== 'http' && client.kind !== 'none') {
    // The server's side closes the connection; the client's proxy answers for it.
    const failed = fails(transport.tls === 'none' || got.answer.flag === 'DPE' ? 'UC' : 'UF', 'the other side closes the connection', got.steps);
    return { ...failed, outcomes: failed.outcomes.map(outcome => ({ ...outcome, sure: got.sure })) };
  }
  if (got.unread && tls.mode === 'istio mutual') return fails('UF', 'the application is handed mutual TLS of the mesh, which it cannot read', got.steps);
  return { steps: [step], outcomes: [ending({ steps: got.steps, answer: got.answer, answeredBy: got.answer && 'server', destination: { ...to, request: got.answer ? undefined : got.seen }, sure: got.sure })] };
}

const mostHops = 4;

const unreached = 'upstream connect error or disconnect/reset before headers';

function closedStep(flag: string): Step {
  return { kind: 'connection failed', flag, note: 'the other side closes the connection' };
}

interface Cluster {
  readonly service: RegisteredService;
  readonly port: RegisteredPort;
  readonly subset: string;
  /** That the request is for: Envoy asks for it by name where no rule says another. */
  readonly host: string;
}

/** How the connection looks to the server. */
export function transportOf(mesh: Mesh, client: Proxy, { mode, serverName }: ClientTls, { service, port, subset, host }: Cluster, own: Passing['tls']): Transport {
  switch (mode) {
    case 'istio mutual': return { tls: 'mutual', istio: true, identity: identityOf(client, mesh.config.trustDomain), sni: serverName ?? `outbound_.${port.number}_.${subset}_.${service.host}` };
    case 'mutual': return { tls: 'mutual', istio: false, identity: undefined, sni: serverName ?? host };
    case 'one-way': return { tls: 'one-way', sni: serverName ?? host, alpn: port.protocol === 'HTTP2' || port.protocol === 'GRPC' ? 'h2' : 'http/1.1' };
    case 'none': return own ? (own.mutual ? { tls: 'mutual', istio: false, identity: undefined, sni: own.sni } : { tls: 'one-way', sni: own.sni, alpn: own.alpn }) : { tls: 'none' };
  }
}

/** The version of HTTP that is spoken to a port. Where the protocol is found out, it is the client's own, but at gateways, which find nothing out. */
function versionTo({ kind }: Proxy, { version }: HttpRequest, { protocol }: RegisteredPort, { connectionPool }: EffectivePolicy): HttpRequest['version'] {
  const pool = connectionPool?.value.http;
  const settings = typeof pool === 'object' && pool !== null ? pool as Readonly<Record<string, unknown>> : {};
  if (settings.useClientProtocol === true || (protocol === 'AUTO' && kind !== 'gateway')) return version === '2' ? '2' : '1.1';
  if (protocol === 'HTTP2' || protocol === 'GRPC' || protocol === 'GRPC-WEB' || settings.h2UpgradePolicy === 'UPGRADE') return '2';
  return '1.1';
}

function reaching({ target, listenerPort }: Sending, port: RegisteredPort | undefined, workloads: readonly string[], tls: ClientTls['mode'], known: boolean): Extract<Destination, { readonly kind: 'service' }> {
  return { kind: 'service', host: target.host, port: port?.number ?? target.port ?? listenerPort, subset: target.subset, known, workloads, tls, request: undefined };
}

function byOf({ kind }: Proxy): Outcome['answeredBy'] {
  return kind === 'gateway' || kind === 'waypoint' ? kind : 'client';
}

/** Outcomes that end alike are one: which of some pods gets a request is of no account. */
function merged(outcomes: readonly Outcome[]): readonly Outcome[] {
  const groups = new Map<string, Outcome>();
  for (const outcome of outcomes) {
    const key = JSON.stringify([alike(outcome.answer), outcome.answeredBy, outcome.sure, outcome.delay, endOf(outcome.destination), outcome.steps.map(({ kind }) => kind)]);
    const known = groups.get(key);
    groups.set(key, known ? { ...known, share: known.share + outcome.share, destination: together(known.destination, outcome.destination) } : outcome);
  }
  return [...groups.values()];
}

function alike(answer: Answer | undefined): unknown {
  return answer && [answer.kind, answer.status, answer.flag];
}

function endOf(to: Destination | undefined): unknown {
  return to?.kind === 'service' ? [to.host, to.port, to.subset, to.tls, to.known] : to?.kind;
}

function together(a: Destination | undefined, b: Destination | undefined): Destination | undefined {
  return a?.kind === 'service' && b?.kind === 'service' ? { ...a, workloads: [...new Set([...a.workloads, ...b.workloads])] } : a;
}
