import { field } from '../../manifest/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const deprecatedField = defineRule({
  id: 'IST0002',
  name: 'deprecated-field',
  category: 'schema',
  severity: 'warning',
  title: 'A field or kind is deprecated or ignored',
  why: 'It does nothing, or a coming release of Istio removes it.',
  fix: 'Use what replaces it.',
  analyzers: ['deprecation.DeprecationAnalyzer'],
  reads: ['VirtualService', 'Sidecar', 'CustomResourceDefinition'],
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

  *check(mesh) {
    for (const on of mesh.virtualServices) {
      for (const route of on.routes) {
        const percent = field(field(field(route.raw, 'fault'), 'delay'), 'percent');
        if (typeof percent === 'number' && percent > 0) yield { on, at: `${route.path}.fault.delay.percent`, message: 'percent of a delay is deprecated; use percentage' };
      }
    }
    for (const on of mesh.sidecars) {
      if (on.hasEgressProxy) yield { on, at: 'spec.outboundTrafficPolicy.egressProxy', message: 'egressProxy is ignored' };
    }
    for (const on of mesh.customResourceDefinitions) {
      const spec = on.manifest.object.spec;
      const kind = field(field(spec, 'names'), 'kind');
      if (field(spec, 'group') === 'rbac.istio.io' && typeof kind === 'string' && removed.has(kind)) {
        yield { on, at: 'spec.names.kind', message: `Istio has removed ${kind} of rbac.istio.io; use AuthorizationPolicy` };
      }
    }
  },
});

const removed = new Set(['ClusterRbacConfig', 'RbacConfig', 'ServiceRole', 'ServiceRoleBinding']);
