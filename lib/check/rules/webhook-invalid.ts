import type { Mesh, Webhook, WebhookConfiguration } from '../../mesh/index.ts';
import { labelsPass } from '../../mesh/index.ts';
import { defineMeshRule, yaml } from '../rule.ts';

export const webhookInvalid = defineMeshRule({
  id: 'IST0139',
  name: 'webhook-invalid',
  category: 'install',
  severity: 'error',
  title: 'A webhook for injection overlaps with another, or leads nowhere',
  why: 'Pods get two sidecars, or cannot be made at all.',
  fix: 'Let one webhook select each pod; name a Service that is there.',
  analyzers: ['webhook.Analyzer'],
  of: 'mesh',
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: istiod, namespace: istio-system }
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: MutatingWebhookConfiguration
      metadata: { name: istio-sidecar-injector }
      webhooks:
        - name: rev.namespace.sidecar-injector.istio.io
          namespaceSelector: { matchLabels: { istio-injection: enabled } }
          clientConfig: { service: { name: istiod-canary, namespace: istio-system } }
    `,
    good: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: istiod, namespace: istio-system }
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: MutatingWebhookConfiguration
      metadata: { name: istio-sidecar-injector }
      webhooks:
        - name: rev.namespace.sidecar-injector.istio.io
          namespaceSelector: { matchLabels: { istio-injection: enabled } }
          clientConfig: { service: { name: istiod, namespace: istio-system } }
    `,
  },

  *check(mesh) {
    const configurations = mesh.mutatingWebhooks.filter(configuration => revisionsOf(configuration).length > 0 || configuration.webhooks.some(({ name }) => name.endsWith('istio.io')));
    const webhooks = configurations.flatMap(on => on.webhooks.map(webhook => ({ on, webhook })));
    yield* overlapping(webhooks, [...new Set(configurations.flatMap(revisionsOf))]);
    for (const { on, webhook } of webhooks) {
      if (webhook.service && !serviceIsThere(mesh, webhook.service)) {
        yield { on, at: `${webhook.path}.clientConfig.service`, message: `webhook ${webhook.name} leads to Service ${webhook.service.namespace}/${webhook.service.name}, which does not exist` };
      }
    }
  },
});

interface Candidate {
  readonly on: WebhookConfiguration;
  readonly webhook: Webhook;
}

/** Each combination of labels that Istio gives meaning to must be selected by one webhook at most. */
function* overlapping(webhooks: readonly Candidate[], revisions: readonly string[]): Generator<{ readonly on: WebhookConfiguration; readonly at: string; readonly message: string }> {
  const namespaces = withRevisions([{}, { 'istio-injection': 'enabled' }, { 'istio-injection': 'disabled' }], revisions);
  const objects = withRevisions([{}, { 'sidecar.istio.io/inject': 'true' }, { 'sidecar.istio.io/inject': 'false' }], revisions);
  for (const namespace of namespaces) {
    const here = webhooks.filter(({ webhook }) => labelsPass(webhook.namespaceSelector, namespace));
    for (const object of here.length > 1 ? objects : []) {
      const matching = here.filter(({ webhook }) => labelsPass(webhook.objectSelector, object));
      for (const one of matching.length > 1 ? matching : []) {
        const others = matching.filter(other => other !== one).map(({ on, webhook }) => `${on.name}/${webhook.name}`).sort();
        yield { on: one.on, at: one.webhook.path, message: `webhook ${one.webhook.name} selects the same pods as ${others.join(', ')}, which are then injected twice` };
      }
    }
  }
}

function withRevisions(labels: readonly Readonly<Record<string, string>>[], revisions: readonly string[]): ReadonlyMap<string, string>[] {
  return [...labels, ...revisions.flatMap(revision => labels.map(own => ({ ...own, 'istio.io/rev': revision })))].map(own => new Map(Object.entries(own)));
}

function revisionsOf({ labels, webhooks }: WebhookConfiguration): string[] {
  const own = labels.get('istio.io/rev');
  return [...(own === undefined ? [] : [own]), ...webhooks.flatMap(({ namespaceSelector, objectSelector }) => [namespaceSelector, objectSelector].flatMap(selector => {
    if (!selector) return [];
    const label = selector.labels.get('istio.io/rev');
    return [...(label === undefined ? [] : [label]), ...selector.expressions.filter(({ key }) => key === 'istio.io/rev').flatMap(({ values }) => values)];
  }))];
}

function serviceIsThere(mesh: Mesh, { namespace, name }: { readonly namespace: string; readonly name: string }): boolean {
  return mesh.service(namespace, name) !== undefined;
}
