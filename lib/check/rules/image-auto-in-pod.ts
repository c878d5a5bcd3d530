import { defineRule, yaml } from '../rule.ts';

export const imageAutoInPod = defineRule({
  id: 'IST0147',
  name: 'image-auto-in-pod',
  category: 'injection',
  severity: 'error',
  title: 'A pod runs with the image `auto`',
  why: 'Injection replaces the image when a pod is made; one that still has it was not injected, and cannot start.',
  fix: 'Let the pod be injected: label its namespace, or the pod with sidecar.istio.io/inject=true, and make it again.',
  analyzers: ['injection.ImageAutoAnalyzer'],
  of: ['Pod'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Pod
      metadata: { name: edge, namespace: ingress }
      spec: { containers: [{ name: istio-proxy, image: auto }] }
    `,
    good: yaml`
      apiVersion: v1
      kind: Pod
      metadata: { name: edge, namespace: ingress }
      spec: { containers: [{ name: istio-proxy, image: proxyv2 }] }
    `,
  },

  *check(on) {
    const i = on.containers.findIndex(({ name, image }) => name === 'istio-proxy' && image === 'auto');
    if (i !== -1) yield { at: `${on.podPath}.containers[${i}].image`, message: 'the image of istio-proxy is still auto' };
  },
});
