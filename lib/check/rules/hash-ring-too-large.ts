import { field, number } from '../../manifest/index.ts';
import { somePolicy, type TrafficPolicy } from '../../mesh/index.ts';
import { defineRule, yaml, type Violation } from '../rule.ts';

/** Source: Envoy, api/envoy/config/cluster/v3/cluster.proto, RingHashLbConfig */
const largest = 8 * 2 ** 20;

export const hashRingTooLarge = defineRule({
  id: 'MW0313',
  name: 'hash-ring-too-large',
  category: 'traffic',
  severity: 'error',
  title: 'A hash ring is larger than Envoy takes',
  why: 'Envoy refuses a cluster whose minimum ring size is above 8,388,608; istiod does not look.',
  fix: 'Leave the size out: 1024 is the default, and a few thousand per hundred endpoints is plenty.',
  of: ['DestinationRule'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: reviews, namespace: shop }
      spec: { host: reviews, trafficPolicy: { loadBalancer: { consistentHash: { httpHeaderName: user, ringHash: { minimumRingSize: 9000000 } } } } }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: reviews, namespace: shop }
      spec: { host: reviews, trafficPolicy: { loadBalancer: { consistentHash: { httpHeaderName: user, ringHash: { minimumRingSize: 4096 } } } } }
    `,
  },

  when: on => somePolicy(on, ({ raw, ports }) => ports.length > 0 || field(raw, 'loadBalancer') !== undefined),

  *check({ policy, subsets }) {
    for (const one of [policy, ...subsets.map(subset => subset.policy)]) if (one) yield* ofPolicy(one);
  },
});

function* ofPolicy({ raw, path, ports }: TrafficPolicy): Generator<Violation> {
  yield* ofSettings(raw, path);
  const settings = field(raw, 'portLevelSettings');
  for (const [i, { path: at }] of ports.entries()) yield* ofSettings(Array.isArray(settings) ? settings[i] : undefined, at);
}

function* ofSettings(value: unknown, path: string): Generator<Violation> {
  const hash = field(field(value, 'loadBalancer'), 'consistentHash');
  for (const [at, size] of [['ringHash.minimumRingSize', field(field(hash, 'ringHash'), 'minimumRingSize')], ['minimumRingSize', field(hash, 'minimumRingSize')]] as const) {
    const given = number(typeof size === 'string' ? Number(size) : size) ?? 0;
    if (given > largest) yield { at: `${path}.loadBalancer.consistentHash.${at}`, message: `a ring has at most ${largest} entries, got ${given}` };
  }
}
