import { field } from '../../manifest/index.ts';
import type { VirtualService } from '../../mesh/index.ts';
import { defineRule, yaml, type Violation } from '../rule.ts';

export const deprecatedField = defineRule({
  id: 'IST0002',
  name: 'deprecated-field',
  category: 'schema',
  severity: 'warning',
  title: 'A field or kind is deprecated or ignored',
  why: 'It does nothing, or a coming release of Istio removes it.',
  fix: 'Use what replaces it.',
  analyzers: ['deprecation.DeprecationAnalyzer'],
  of: ['VirtualService', 'Sidecar', 'CustomResourceDefinition'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http:
          - fault: { delay: { percent: 10, fixedDelay: 1s } }
            route: [{ destination: { host: reviews } }]
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http:
          - fault: { delay: { percentage: { value: 10 }, fixedDelay: 1s } }
            route: [{ destination: { host: reviews } }]
    `,
  },

  when: on => !('routes' in on) || on.routes.some(({ raw }) => field(raw, 'fault') !== undefined),

  *check(on) {
    if ('routes' in on) yield* ofDelays(on);
    else if ('egress' in on) {
      if (on.hasEgressProxy) yield { at: 'spec.outboundTrafficPolicy.egressProxy', message: 'egressProxy is ignored' };
    } else {
      const spec = on.manifest.object.spec;
      const kind = field(field(spec, 'names'), 'kind');
      if (field(spec, 'group') === 'rbac.istio.io' && typeof kind === 'string' && removed.has(kind)) {
        yield { at: 'spec.names.kind', message: `Istio has removed ${kind} of rbac.istio.io; use AuthorizationPolicy` };
      }
    }
  },
});

function* ofDelays({ routes }: VirtualService): Generator<Violation> {
  for (const { raw, path } of routes) {
    const percent = field(field(field(raw, 'fault'), 'delay'), 'percent');
    if (typeof percent === 'number' && percent > 0) yield { at: `${path}.fault.delay.percent`, message: 'percent of a delay is deprecated; use percentage' };
  }
}

const removed = new Set(['ClusterRbacConfig', 'RbacConfig', 'ServiceRole', 'ServiceRoleBinding']);
