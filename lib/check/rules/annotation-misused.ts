import { istioAnnotations, isIstioAnnotation, whyInvalid } from '../istio-annotations.ts';
import { defineRule, yaml, type Violation } from '../rule.ts';
import type { Entity } from '../../mesh/index.ts';

export const annotationMisused = defineRule({
  id: 'IST0107',
  furtherCodes: ['IST0108', 'IST0125', 'IST0135'],
  name: 'annotation-misused',
  category: 'schema',
  severity: 'warning',
  title: 'An annotation of Istio is unknown, misplaced, deprecated or has a value that cannot be used',
  why: 'Istio ignores it without a word.',
  fix: 'Put it on the kind that it is for (on the pod template of a Deployment, say), spelt as Istio spells it.',
  analyzers: ['annotations.K8sAnalyzer'],
  of: ['Namespace', 'Service', 'Pod', 'Deployment'],
  examples: {
    bad: yaml`
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop, annotations: { sidecar.istio.io/proxyCPU: 100m } }
    `,
    good: yaml`
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { annotations: { sidecar.istio.io/proxyCPU: 100m } } } }
    `,
  },

  when: ({ annotations }) => annotations.size > 0,

  *check(on) {
    for (const [name, value] of on.annotations) if (isIstioAnnotation(name)) yield* violationsOf(on, name, value);
  },
});

function* violationsOf(on: Entity, name: string, value: string): Generator<Violation> {
  const at = `metadata.annotations[${JSON.stringify(name)}]`;
  const known = istioAnnotations.get(name);
  if (!known) {
    yield { at, code: 'IST0108', message: `Istio knows no annotation ${name}` };
    return;
  }
  // Who has the label that replaces it as well knows that it is deprecated.
  if (known.deprecated && !(name === 'sidecar.istio.io/inject' && on.labels.has(name))) {
    yield { at, code: 'IST0135', severity: 'info', message: `${name} is deprecated${name === 'sidecar.istio.io/inject' ? '; use the label of the same name' : ''}` };
  }
  if (known.on.length === 0) return;
  if (!known.on.includes(on.kind)) {
    yield { at, message: `${name} is for ${known.on.join(', ')}, not for a ${on.kind}` };
    return;
  }
  const invalid = whyInvalid(name, value);
  if (invalid !== undefined) yield { at, code: 'IST0125', message: `${name} is ${JSON.stringify(value)}; ${invalid}` };
}
