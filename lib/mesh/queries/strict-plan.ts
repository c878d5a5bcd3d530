import { keyOf, manifestOf } from '../../manifest/index.ts';
import type { From } from '../conditions.ts';
import { isSystemNamespace } from '../entities/namespace.ts';
import type { Selector } from '../entities/selector.ts';
import type { Service } from '../entities/service.ts';
import type { Workload } from '../entities/workload.ts';
import { policiesBySelector, servicesOf } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';
import { selecting } from '../selector-index.ts';
import { connecting, connectionsTo, endpointKind, type Connection } from './connections-to.ts';
import { endpointsOf } from './endpoints-of.ts';
import { mtlsModeOf, mtlsModeOfNamespace } from './peer-authentication.ts';
import { ofOwner, type RegisteredPort, type RegisteredService } from './registered-service.ts';

/** What is to take mutual TLS alone: the mesh where no namespace is named, a namespace, or the workloads in it with these labels. */
export interface StrictPlace {
  readonly namespace?: string | undefined;
  readonly labels?: Selector | undefined;
}

/** A client that can connect now, and could not any more. */
export interface StrictBlocker {
  readonly client: Workload;
  /** Where it connects to, as `host:port`. */
  readonly to: readonly string[];
  readonly why: string;
  /** What makes it send no mutual TLS; undefined where nobody wrote it. */
  readonly from: From | undefined;
}

/** One step on the way from PERMISSIVE to STRICT. */
export interface StrictStep {
  readonly place: StrictPlace;
  /** Whether it takes mutual TLS alone already. */
  readonly done: boolean;
  /** Whether nobody would be shut out. */
  readonly safe: boolean;
  readonly blockers: readonly StrictBlocker[];
}

/** What is known of who calls whom. */
export interface StrictOptions {
  /** Whether a client ever connects to a service. @default - any may */
  readonly calls?: ((client: Workload, service: Service) => boolean) | undefined;
}

/**
 * The steps to STRICT: each namespace with workloads in the mesh, those that are done or safe first, and the whole mesh last.
 */
export function strictPlan(mesh: Mesh, options: StrictOptions = {}): readonly StrictStep[] {
  const namespaces = [...new Set(mesh.services.filter(service => hasProxies(mesh, service)).map(({ namespace }) => namespace))].sort();
  const steps = namespaces.map(namespace => step(mesh, { namespace }, options));
  return [...steps.filter(({ done }) => done), ...steps.filter(({ done, safe }) => !done && safe), ...steps.filter(({ done, safe }) => !done && !safe), step(mesh, {}, options)];
}

/**
 * The clients that would be shut out if a place took mutual TLS alone from now on: those that connect now, in plain text or in
 * TLS that is not the mesh's, and could not then.
 */
export function strictBlockers(mesh: Mesh, place: StrictPlace, { calls = () => true }: StrictOptions = {}): readonly StrictBlocker[] {
  const clients = groups(mesh);
  const after = strict(mesh, place);
  const found = new Map<Workload, { readonly to: string[]; readonly connection: Connection }>();
  for (const service of place.namespace === undefined ? mesh.services : mesh.at(servicesOf, place.namespace)) {
    for (const registered of ofOwner(service)) {
      for (const port of registered.ports) {
        for (const members of clients) {
          const callers = members.filter(client => calls(client, service));
          const refused = callers[0] && newlyRefused(mesh, after, callers[0], registered, port);
          if (!refused) continue;
          for (const client of callers) {
            // A workload that calls itself passes no network.
            if (refused.endpoint.workload && keyOf(refused.endpoint.workload) === keyOf(client)) continue;
            const known = found.get(client) ?? { to: [], connection: refused };
            known.to.push(`${registered.host}:${port.number}`);
            found.set(client, known);
          }
        }
      }
    }
  }
  return [...found].map(([client, { to, connection }]) => ({ client, to, why: connection.client.note ?? connection.why ?? '', from: connection.client.from }));
}

function step(mesh: Mesh, place: StrictPlace, options: StrictOptions): StrictStep {
  const done = isStrict(mesh, place);
  const blockers = done ? [] : strictBlockers(mesh, place, options);
  return { place, done, safe: blockers.length === 0, blockers };
}

function isStrict(mesh: Mesh, { namespace }: StrictPlace): boolean {
  if (mtlsModeOfNamespace(mesh, namespace ?? mesh.config.rootNamespace).mode !== 'STRICT') return false;
  const services = namespace === undefined ? mesh.services : mesh.at(servicesOf, namespace);
  return services.every(service => endpoints(mesh, service).every(endpoint => mtlsModeOf(mesh, endpoint, endpoint.port).mode === 'STRICT'));
}

function hasProxies(mesh: Mesh, service: Service): boolean {
  return endpoints(mesh, service).length > 0;
}

/** The endpoints of a service of which a PeerAuthentication decides. */
function endpoints(mesh: Mesh, service: Service): ReturnType<typeof endpointsOf> {
  return ofOwner(service).flatMap(registered => registered.ports.flatMap(port => endpointsOf(mesh, registered, port, noLabels)))
    .filter(endpoint => ['sidecar', 'ambient'].includes(endpointKind(mesh, endpoint)));
}

const noLabels: Selector = new Map();

/** The mesh in which a place takes mutual TLS alone; policies of narrower places stay. */
function strict(mesh: Mesh, { namespace = mesh.config.rootNamespace, labels }: StrictPlace): Mesh {
  const selector = labels && [...labels];
  const whole = `PeerAuthentication ${namespace}`;
  const same = labels && labels.size > 0
    ? selecting(mesh, policiesBySelector, whole, labels).filter(policy => policy.selector?.size === labels.size)
    : mesh.at(policiesBySelector.whole, whole);
  const policy = manifestOf({
    apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication',
    // The oldest holds, of workloads too.
    metadata: { name: 'strict', namespace, creationTimestamp: '1970-01-01T00:00:00Z' },
    spec: { ...(selector ? { selector: { matchLabels: Object.fromEntries(selector) } } : {}), mtls: { mode: 'STRICT' } },
  });
  return mesh.with({ remove: same, put: [policy] });
}

/** Clients to whom all services look alike. */
function groups(mesh: Mesh): readonly (readonly Workload[])[] {
  const byLabels = mesh.destinationRules.some(({ workloadSelector }) => workloadSelector);
  const found = new Map<string, Workload[]>();
  for (const workload of mesh.workloads) {
    if (isSystemNamespace(workload.namespace)) continue;
    const { kind, namespace, labels } = connecting(mesh, workload);
    const key = JSON.stringify([kind, kind === 'none' ? '' : namespace, byLabels ? [...labels].sort() : '']);
    const known = found.get(key);
    if (known) known.push(workload);
    else found.set(key, [workload]);
  }
  return [...found.values()];
}

function newlyRefused(mesh: Mesh, after: Mesh, client: Workload, service: RegisteredService, port: RegisteredPort): Connection | undefined {
  const now = connectionsTo(mesh, connecting(mesh, client), service, port);
  const then = connectionsTo(after, connecting(mesh, client), service, port);
  return then.find((connection, i) => connection.security === 'broken' && now[i]?.security !== 'broken');
}
