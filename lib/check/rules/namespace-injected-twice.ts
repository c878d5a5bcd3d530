import { defineRule, yaml } from '../rule.ts';
import { injectionOf } from './namespace-injected-by-default.ts';

export const namespaceInjectedTwice = defineRule({
  id: 'IST0123',
  name: 'namespace-injected-twice',
  category: 'injection',
  severity: 'warning',
  title: 'A namespace asks for its data plane twice',
  why: 'Istio reads istio-injection and ignores the revision, and a sidecar wins over ambient mode: the pods get another data plane than meant.',
  fix: 'Keep one of istio-injection, istio.io/rev and istio.io/dataplane-mode.',
  analyzers: ['injection.Analyzer'],
  of: ['Namespace'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled, istio.io/rev: canary } }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio.io/rev: canary } }
    `,
  },

  *check(on, mesh) {
    if (injectionOf(mesh, on) !== 'both') return;
    yield { at: 'metadata.labels', message: `namespace ${on.name} has ${['istio-injection', 'istio.io/rev', 'istio.io/dataplane-mode'].filter(key => on.labels.has(key)).map(key => `${key}=${on.labels.get(key) ?? ''}`).join(' and ')}` };
  },
});
