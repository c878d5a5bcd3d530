import { istioAnnotations, isIstioAnnotation } from '../istio-annotations.ts';
import { defineRule, yaml } from '../rule.ts';

export const annotationAlpha = defineRule({
  id: 'IST0136',
  name: 'annotation-alpha',
  category: 'schema',
  severity: 'info',
  title: 'An annotation belongs to an alpha feature',
  why: 'Istio may change or remove it in any release.',
  fix: 'Look whether a stable way exists before you rely on it.',
  analyzers: ['annotations.AlphaAnalyzer'],
  of: ['Namespace', 'Service', 'Pod', 'Deployment'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Pod
      metadata: { name: reviews, namespace: shop, annotations: { sidecar.istio.io/logLevel: debug } }
    `,
    good: yaml`
      apiVersion: v1
      kind: Pod
      metadata: { name: reviews, namespace: shop, annotations: { proxy.istio.io/config: "{}" } }
    `,
  },

  when: ({ annotations }) => annotations.size > 0,

  *check(on) {
    const withoutInit = 'initContainers' in on && on.kind === 'Pod' && !on.initContainers.some(({ name }) => name === 'istio-init');
    for (const name of on.annotations.keys()) {
      if (!isIstioAnnotation(name) || name === 'sidecar.istio.io/status' || istioAnnotations.get(name)?.alpha !== true || (withoutInit && injected.has(name))) continue;
      yield { at: `metadata.annotations[${JSON.stringify(name)}]`, message: `${name} belongs to an alpha feature` };
    }
  },
});

/** What the CNI plugin makes injection write by itself. */
const injected = new Set([
  'sidecar.istio.io/interceptionMode', 'traffic.sidecar.istio.io/includeInboundPorts', 'traffic.sidecar.istio.io/excludeInboundPorts',
  'traffic.sidecar.istio.io/includeOutboundIPRanges',
]);
