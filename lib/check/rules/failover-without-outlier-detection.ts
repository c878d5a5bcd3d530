import { field, list, mapping } from '../../manifest/index.ts';
import { effectivePolicy, somePolicy, type DestinationRule, type MergedDestinationRule } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const failoverWithoutOutlierDetection = defineRule({
  id: 'MW0341',
  name: 'failover-without-outlier-detection',
  category: 'traffic',
  severity: 'warning',
  title: 'Failover between localities is set without outlier detection for a port or subset',
  why: 'Envoy moves requests to another locality when endpoints are found unhealthy, which only outlier detection does here. Settings of a port stand for the whole policy, so that what they leave out is not inherited.',
  fix: 'Set outlierDetection beside the failover, in the same settings.',
  of: ['DestinationRule'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: reviews, namespace: shop }
      spec:
        host: reviews
        trafficPolicy:
          outlierDetection: { consecutive5xxErrors: 5 }
          portLevelSettings:
            - port: { number: 9080 }
              loadBalancer: { localityLbSetting: { enabled: true, failoverPriority: [topology.istio.io/network] } }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: reviews, namespace: shop }
      spec:
        host: reviews
        trafficPolicy:
          portLevelSettings:
            - port: { number: 9080 }
              outlierDetection: { consecutive5xxErrors: 5 }
              loadBalancer: { localityLbSetting: { enabled: true, failoverPriority: [topology.istio.io/network] } }
    `,
  },

  when: on => somePolicy(on, ({ raw, ports }) => ports.length > 0 || field(raw, 'loadBalancer') !== undefined),

  *check(on) {
    const merged = alone(on);
    const ports = new Set([0, ...[on.policy, ...on.subsets.map(({ policy }) => policy)].flatMap(policy => policy?.ports.map(({ port }) => port) ?? [])]);
    const told = new Set<string>();
    for (const port of ports) {
      for (const subset of ['', ...on.subsets.map(({ name }) => name)]) {
        const { loadBalancer, outlierDetection } = effectivePolicy(merged, subset, port);
        if (!loadBalancer || outlierDetection || !failsOver(loadBalancer.value)) continue;
        const { at } = loadBalancer.from;
        if (told.has(at) || saidByIstio(on, at)) continue;
        told.add(at);
        yield { at: `${at}.localityLbSetting`, message: `requests ${subset === '' ? '' : `to subset "${subset}" `}${port === 0 ? '' : `at port ${port} `}fail over to no other locality: there is no outlierDetection` };
      }
    }
  },
});

function alone(on: DestinationRule): MergedDestinationRule {
  return { rules: [on], policy: on.policy && { policy: on.policy, on }, subsets: new Map(on.subsets.map(subset => [subset.name, { subset, on }])) };
}

function failsOver(loadBalancer: unknown): boolean {
  const setting = field(loadBalancer, 'localityLbSetting');
  return mapping(setting) !== undefined && field(setting, 'enabled') !== false && (list(field(setting, 'failover')).length > 0 || list(field(setting, 'failoverPriority')).length > 0);
}

/** istiod warns where both stand in one policy at the top and the second is missing (IST0133). */
function saidByIstio(on: DestinationRule, at: string): boolean {
  return at === 'spec.trafficPolicy.loadBalancer' && mapping(field(on.policy?.raw, 'outlierDetection')) === undefined;
}
