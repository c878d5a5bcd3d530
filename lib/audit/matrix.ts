import { isHttp, ofOwner, type Dimension, type Mesh, type RegisteredPort, type RegisteredService, type Service } from '../mesh/index.ts';
import { waysTo, type Way } from '../simulate/index.ts';
import { clientsOf, type Client } from './clients.ts';
import { endOf, replayed, type Replay } from './replay.ts';
import { demandOf, distinctions, verdictOf, type Demand, type Verdict } from './verdict.ts';
import { findWitness, type Asked } from './witness.ts';

/** Who may call what. */
export interface Matrix {
  readonly clients: readonly Client[];
  readonly cells: readonly Cell[];
  /** Ports of services that were left out, since there would be too many cells. */
  readonly leftOut: number;
}

/** What clients that are treated alike may ask of some workloads behind a port of a service. */
export interface Cell {
  readonly service: Service;
  readonly port: RegisteredPort;
  /** `namespace/name` of the workloads. */
  readonly workloads: readonly string[];
  readonly clients: readonly Client[];
  readonly verdict: Verdict;
  /** Why no connection comes about; undefined where one does. */
  readonly refusal: string | undefined;
  readonly tls: Way['tls'];
  readonly demands: readonly Demand[];
  /** A request that passes and one that is refused, of the first client. Undefined where none was found. */
  readonly allowed: Witness | undefined;
  readonly refused: Witness | undefined;
}

/** A request that shows what a cell says, and what became of it. */
export interface Witness {
  readonly request: Asked;
  readonly replay: Replay;
}

/** How large a matrix may be. */
export interface MatrixOptions {
  /** @default 10000 */
  readonly mostCells?: number | undefined;
}

/**
 * Who may call which port of which service, and with what: told from the policies and the mutual TLS of the proxies on the
 * way, whatever routes there are. Clients that are treated alike are one cell.
 */
export function matrixOf(mesh: Mesh, { mostCells = 10_000 }: MatrixOptions = {}): Matrix {
  const clients = clientsOf(mesh);
  const byLabels = mesh.destinationRules.some(({ workloadSelector }) => workloadSelector);
  const cells: Cell[] = [];
  let leftOut = 0;
  for (const service of mesh.services) {
    const [registered] = ofOwner(service);
    if (!registered) continue;
    for (const port of registered.ports) {
      if (port.protocol === 'UDP' || registered.dialled === 'alias') continue;
      if (cells.length >= mostCells) leftOut++;
      else cells.push(...cellsOf(mesh, clients, { service, registered, port, byLabels }));
    }
  }
  return { clients, cells, leftOut };
}

interface Target {
  readonly service: Service;
  readonly registered: RegisteredService;
  readonly port: RegisteredPort;
  /** Whether the labels of a client count for how it connects. */
  readonly byLabels: boolean;
}

/** Clients that are treated alike, by some way. */
interface Group {
  readonly way: Way;
  readonly demands: readonly Demand[];
  readonly clients: Client[];
}

function cellsOf(mesh: Mesh, clients: readonly Client[], target: Target): readonly Cell[] {
  const { registered, port, byLabels } = target;
  const http = isHttp(port.protocol) || port.protocol === 'AUTO';
  const request = requestValues(registered.host, port.number);
  const places = namespacesThatCount(mesh, registered.host);
  const ways = new Map<string, readonly { readonly way: Way; readonly key: string; readonly told: (identity: string | undefined) => string; readonly known: Map<string, Group> }[]>();
  const groups = new Map<string, Group>();
  for (const client of clients) {
    const { kind, namespace, labels } = client.proxy;
    const alike = JSON.stringify([kind, kind === 'sidecar' || kind === 'gateway' ? places(namespace) : '', byLabels ? [...labels].sort() : []]);
    let own = ways.get(alike);
    if (!own) {
      own = merged(waysTo(mesh, client.proxy, registered, port, http)).map(way => ({ way, key: signature(way), told: distinctions(way.hops), known: new Map<string, Group>() }));
      ways.set(alike, own);
    }
    for (const { way, key, told, known } of own) {
      // Policies tell clients apart by identity alone, so that those for whom the same clauses hold are one.
      const who = told(client.identity);
      let group = known.get(who);
      if (!group) {
        const demands = way.hops.map(hop => demandOf(hop, client.identity, request));
        const full = JSON.stringify([key, way.tls, way.fails, demands.map(({ hop, allow, deny, ask }) => [hop.mode, hop.refusal, allow, deny, ask])]);
        group = groups.get(full) ?? { way, demands, clients: [] };
        groups.set(full, group);
        known.set(who, group);
      }
      group.clients.push(client);
    }
  }
  const several = new Set([...groups.values()].map(({ way }) => way.workloads.join())).size > 1;
  return [...groups.values()].map(group => cellOf(mesh, target, group, { http, several }));
}

function cellOf(mesh: Mesh, { service, registered, port }: Target, { way, demands, clients }: Group, { http, several }: { readonly http: boolean; readonly several: boolean }): Cell {
  const refusal = way.fails ?? demands.find(({ hop }) => hop.refusal !== undefined)?.hop.refusal;
  const verdict = way.fails === undefined ? verdictOf(demands) : 'none';
  const [client] = clients;
  const among = { workloads: way.workloads, several, host: registered.host };
  const witness = (goal: 'allowed' | 'refused'): Witness | undefined => {
    if (!client || (goal === 'allowed' ? verdict === 'none' : verdict === 'all')) return undefined;
    let replay: Replay = 'not routed';
    // Where routes of the client's own stand in the way, what is past them must still end as it should.
    const ends = (asked: Asked): boolean => {
      replay = replayed(mesh, { ...asked, from: client.from }, among, goal);
      return replay === 'agrees' || endOf(mesh, { ...asked, from: client.onward }, among, goal).end === goal;
    };
    const request = findWitness({ demands, host: registered.host, port: port.number, http, fails: way.fails !== undefined, ends }, goal);
    return request && { request, replay };
  };
  return { service, port, workloads: way.workloads, clients, verdict, refusal, tls: way.tls, demands, allowed: witness('allowed'), refused: witness('refused') };
}

/** Which namespaces of clients count for the DestinationRule of a host; all others are ''. */
function namespacesThatCount(mesh: Mesh, host: string): (namespace: string) => string {
  const rules = [...mesh.destinationRulesByHost.covering(host)].flatMap(({ values }) => values);
  if (rules.some(({ visibility }) => !visibility.everywhere)) return namespace => namespace;
  const own = new Set([...rules.map(({ namespace }) => namespace), ...(rules.length === 0 ? [] : [mesh.config.rootNamespace])]);
  return namespace => (own.has(namespace) ? namespace : '');
}

/** Ways that ask the same are one, for all their workloads. */
function merged(ways: readonly Way[]): readonly Way[] {
  const known = new Map<string, Way>();
  for (const way of ways) {
    const key = JSON.stringify([signature(way), way.tls, way.fails]);
    const same = known.get(key);
    known.set(key, same ? { ...same, workloads: [...new Set([...same.workloads, ...way.workloads])] } : way);
  }
  return [...known.values()];
}

/** What of the proxies on a way counts: which policies they have, and how they read what comes. */
function signature({ hops }: Way): string {
  return JSON.stringify(hops.map(({ at, mode, reads, access, jwtRules, refusal, identity, known }) => [
    at.kind, mode, reads, refusal, identity, [...known], access.policies.map(({ namespace, name }) => [namespace, name]), jwtRules.map(({ raw }) => raw),
  ]));
}

function requestValues(host: string, port: number): ReadonlyMap<Dimension, readonly string[]> {
  return new Map<Dimension, readonly string[]>([['authority', [port === 80 ? host : `${host}:${port}`]], ['scheme', ['http']]]);
}
