import { defineRule, yaml } from '../rule.ts';
import { injectionOf } from './namespace-injected-by-default.ts';

export const namespaceNotInjected = defineRule({
  id: 'IST0102',
  name: 'namespace-not-injected',
  category: 'injection',
  severity: 'info',
  title: 'A namespace does not say whether its pods get a sidecar',
  why: 'Nothing is injected, and nobody can tell whether that is meant.',
  fix: 'Label it istio-injection=enabled, istio.io/rev=…, istio.io/dataplane-mode=ambient, or istio-injection=disabled where it is meant.',
  analyzers: ['injection.Analyzer'],
  of: ['Namespace'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: disabled } }
    `,
  },

  *check(on, mesh) {
    if (injectionOf(mesh, on) === 'silent') yield { message: `namespace ${on.name} says nothing of injection` };
  },
});
