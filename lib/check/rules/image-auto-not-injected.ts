import { labelsPass } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const imageAutoNotInjected = defineRule({
  id: 'IST0146',
  name: 'image-auto-not-injected',
  category: 'injection',
  severity: 'warning',
  title: 'A Deployment has the image `auto`, but no webhook injects it',
  why: 'Its pods will have an image that does not exist, and cannot start.',
  fix: 'Label its namespace or its pods so that the webhook of a control plane selects them.',
  analyzers: ['injection.ImageAutoAnalyzer'],
  of: ['Deployment'],
  examples: {
    bad: yaml`
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: edge, namespace: ingress }
      spec: { template: { spec: { containers: [{ name: istio-proxy, image: auto }] } } }
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: MutatingWebhookConfiguration
      metadata: { name: istio-sidecar-injector }
      webhooks: [{ name: namespace.sidecar-injector.istio.io, namespaceSelector: { matchLabels: { istio-injection: enabled } } }]
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: ingress, labels: { istio-injection: enabled } }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: edge, namespace: ingress }
      spec: { template: { spec: { containers: [{ name: istio-proxy, image: auto }] } } }
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: MutatingWebhookConfiguration
      metadata: { name: istio-sidecar-injector }
      webhooks: [{ name: namespace.sidecar-injector.istio.io, namespaceSelector: { matchLabels: { istio-injection: enabled } } }]
    `,
  },

  when: ({ containers }) => containers.some(({ image }) => image === 'auto'),

  *check(on, mesh) {
    const webhooks = mesh.mutatingWebhooks.flatMap(({ webhooks: own }) => own.filter(({ name }) => name.endsWith('istio.io')));
    // A repository of manifests seldom holds the installation; without a webhook nothing can be said.
    if (webhooks.length === 0) return;
    const i = on.containers.findIndex(({ name, image }) => name === 'istio-proxy' && image === 'auto');
    if (i === -1) return;
    const namespaceLabels = mesh.namespace(on.namespace === '' ? 'default' : on.namespace)?.labels ?? new Map<string, string>();
    if (!webhooks.some(webhook => labelsPass(webhook.namespaceSelector, namespaceLabels) && labelsPass(webhook.objectSelector, on.podLabels))) {
      yield { at: `${on.podPath}.containers[${i}].image`, message: 'no webhook of Istio selects its pods, so that the image stays auto' };
    }
  },
});
