import { defineRule, yaml } from '../rule.ts';
import { injectionOf } from './namespace-injected-by-default.ts';

export const podWithoutProxy = defineRule({
  id: 'IST0103',
  name: 'pod-without-proxy',
  category: 'injection',
  severity: 'warning',
  title: 'A pod of an injected namespace has no proxy',
  why: 'It runs outside the mesh: no mutual TLS, no policy, no telemetry. It was probably made before the label.',
  fix: 'Restart it, or label it sidecar.istio.io/inject=false where it is meant.',
  analyzers: ['injection.Analyzer'],
  of: ['Pod'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: reviews, namespace: shop }
      spec: { containers: [{ name: reviews, image: reviews }] }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: reviews, namespace: shop }
      spec: { containers: [{ name: reviews, image: reviews }, { name: istio-proxy, image: proxyv2 }] }
    `,
  },

  *check(on, mesh) {
    const namespace = mesh.namespace(on.namespace);
    const asked = (on.labels.get('sidecar.istio.io/inject') ?? on.annotations.get('sidecar.istio.io/inject') ?? '').toLowerCase();
    if (!namespace || injectionOf(mesh, namespace) !== 'injected' || asked === 'false' || on.hostNetwork) return;
    const proxy = [...on.containers, ...on.initContainers].find(({ name }) => name === 'istio-proxy');
    if (!proxy || proxy.image === '') yield { message: `pod ${on.name} has no istio-proxy` };
  },
});
