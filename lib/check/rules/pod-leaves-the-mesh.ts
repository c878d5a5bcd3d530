import { runsGateway, workloadKindNames } from '../../mesh/index.ts';
import { isMeshNamespace } from '../mesh-namespace.ts';
import { podMetadata } from '../pod-metadata.ts';
import { defineRule, yaml } from '../rule.ts';

export const podLeavesTheMesh = defineRule({
  id: 'MW0426',
  name: 'pod-leaves-the-mesh',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'A pod opts out of the mesh that its namespace is in',
  why: 'Nothing guards it: no mutual TLS, no policy. And it can call what takes plaintext without anyone knowing who it is.',
  fix: 'Take the label or annotation away. What must run without a proxy belongs in a namespace of its own.',
  source: 'https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy',
  of: workloadKindNames,
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews, sidecar.istio.io/inject: "false" } }, spec: { containers: [{ name: reviews, image: reviews }] } } }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews } }, spec: { containers: [{ name: reviews, image: reviews }] } } }
    `,
  },

  *check(on, mesh) {
    const home = mesh.namespace(on.namespace);
    if (!home || runsGateway(on) || !isMeshNamespace(mesh, home)) return;
    if (home.ambient) {
      if (on.podLabels.get(mode) === 'none') yield { at: podMetadata(on, 'labels', mode), message: `${mode} is none, in a namespace in ambient mode` };
      return;
    }
    const place = on.podLabels.get(inject) === 'false' ? 'labels' : !on.podLabels.has(inject) && on.podAnnotations.get(inject) === 'false' ? 'annotations' : undefined;
    if (place) yield { at: podMetadata(on, place, inject), message: `${inject} is false, in a namespace that is injected` };
    else if (on.hostNetwork) yield { at: `${on.podPath}.hostNetwork`, message: 'a pod in the network of its node gets no sidecar' };
  },
});

const inject = 'sidecar.istio.io/inject';
const mode = 'istio.io/dataplane-mode';
