import { field, list, mapping } from '../../manifest/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const destinationTwice = defineRule({
  id: 'MW0124',
  name: 'destination-twice',
  category: 'traffic',
  severity: 'warning',
  title: 'A route has the same destination twice',
  why: 'Both weights go to the same endpoints, so that the share is not the one that either says; most often a subset was copied and not changed.',
  fix: 'Give the second destination its own host or subset, or add up the weights.',
  alsoKnownAs: ['KIA1105'],
  of: ['VirtualService'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http: [{ route: [{ destination: { host: reviews, subset: v1 }, weight: 90 }, { destination: { host: reviews, subset: v1 }, weight: 10 }] }]
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http: [{ route: [{ destination: { host: reviews, subset: v1 }, weight: 90 }, { destination: { host: reviews, subset: v2 }, weight: 10 }] }]
    `,
  },

  when: ({ routes }) => routes.some(({ destinations }) => destinations.length > 1),

  *check({ routes }) {
    for (const { destinations, raw } of routes) {
      const written = list(field(raw, 'route'));
      const seen = new Set<string>();
      for (const [i, { fullHost, host, subset, port, path }] of destinations.entries()) {
        // With header operations of its own a destination is another treatment of some requests.
        if (mapping(field(written[i], 'headers'))) continue;
        const key = `${fullHost} ${subset} ${port ?? ''}`;
        if (seen.has(key)) yield { at: path, message: `${host}${subset === '' ? '' : ` subset "${subset}"`} is a destination of this route already` };
        seen.add(key);
      }
    }
  },
});
