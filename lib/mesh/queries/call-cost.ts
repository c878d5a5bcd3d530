import { field, fields } from '../../manifest/index.ts';
import type { From } from '../conditions.ts';
import { callActionsOf, type CallActions } from '../entities/http-actions.ts';
import { httpMatchOf, type HttpMatch } from '../entities/http-match.ts';
import type { MeshConfig } from '../entities/mesh-config.ts';
import type { VirtualService } from '../entities/virtual-service.ts';
import type { Service } from '../entities/service.ts';
import { isVisible } from '../entities/visibility.ts';
import { indexOf } from '../keyed.ts';
import type { Mesh } from '../mesh.ts';
import type { Retries } from '../treatments.ts';
import { httpEntries } from './http-entries.ts';
import { delegates, mayHold, type AtProxy, type RouteContext } from './http-rules.ts';
import { triesFor, weighted } from './http-treatment.ts';
import { takesAll } from './match-clauses.ts';
import { virtualServiceNamed } from './virtual-service-named.ts';

/** What a call by a route may cost. */
export interface Call {
  /** The http entry that says so. */
  readonly entry: From;
  /** Whether the request goes on to a service. */
  readonly forwards: boolean;
  /** In milliseconds; 0 where none is written. */
  readonly timeout: number;
  readonly retries: Pick<Retries, 'attempts' | 'perTryTimeout'> | undefined;
  /** Whether retries are written, and not those that Istio does by itself. */
  readonly retriesWritten: boolean;
}

/** The longest that a call may take, in milliseconds, and the call that may. */
export interface LongestCall {
  readonly milliseconds: number;
  readonly call: Call;
}

/** How long a call may last before the caller's proxy gives up; undefined where there is no end. */
export function longestOf({ forwards, timeout, retries }: Call): number | undefined {
  if (!forwards) return undefined;
  const tries = retries?.perTryTimeout ? (retries.attempts + 1) * retries.perTryTimeout : 0;
  if (timeout > 0) return tries > 0 ? Math.min(timeout, tries) : timeout;
  return tries > 0 ? tries : undefined;
}

/** The calls of clients of a namespace to a Service inside the mesh, by the routes that they take; none where no VirtualService has them. */
export function callsTo(mesh: Mesh, service: Service, clientNamespace: string): readonly Call[] {
  const owner = virtualServiceOf(mesh, service, clientNamespace);
  if (!owner) return [];
  const context: RouteContext = { gateway: 'mesh', port: undefined, namespace: clientNamespace, labels: noLabels };
  const calls: Call[] = [];
  for (const call of priced(mesh, owner)) {
    if (call.at && !mayHold(call.at, owner.namespace, context)) continue;
    calls.push(call);
    if (call.last) break;
  }
  return calls;
}

const noLabels: ReadonlyMap<string, string> = new Map();

/** The VirtualService whose routes they are. */
export function virtualServiceOf(mesh: Mesh, service: Service, clientNamespace: string): VirtualService | undefined {
  return mesh.virtualServicesByHost.find(service.host, ({ appliesToMesh, visibility }) => appliesToMesh && isVisible(visibility, clientNamespace));
}

/** Whether there is a VirtualService by whose routes calls may have an end, all of them; where there is none, no call is the longest. */
export function someCallsEnd(mesh: Mesh): boolean {
  return mesh.hasAt(ending, '');
}

const ending = indexOf('virtual service with an end', ['VirtualService'], (service, config) => (mayEnd(service, config) ? [''] : []));

/** Whether no route is without an end that clients in the mesh take, whoever they are. What delegates may, is not looked into. */
function mayEnd(service: VirtualService, config: MeshConfig): boolean {
  if (!service.appliesToMesh) return false;
  if (delegates(service)) return true;
  for (const call of pricedAlone(service, config)) {
    if (call.at) continue;
    if (call.forwards && longestOf(call) === undefined) return false;
    if (call.last) break;
  }
  return true;
}

/** The longest call to a Service by clients of a namespace; undefined where one of its routes has no end. */
export function longestCall(mesh: Mesh, service: Service, clientNamespace: string): LongestCall | undefined {
  let longest: LongestCall | undefined;
  for (const call of callsTo(mesh, service, clientNamespace)) {
    if (!call.forwards) continue;
    const milliseconds = longestOf(call);
    if (milliseconds === undefined) return undefined;
    if (!longest || milliseconds > longest.milliseconds) longest = { milliseconds, call };
  }
  return longest;
}

/** What a call by a match of a route may cost. */
interface Priced extends Call {
  /** Undefined where it may hold at every proxy, as most do: what a match asks of requests is not kept. */
  readonly at: AtProxy | undefined;
  /** Whether nothing is left for what stands behind. */
  readonly last: boolean;
}

/** As the rules of a VirtualService are made, with no more of a route than its cost: what it does to a request is asked of few. */
function priced(mesh: Mesh, service: VirtualService): readonly Priced[] {
  if (!delegates(service)) return pricedAlone(service, mesh.config);
  return mesh.derived(`calls by ${service.namespace}/${service.name}`, () => httpEntries(mesh, virtualServiceNamed(mesh, service.namespace, service.name) ?? service)
    .flatMap(({ from, matches, actions }) => pricedBy(mesh.config, from, actions, matches.map(({ match }) => reachOf(match)))));
}

const known = new WeakMap<VirtualService, readonly Priced[]>();

function pricedAlone(service: VirtualService, config: MeshConfig): readonly Priced[] {
  let all = known.get(service);
  if (!all) {
    all = service.routes.filter(({ kind }) => kind === 'http').flatMap(({ path, raw, matches }) => pricedBy(config, { on: service, at: path }, callActionsOf(raw), matches.map(reachOfWritten)));
    known.set(service, all);
  }
  return all;
}

/** Where a match may hold, and whether it leaves anything. */
type Reach = Pick<Priced, 'at' | 'last'>;

function pricedBy(config: MeshConfig, entry: From, { destinations, redirect, directResponse, timeout = 0, retries: own }: CallActions, reaches: readonly Reach[]): Priced[] {
  const forwards = !redirect && !directResponse && weighted(destinations).length > 0;
  const [retries, retriesWritten] = [triesFor(config, own), own !== undefined];
  return (reaches.length === 0 ? everything : reaches).map(({ at, last }) => ({ entry, forwards, timeout, retries, retriesWritten, at, last }));
}

const everything: readonly Reach[] = [{ at: undefined, last: true }];
const someEverywhere: Reach = { at: undefined, last: false };

/** Nearly every match asks for a path and for nothing of the proxy, and needs no more reading. */
function reachOfWritten(match: unknown): Reach {
  const { uri, port, gateways, sourceLabels, sourceNamespace } = fields(match);
  const prefix = field(uri, 'prefix');
  const isPlain = port === undefined && gateways === undefined && sourceLabels === undefined && sourceNamespace === undefined;
  return isPlain && typeof prefix === 'string' && prefix.length > 1 ? someEverywhere : reachOf(httpMatchOf(match, ''));
}

function reachOf(match: HttpMatch): Reach {
  return { at: atProxy(match), last: takesAll(match) };
}

function atProxy({ port, gateways, sourceLabels, sourceNamespace }: HttpMatch): AtProxy | undefined {
  return port === undefined && gateways.length === 0 && sourceLabels.size === 0 && sourceNamespace === '' ? undefined : { port, gateways, sourceLabels, sourceNamespace };
}
