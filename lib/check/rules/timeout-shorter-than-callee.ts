import { field } from '../../manifest/index.ts';
import { calleesOf, callsTo, longestCall, longestOf, someCallsEnd, virtualServiceOf, type LongestCall, type Mesh, type Service } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';
import { seconds } from './retries-outlast-timeout.ts';

export const timeoutShorterThanCallee = defineRule({
  id: 'MW0322',
  name: 'timeout-shorter-than-callee',
  category: 'traffic',
  severity: 'warning',
  title: 'A caller gives up before the calls behind it can end',
  why: 'The caller gets 504 and may try again, while the service goes on calling for an answer that nobody waits for.',
  fix: 'Give the outer route a longer timeout than the inner ones with all their tries, or shorten the inner ones. Who calls whom is read from Sidecars and AuthorizationPolicies.',
  of: ['VirtualService'],
  examples: {
    bad: example('2s'),
    good: example('4s'),
  },

  when: ({ appliesToMesh, routes }, mesh) => appliesToMesh && routes.some(({ raw }) => field(raw, 'timeout') !== undefined) && someCallsEnd(mesh),

  *check(on, mesh) {
    for (const host of on.fullHosts) {
      const service = mesh.hosts.at(host).find((owner): owner is Service => !('hosts' in owner));
      // Of a Service that calls nobody, or that clients reach by other routes, nothing can be said here.
      if (!service || calleesOf(mesh, service).length === 0 || virtualServiceOf(mesh, service, on.namespace) !== on) continue;
      for (const call of callsTo(mesh, service, on.namespace)) {
        const outer = call.timeout > 0 && call.entry.on === on ? longestOf(call) : undefined;
        const slow = outer === undefined ? undefined : slower(mesh, mesh.about(nothingKnown, mesh), service, outer, [service]);
        if (!slow || outer === undefined) continue;
        yield { at: `${call.entry.at}.timeout`, message: `${slow.path.map(({ name }) => name).join(' → ')}: ${service.name} must answer within ${seconds(outer)}, but ${slow.path.at(-1)?.name ?? ''} may take ${seconds(slow.takes)}${slow.tries > 1 ? ` in ${slow.tries} tries` : ''}` };
        break;
      }
    }
  },
});

interface Slow {
  readonly path: readonly Service[];
  readonly takes: number;
  readonly tries: number;
}

const longestPath = 4;

/** What was found of services already: nearly every caller leads to the same ones. */
interface Known {
  /** By namespace of the client; undefined where a call has no end. */
  readonly longest: Map<Service, Map<string, LongestCall | undefined>>;
  /** The longest that any call may take behind a service, by how many services may still follow. */
  readonly slowest: readonly Map<Service, number>[];
}

function nothingKnown(): Known {
  return { longest: new Map(), slowest: Array.from({ length: longestPath }, () => new Map<Service, number>()) };
}

/** The first call behind a service that may last longer; through services whose own calls have no end of their own. */
function slower(mesh: Mesh, known: Known, service: Service, limit: number, path: readonly Service[]): Slow | undefined {
  if (slowestBehind(mesh, known, service, longestPath - path.length) <= limit) return undefined;
  for (const callee of calleesOf(mesh, service)) {
    if (path.includes(callee)) continue;
    const longest = longestTo(mesh, known, callee, service.namespace);
    const below = [...path, callee];
    if (!longest) {
      const deeper = slower(mesh, known, callee, limit, below);
      if (deeper) return deeper;
    } else if (longest.milliseconds > limit) {
      const { retries } = longest.call;
      return { path: below, takes: longest.milliseconds, tries: retries?.perTryTimeout ? retries.attempts + 1 : 1 };
    }
  }
  return undefined;
}

function slowestBehind(mesh: Mesh, known: Known, service: Service, left: number): number {
  const ofLeft = known.slowest[left];
  if (left === 0 || !ofLeft) return 0;
  let slowest = ofLeft.get(service);
  if (slowest === undefined) {
    slowest = 0;
    for (const callee of calleesOf(mesh, service)) {
      const longest = longestTo(mesh, known, callee, service.namespace);
      slowest = Math.max(slowest, longest ? longest.milliseconds : slowestBehind(mesh, known, callee, left - 1));
    }
    ofLeft.set(service, slowest);
  }
  return slowest;
}

function longestTo(mesh: Mesh, known: Known, service: Service, clientNamespace: string): LongestCall | undefined {
  let byNamespace = known.longest.get(service);
  if (!byNamespace) known.longest.set(service, byNamespace = new Map<string, LongestCall | undefined>());
  if (!byNamespace.has(clientNamespace)) byNamespace.set(clientNamespace, longestCall(mesh, service, clientNamespace));
  return byNamespace.get(clientNamespace);
}

function example(timeout: string): string {
  return yaml`
    apiVersion: v1
    kind: Service
    metadata: { name: reviews, namespace: shop }
    spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080 }] }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: reviews, namespace: shop }
    spec: { template: { metadata: { labels: { app: reviews } } } }
    ---
    apiVersion: v1
    kind: Service
    metadata: { name: ratings, namespace: shop }
    spec: { selector: { app: ratings }, ports: [{ name: http, port: 9080 }] }
    ---
    apiVersion: networking.istio.io/v1
    kind: Sidecar
    metadata: { name: reviews, namespace: shop }
    spec: { workloadSelector: { labels: { app: reviews } }, egress: [{ hosts: [./ratings.shop.svc.cluster.local] }] }
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: { name: reviews, namespace: shop }
    spec: { hosts: [reviews], http: [{ route: [{ destination: { host: reviews } }], timeout: ${timeout} }] }
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: { name: ratings, namespace: shop }
    spec: { hosts: [ratings], http: [{ route: [{ destination: { host: ratings } }], retries: { attempts: 2, perTryTimeout: 1s } }] }
  `;
}
