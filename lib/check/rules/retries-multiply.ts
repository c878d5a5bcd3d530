import { field, number } from '../../manifest/index.ts';
import { calleesOf, callsTo, type From, type Mesh, type Service, type VirtualService } from '../../mesh/index.ts';
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
    for (const host of on.fullHosts) {
      const service = mesh.hosts.at(host).find((owner): owner is Service => !('hosts' in owner));
      const worst = service && worstPath(mesh, service, on.namespace, []);
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

/** The way from a service to those behind it on which the most tries come together. Only retries that are written count: Istio's defaults are for connections that failed. */
function worstPath(mesh: Mesh, service: Service, clientNamespace: string, before: readonly Service[]): Path {
  const tries = Math.max(1, ...callsTo(mesh, service, clientNamespace).map(({ forwards, retries, entry }) => (forwards && retries && saysRetries(entry) ? retries.attempts + 1 : 1)));
  const passed = [...before, service];
  let worst: Path = { path: [], tries: 1 };
  for (const callee of passed.length < longestPath ? calleesOf(mesh, service) : []) {
    if (passed.includes(callee)) continue;
    const path = worstPath(mesh, callee, service.namespace, passed);
    if (path.tries > worst.tries) worst = path;
  }
  return { path: [{ service, tries }, ...worst.path], tries: tries * worst.tries };
}

function saysRetries({ on, at }: From): boolean {
  return 'routes' in on && field((on as VirtualService).routes.find(({ path }) => path === at)?.raw, 'retries') !== undefined;
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
