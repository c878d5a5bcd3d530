import { field, number } from '../../manifest/index.ts';
import { calleesOf, callsTo, type Mesh, type Service, type VirtualService } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

/** From here on one request can become a storm. */
const tooMany = 10;

export const retriesMultiply = defineRule({
  id: 'MW0323',
  name: 'retries-multiply',
  category: 'traffic',
  severity: 'warning',
  title: 'Retries multiply along a chain of calls',
  why: 'Every service on the way tries again by itself, so that one failing request becomes the product of all tries at the last service, just when it is in trouble.',
  fix: 'Retry at one place of the chain, best at the one next to the caller; set `attempts: 0` on the others. Who calls whom is read from Sidecars and AuthorizationPolicies.',
  of: ['VirtualService'],
  examples: {
    bad: chain(4),
    good: chain(0),
  },

  when: triesAgain,

  *check(on, mesh) {
    if (!triesAgain(on)) return;
    const known = mesh.about(nothingKnown, mesh);
    for (const host of on.fullHosts) {
      const service = mesh.hosts.at(host).find((owner): owner is Service => !('hosts' in owner));
      const worst = service && mayMultiply(mesh, known, service, on.namespace) ? worstPath(mesh, known, service, on.namespace, []) : undefined;
      if (!worst || worst.tries < tooMany || worst.path.length < 2) continue;
      yield { at: 'spec.http', message: `${worst.path.map(({ service: { name }, tries }) => `${name} (${tries})`).join(' → ')}: one request becomes up to ${worst.tries} at ${worst.path.at(-1)?.service.name ?? ''}` };
      return;
    }
  },
});

function triesAgain({ appliesToMesh, routes }: VirtualService): boolean {
  return appliesToMesh && routes.some(({ raw }) => (number(field(field(raw, 'retries'), 'attempts')) ?? 0) > 0);
}

interface Hop {
  readonly service: Service;
  readonly tries: number;
}

interface Path {
  readonly path: readonly Hop[];
  readonly tries: number;
}

/** Services in a row; what four of them can do is bad enough. */
const longestPath = 4;

/** What was found of services already: nearly every caller leads to the same ones. */
interface Known {
  /** By namespace of the client. */
  readonly tries: Map<Service, Map<string, number>>;
  /** By how many services may still follow. */
  readonly behind: readonly Map<Service, readonly Behind[]>[];
}

/** A service that is called, and the most tries that can come together from there. */
interface Behind {
  readonly callee: Service;
  readonly most: number;
}

function nothingKnown(): Known {
  return { tries: new Map(), behind: Array.from({ length: longestPath }, () => new Map<Service, readonly Behind[]>()) };
}

/** Whether there may be such a way; mostly there is none. */
function mayMultiply(mesh: Mesh, known: Known, service: Service, clientNamespace: string): boolean {
  return triesTo(mesh, known, service, clientNamespace) * (behindOf(mesh, known, service, longestPath - 1)[0]?.most ?? 1) >= tooMany;
}

/** The way from a service to those behind it on which the most tries come together. */
function worstPath(mesh: Mesh, known: Known, service: Service, clientNamespace: string, before: readonly Service[]): Path {
  const tries = triesTo(mesh, known, service, clientNamespace);
  const passed = [...before, service];
  let worst: Path = { path: [], tries: 1 };
  for (const { callee, most } of behindOf(mesh, known, service, longestPath - passed.length)) {
    // Those that follow can do no worse.
    if (most <= worst.tries) break;
    if (passed.includes(callee)) continue;
    const path = worstPath(mesh, known, callee, service.namespace, passed);
    if (path.tries > worst.tries) worst = path;
  }
  return { path: [{ service, tries }, ...worst.path], tries: tries * worst.tries };
}

/** Whom a service calls, the one that may be the worst first. */
function behindOf(mesh: Mesh, known: Known, service: Service, left: number): readonly Behind[] {
  const ofLeft = known.behind[left];
  if (left === 0 || !ofLeft) return [];
  let behind = ofLeft.get(service);
  if (!behind) {
    behind = calleesOf(mesh, service)
      .map(callee => ({ callee, most: triesTo(mesh, known, callee, service.namespace) * (behindOf(mesh, known, callee, left - 1).find(further => further.callee !== service)?.most ?? 1) }))
      .sort((a, b) => b.most - a.most);
    ofLeft.set(service, behind);
  }
  return behind;
}

/** Only retries that are written count: Istio's defaults are for connections that failed. */
function triesTo(mesh: Mesh, known: Known, service: Service, clientNamespace: string): number {
  let byNamespace = known.tries.get(service);
  if (!byNamespace) known.tries.set(service, byNamespace = new Map<string, number>());
  let tries = byNamespace.get(clientNamespace);
  if (tries === undefined) {
    tries = 1;
    for (const { forwards, retries, retriesWritten } of callsTo(mesh, service, clientNamespace)) {
      if (forwards && retries && retriesWritten && retries.attempts + 1 > tries) tries = retries.attempts + 1;
    }
    byNamespace.set(clientNamespace, tries);
  }
  return tries;
}

function chain(inner: number): string {
  const service = (name: string): string => yaml`
    apiVersion: v1
    kind: Service
    metadata: { name: ${name}, namespace: shop }
    spec: { selector: { app: ${name} }, ports: [{ name: http, port: 9080 }] }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: ${name}, namespace: shop }
    spec: { template: { metadata: { labels: { app: ${name} } }, spec: { serviceAccountName: ${name} } } }
  `;
  const routes = (name: string, attempts: number): string => yaml`
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: { name: ${name}, namespace: shop }
    spec: { hosts: [${name}], http: [{ route: [{ destination: { host: ${name} } }], retries: { attempts: ${String(attempts)}, retryOn: 5xx } }] }
  `;
  const policy = yaml`
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: { name: ratings, namespace: shop }
    spec: { selector: { matchLabels: { app: ratings } }, rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/reviews] } }] }] }
  `;
  return [service('reviews'), service('ratings'), routes('reviews', 3), routes('ratings', inner), policy].join('\n---\n');
}
