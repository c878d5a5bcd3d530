import { hasAmbient, hasSidecar, isAmbient, workloadKindNames } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const sidecarAnnotationInAmbient = defineRule({
  id: 'MW0163',
  name: 'sidecar-annotation-in-ambient',
  category: 'ambient',
  severity: 'info',
  title: 'A pod in ambient mode has annotations for a sidecar',
  why: 'The injector alone reads them, and it does not touch the pod: ports that they exclude, resources and proxy settings have no effect.',
  fix: 'Remove them once the pods stay in ambient mode. Ports that must pass by ztunnel have `ambient.istio.io/bypass-inbound-capture`, which is for all ports.',
  source: 'https://istio.io/latest/docs/reference/config/annotations/',
  of: workloadKindNames,
  examples: {
    bad: example('metadata: { annotations: { traffic.sidecar.istio.io/excludeOutboundPorts: "3306" } }'),
    good: example('metadata: {}'),
  },

  when: (on, mesh) => on.podAnnotations.size > 0 && hasAmbient(mesh),

  *check(on, mesh) {
    const annotation = [...on.podAnnotations.keys()].find(isForSidecar);
    if (annotation !== undefined && isAmbient(mesh, on) && !hasSidecar(mesh, on)) yield { message: `its pods are in ambient mode and have no sidecar that reads ${annotation}` };
  },
});

function isForSidecar(annotation: string): boolean {
  return annotation === 'proxy.istio.io/config' || (/^(traffic\.|readiness\.status\.)?sidecar\.istio\.io\//.test(annotation) && annotation !== 'sidecar.istio.io/inject');
}

function example(template: string): string {
  return yaml`
    apiVersion: v1
    kind: Namespace
    metadata: { name: shop, labels: { istio.io/dataplane-mode: ambient } }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: reviews, namespace: shop }
    spec: { template: { ${template} } }
  `;
}
