import type { Clause } from '../mesh/index.ts';
import { clauseText, predText } from './clause-text.ts';
import type { Client } from './clients.ts';
import type { Cell, Matrix, Witness } from './matrix.ts';
import type { Alternatives, Demand, Verdict } from './verdict.ts';

/** A matrix as plain data, to be printed or sent. */
export interface PlainMatrix {
  readonly services: readonly PlainService[];
  /** How many clients are told apart. */
  readonly clients: number;
  /** Ports of services that were left out. */
  readonly leftOut: number;
}

/** A port of a service, and who may call it. */
export interface PlainService {
  readonly service: string;
  readonly port: number;
  readonly protocol: string;
  readonly cells: readonly PlainCell[];
}

export interface PlainCell {
  /** `namespace/name` of the workloads; of services whose workloads are guarded alike, all. */
  readonly workloads: readonly string[];
  /** `namespace/service account`, or `outside` for whoever has no identity. Empty for the rest. */
  readonly clients: readonly string[];
  /** How many further clients it is for. */
  readonly others: number;
  readonly verdict: Verdict;
  /** Why no connection comes about. */
  readonly refusal?: string;
  /** The TLS of the client's side, and what each proxy takes. */
  readonly tls: string;
  readonly modes: readonly string[];
  /** What may be asked: one entry an alternative. Empty where nothing is asked for, or where nothing may be. */
  readonly may: readonly PlainAsk[];
  /** What may not, whatever else is said. */
  readonly mayNot: readonly PlainAsk[];
  /** External authorizers that are asked besides. */
  readonly providers: readonly string[];
  readonly allowed?: PlainWitness;
  readonly refused?: PlainWitness;
}

/** Conditions that hold together. */
export interface PlainAsk {
  /** Who asks: a waypoint, a sidecar, ztunnel. */
  readonly by: string;
  readonly methods: readonly string[];
  readonly paths: readonly string[];
  /** All other conditions, in words. */
  readonly when: readonly string[];
}

export interface PlainWitness {
  /** As `meshwright simulate` takes it. */
  readonly request: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly ip?: string;
  readonly from: string;
  readonly replay: string;
}

/** Clients are named up to a number; the largest group of a port is the rest where there are more. */
const mostNamed = 20;

/** A matrix as plain data. */
export function plainMatrix({ cells, clients, leftOut }: Matrix): PlainMatrix {
  const ports = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = `${cell.service.namespace}/${cell.service.name} ${cell.port.number}`;
    const known = ports.get(key);
    if (known) known.push(cell);
    else ports.set(key, [cell]);
  }
  return { services: [...ports.values()].map(serviceOf), clients: clients.length, leftOut };
}

function serviceOf(cells: readonly Cell[]): PlainService {
  const [first] = cells;
  const order: readonly Verdict[] = ['all', 'some', 'none'];
  const sorted = [...cells].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || a.workloads.join().localeCompare(b.workloads.join(), 'en'));
  return { service: `${first?.service.namespace ?? ''}/${first?.service.name ?? ''}`, port: first?.port.number ?? 0, protocol: first?.port.protocol ?? '', cells: sorted.map(cellOf) };
}

function cellOf({ workloads, clients, verdict, refusal, tls, demands, allowed, refused }: Cell): PlainCell {
  const names = [...new Set(clients.map(({ name }) => name))].sort();
  const [client] = clients;
  const asked = [...new Set(demands.flatMap(({ ask }) => ask.map(({ provider }) => provider)))];
  return {
    workloads,
    clients: names.slice(0, mostNamed),
    others: Math.max(0, names.length - mostNamed),
    verdict,
    ...(refusal === undefined ? {} : { refusal }),
    tls,
    modes: demands.flatMap(({ hop }) => hop.mode ?? []),
    may: verdict === 'none' ? [] : demands.flatMap(demand => asksOf(demand, demand.allow ?? [])),
    mayNot: verdict === 'none' ? [] : demands.flatMap(demand => asksOf(demand, demand.deny)),
    providers: verdict === 'none' ? [] : asked,
    ...(client && allowed ? { allowed: witnessOf(client, allowed) } : {}),
    ...(client && refused ? { refused: witnessOf(client, refused) } : {}),
  };
}

function asksOf({ hop: { at } }: Demand, alternatives: Alternatives): readonly PlainAsk[] {
  const by = at.kind === 'waypoint' ? `waypoint ${at.namespace}/${at.serviceAccount}` : at.kind === 'ambient' ? 'ztunnel' : at.kind;
  const values = (all: readonly Clause[], dim: 'method' | 'path'): readonly string[] => all.filter(clause => clause.dim === dim && !clause.not).flatMap(({ any }) => any.map(predText));
  return alternatives.map(all => ({
    by, methods: values(all, 'method'), paths: values(all, 'path'), when: all.filter(({ dim, not }) => not === true || (dim !== 'method' && dim !== 'path')).map(clauseText),
  }));
}

function witnessOf({ name }: Client, { request, replay }: Witness): PlainWitness {
  const { method, to, headers = {}, ip, tokens = [] } = request;
  const [token] = tokens;
  return {
    request: method === undefined ? to : `${method} ${to}`,
    ...(Object.keys(headers).length === 0 ? {} : { headers: Object.fromEntries(Object.entries(headers).map(([header, value]) => [header, String(value)])) }),
    ...(token ? { claims: token.claims } : {}),
    ...(ip === undefined ? {} : { ip }),
    from: name,
    replay,
  };
}
