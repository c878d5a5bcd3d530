import { field } from '../../manifest/index.ts';
import { calleesOf, callsTo, longestCall, longestOf, someCallsEnd, virtualServiceOf, type Mesh, type Service } from '../../mesh/index.ts';
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
        const slow = outer === undefined ? undefined : slower(mesh, service, outer, [service]);
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

/** The first call behind a service that may last longer; through services whose own calls have no end of their own. */
function slower(mesh: Mesh, service: Service, limit: number, path: readonly Service[]): Slow | undefined {
  for (const callee of calleesOf(mesh, service)) {
    if (path.includes(callee) || path.length === longestPath) continue;
    const longest = longestCall(mesh, callee, service.namespace);
    const below = [...path, callee];
    if (!longest) {
      const deeper = slower(mesh, callee, limit, below);
      if (deeper) return deeper;
    } else if (longest.milliseconds > limit) {
      const { retries } = longest.call;
      return { path: below, takes: longest.milliseconds, tries: retries?.perTryTimeout ? retries.attempts + 1 : 1 };
    }
  }
  return undefined;
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
