import { defineRule, yaml } from '../rule.ts';

export const weightOfOnlyDestination = defineRule({
  id: 'MW0123',
  name: 'weight-of-only-destination',
  category: 'traffic',
  severity: 'warning',
  title: 'The only destination of a route has a weight',
  why: 'Its weight counts for nothing: it gets every request. A weight of 100 says just that, and is not reported.',
  fix: 'Add the destination that is to get the rest, or leave the weight out.',
  alsoKnownAs: ['KIA1104'],
  of: ['VirtualService'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec: { hosts: [reviews], http: [{ route: [{ destination: { host: reviews }, weight: 10 }] }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec: { hosts: [reviews], http: [{ route: [{ destination: { host: reviews }, weight: 100 }] }] }
    `,
  },

  when: ({ routes }) => routes.some(({ destinations }) => destinations.length === 1 && destinations[0]?.weight !== undefined),

  *check({ routes }) {
    for (const { destinations: [only, ...others], path } of routes) {
      if (only?.weight !== undefined && only.weight !== 100 && others.length === 0) yield { at: `${path}.route[0].weight`, message: `${only.host} is the only destination: it gets every request, not ${only.weight}%` };
    }
  },
});
