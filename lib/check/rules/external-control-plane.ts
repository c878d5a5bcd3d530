import { defineRule, yaml } from '../rule.ts';

export const externalControlPlane = defineRule({
  id: 'IST0163',
  furtherCodes: ['IST0164'],
  name: 'external-control-plane',
  category: 'install',
  severity: 'warning',
  title: 'The address of an external control plane cannot be reached',
  why: 'The webhooks of a remote cluster call the control plane through its gateway; without an address nothing is validated or injected.',
  fix: 'Set remotePilotAddress or the injection URL to the hostname of the gateway of the external control plane.',
  analyzers: ['externalcontrolplane.ExternalControlPlaneAnalyzer'],
  of: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
  examples: {
    bad: yaml`
      apiVersion: admissionregistration.k8s.io/v1
      kind: MutatingWebhookConfiguration
      metadata: { name: istio-sidecar-injector-external-istiod }
      webhooks: [{ name: rev.namespace.sidecar-injector.istio.io, clientConfig: {} }]
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingWebhookConfiguration
      metadata: { name: istio-validator-external-istiod }
      webhooks: [{ name: rev.validation.istio.io, clientConfig: { url: "https://istiod.example.com:15017/validate" } }]
    `,
    good: yaml`
      apiVersion: admissionregistration.k8s.io/v1
      kind: MutatingWebhookConfiguration
      metadata: { name: istio-sidecar-injector-external-istiod }
      webhooks: [{ name: rev.namespace.sidecar-injector.istio.io, clientConfig: { url: "https://istiod.example.com:15017/inject" } }]
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingWebhookConfiguration
      metadata: { name: istio-validator-external-istiod }
      webhooks: [{ name: rev.validation.istio.io, clientConfig: { url: "https://istiod.example.com:15017/validate" } }]
    `,
  },

  *check(on) {
    if (!/^istio-validator|^istiod-default-validator$|^istio-sidecar-injector/.test(on.name)) return;
    for (const webhook of on.webhooks.filter(({ service, url }) => url !== undefined || !service)) {
      const at = `${webhook.path}.clientConfig`;
      const host = webhook.url === undefined ? undefined : hostOf(webhook.url);
      if (webhook.url === undefined || webhook.url === '') yield { at, message: `webhook ${webhook.name} has no URL` };
      else if (host === undefined) yield { at: `${at}.url`, message: `the URL of webhook ${webhook.name} names no host` };
      else if (isAddress(host)) yield { at: `${at}.url`, code: 'IST0164', severity: 'info', message: `webhook ${webhook.name} calls ${host}, an address; a hostname outlives it` };
    }
  },
});

function hostOf(url: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/(\[[^\]]+\]|[^/:?#]+)/i.exec(url)?.[1];
}

function isAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.startsWith('[');
}
