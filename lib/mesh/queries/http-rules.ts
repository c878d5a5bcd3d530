import { field } from '../../manifest/index.ts';
import type { Clause, From } from '../conditions.ts';
import type { HttpMatch } from '../entities/http-match.ts';
import { selects } from '../entities/selector.ts';
import type { VirtualService } from '../entities/virtual-service.ts';
import type { Mesh } from '../mesh.ts';
import type { HttpRule } from '../treatments.ts';
import { httpEntries, type HttpEntry } from './http-entries.ts';
import { httpTreatment, weighted } from './http-treatment.ts';
import { clausesOf, takesAll } from './match-clauses.ts';
import { virtualServiceNamed } from './virtual-service-named.ts';

/** What decides beside the request: whose routes they are, and at which port. */
export interface RouteContext {
  /** `mesh` for sidecars, else the gateway that is asked, as `namespace/name`. */
  readonly gateway: string;
  /** The port of the service, or of the gateway's server; undefined for any. */
  readonly port: number | undefined;
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
}

/**
 * The http routes of a VirtualService at one proxy and port, in order: each match a rule. What cannot hold there is left out, and
 * so is all that stands behind a rule that takes everything.
 *
 * Source: istio/istio pilot/pkg/networking/core/route/route.go
 */
export function httpRules(mesh: Mesh, service: VirtualService, context: RouteContext): readonly HttpRule[] {
  const rules: HttpRule[] = [];
  for (const { match, rule, last } of compiled(mesh, service)) {
    if (match && !mayHold(match, service.namespace, context)) continue;
    rules.push(rule);
    if (last) break;
  }
  return rules;
}

/** What a match says of the proxy and the port. */
export type AtProxy = Pick<HttpMatch, 'port' | 'gateways' | 'sourceLabels' | 'sourceNamespace'>;

/** Whether a match can hold at a proxy and port at all. Where it names its gateways, the source is not looked at. */
export function mayHold(match: AtProxy, namespace: string, { gateway, port, namespace: client, labels }: RouteContext): boolean {
  if (match.port !== undefined && port !== undefined && match.port !== port) return false;
  if (match.gateways.length > 0) return match.gateways.some(name => name === gateway || (!name.includes('/') && name !== 'mesh' && `${namespace}/${name}` === gateway));
  return selects(match.sourceLabels, labels) && (match.sourceNamespace === '' || match.sourceNamespace === client);
}

interface Compiled {
  /** Undefined for an entry without matches. */
  readonly match: HttpMatch | undefined;
  readonly rule: HttpRule;
  readonly last: boolean;
}

const known = new WeakMap<VirtualService, readonly Compiled[]>();

/** What is compiled is kept: with the VirtualService, or where it delegates with the mesh, which knows when a delegate changes. */
function compiled(mesh: Mesh, service: VirtualService): readonly Compiled[] {
  if (delegates(service)) {
    return mesh.derived(`http rules of ${service.namespace}/${service.name}`, () => compile(mesh, virtualServiceNamed(mesh, service.namespace, service.name) ?? service));
  }
  let all = known.get(service);
  if (!all) known.set(service, all = compile(mesh, service));
  return all;
}

/** Whether routes of other VirtualServices stand among its own. */
export function delegates({ routes }: VirtualService): boolean {
  return routes.some(({ raw }) => field(raw, 'delegate') !== undefined);
}

function compile(mesh: Mesh, service: VirtualService): readonly Compiled[] {
  // Istio makes VirtualServices of Ingresses and of Gateway API routes, and says in an annotation how they are to be read.
  const semantics = service.annotations.get('internal.istio.io/route-semantics');
  const compiled: Compiled[] = [];
  for (const entry of httpEntries(mesh, service)) {
    for (const { match, from } of entry.matches.length === 0 ? [{ match: undefined, from: entry.from }] : entry.matches) {
      compiled.push({ match, last: !match || takesAll(match), rule: ruleOf(mesh, entry, match, from, semantics) });
    }
  }
  return compiled;
}

function ruleOf(mesh: Mesh, { name, actions, from: entry }: HttpEntry, match: HttpMatch | undefined, from: From, semantics: string | undefined): HttpRule {
  const clauses = match ? clausesOf(match) : [];
  const { destinations, mirror, mirrors = [], retries } = actions;
  return {
    all: semantics === undefined ? clauses : clauses.map(bySegments),
    treatment: httpTreatment(mesh, actions, match, semantics === 'gateway'),
    from,
    name: match && match.name !== '' ? (name === '' ? match.name : `${name}.${match.name}`) : name,
    statPrefix: match?.statPrefix ?? '',
    entry,
    retriesFrom: retries && { on: entry.on, at: `${entry.at}.retries` },
    shares: weighted(destinations).map(({ from: place }) => place),
    mirrors: [...(mirror ? [mirror] : []), ...mirrors].filter(({ percent }) => percent > 0).map(({ from: place }) => place),
  };
}

/** A prefix as Ingresses and Gateway API routes mean it: whole segments. */
function bySegments(clause: Clause): Clause {
  if (clause.dim !== 'path') return clause;
  return { ...clause, any: clause.any.map(pred => (pred.test === 'prefix' && pred.value !== '/' ? { dim: pred.dim, test: 'segmentPrefix', value: pred.value.replace(/\/$/, '') } : pred)) };
}
