import { listed } from '../listed.ts';
import { defineRule, yaml } from '../rule.ts';
import { destinationsOf, someDestination } from './destination-unknown.ts';

export const subsetUnknown = defineRule({
  id: 'IST0101',
  name: 'subset-unknown',
  category: 'traffic',
  severity: 'error',
  title: 'A route leads to a subset that no DestinationRule defines',
  why: 'Requests that take the route fail with 503 (NC): Envoy has no cluster for the subset.',
  fix: 'Define the subset in the DestinationRule of the host, or name one that is there.',
  alsoKnownAs: ['KIA1107'],
  analyzers: ['virtualservice.DestinationRuleAnalyzer'],
  of: ['VirtualService'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http: [{ route: [{ destination: { host: reviews, subset: v3 } }] }]
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: reviews, namespace: shop }
      spec: { host: reviews, subsets: [{ name: v1, labels: { version: v1 } }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http: [{ route: [{ destination: { host: reviews, subset: v1 } }] }]
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: reviews, namespace: shop }
      spec: { host: reviews, subsets: [{ name: v1, labels: { version: v1 } }] }
    `,
  },

  when: (on, mesh) => someDestination(on, ({ subset, fullHost }) => subset !== '' && !mesh.destinationRulesByHost.find(fullHost, ({ subsets }) => subsets.some(({ name }) => name === subset))),

  *check(on, mesh) {
    for (const { destination } of destinationsOf(on)) {
      const { subset, fullHost, host } = destination;
      if (subset === '') continue;
      const rules = [...mesh.destinationRulesByHost.covering(fullHost)].flatMap(({ values }) => values);
      if (rules.some(rule => rule.subsets.some(({ name }) => name === subset))) continue;
      const known = [...new Set(rules.flatMap(rule => rule.subsets.map(({ name }) => name)))];
      yield { at: `${destination.path}.subset`, message: `no DestinationRule defines subset "${subset}" of ${host}; ${known.length > 0 ? `there is ${listed(known)}` : 'there is none'}` };
    }
  },
});
