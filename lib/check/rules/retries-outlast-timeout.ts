import { field } from '../../manifest/index.ts';
import { httpEntries } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const retriesOutlastTimeout = defineRule({
  id: 'MW0321',
  name: 'retries-outlast-timeout',
  category: 'traffic',
  severity: 'warning',
  title: 'The tries of a route do not fit into its timeout',
  why: 'The timeout of a route is for all tries together. When it ends before the last try could begin, a slow server is asked fewer times than is written, and the last answer is thrown away.',
  fix: 'Make the timeout at least (attempts + 1) x perTryTimeout, or try less often or for a shorter time.',
  of: ['VirtualService'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http: [{ route: [{ destination: { host: reviews } }], timeout: 2s, retries: { attempts: 3, perTryTimeout: 2s } }]
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http: [{ route: [{ destination: { host: reviews } }], timeout: 8s, retries: { attempts: 3, perTryTimeout: 2s } }]
    `,
  },

  when: ({ routes }) => routes.some(({ raw }) => field(raw, 'timeout') !== undefined && field(raw, 'retries') !== undefined),

  *check(on, mesh) {
    for (const { actions: { timeout = 0, retries }, from } of httpEntries(mesh, on)) {
      if (from.on !== on || timeout === 0 || !retries?.perTryTimeout || retries.attempts === 0) continue;
      const wanted = (retries.attempts + 1) * retries.perTryTimeout;
      if (wanted > timeout) {
        yield { at: `${from.at}.timeout`, message: `${retries.attempts + 1} tries of ${seconds(retries.perTryTimeout)} need ${seconds(wanted)}, but the route ends after ${seconds(timeout)}` };
      }
    }
  },
});

/** Milliseconds as people write them. */
export function seconds(milliseconds: number): string {
  return milliseconds % 1000 === 0 || milliseconds > 10_000 ? `${Math.round(milliseconds / 100) / 10}s` : `${milliseconds}ms`;
}
