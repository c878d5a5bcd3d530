import { RE2JS } from 're2js';
import { field } from '../../manifest/index.ts';
import { httpEntries } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const rewriteGroupUnknown = defineRule({
  id: 'MW0312',
  name: 'rewrite-group-unknown',
  category: 'traffic',
  severity: 'error',
  title: 'A rewrite names a group that its expression does not have, and Envoy refuses the routes',
  why: 'Envoy refuses the whole route configuration of the port: at a gateway every host of it then keeps its old routes, or has none.',
  fix: 'Use \\1 to \\9 for the groups that the expression has, and \\0 for all of it.',
  of: ['VirtualService'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http:
          - rewrite: { uriRegexRewrite: { match: '^/old/([^/]+)', rewrite: '/new/\2' } }
            route: [{ destination: { host: reviews } }]
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http:
          - rewrite: { uriRegexRewrite: { match: '^/old/([^/]+)', rewrite: '/new/\1' } }
            route: [{ destination: { host: reviews } }]
    `,
  },

  when: ({ routes }) => routes.some(({ raw }) => field(raw, 'rewrite') !== undefined),

  *check(on, mesh) {
    for (const { actions: { rewrite }, from } of httpEntries(mesh, on)) {
      if (from.on !== on || !rewrite?.regex) continue;
      const { pattern, to } = rewrite.regex;
      const groups = groupsOf(pattern);
      // What is no expression is refused by istiod already.
      if (groups === undefined) continue;
      const at = `${from.at}.rewrite.uriRegexRewrite.rewrite`;
      for (const [whole, digit] of to.matchAll(/\\(.?)/gs)) {
        if (digit === '\\') continue;
        if (!digit || !/\d/.test(digit)) yield { at, message: `${whole} is no group; write \\\\ for a backslash` };
        else if (Number(digit) > groups) yield { at, message: `there is no group ${digit}: the expression has ${groups === 0 ? 'none' : groups}` };
      }
    }
  },
});

function groupsOf(pattern: string): number | undefined {
  try {
    return RE2JS.compile(pattern).groupCount();
  } catch {
    return undefined;
  }
}
