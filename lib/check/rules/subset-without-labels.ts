import { defineRule, yaml } from '../rule.ts';

export const subsetWithoutLabels = defineRule({
  id: 'MW0115',
  name: 'subset-without-labels',
  category: 'traffic',
  severity: 'info',
  title: 'A subset has no labels',
  why: 'It is all endpoints of the host, not a part of them. That may be meant, to have a traffic policy by name, so this is info.',
  fix: 'Give it the labels of the version that it stands for, unless it is for its traffic policy alone.',
  alsoKnownAs: ['KIA0209'],
  of: ['DestinationRule'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: reviews, namespace: shop }
      spec: { host: reviews, subsets: [{ name: v1 }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: reviews, namespace: shop }
      spec: { host: reviews, subsets: [{ name: v1, labels: { version: v1 } }] }
    `,
  },

  when: ({ subsets }) => subsets.some(({ labels }) => labels.size === 0),

  *check({ subsets }) {
    for (const { name, labels, policy, path } of subsets) {
      // One with a policy of its own is there for the policy.
      if (labels.size === 0 && !policy) yield { at: path, message: `subset "${name}" has no labels: it is every endpoint of the host` };
    }
  },
});
