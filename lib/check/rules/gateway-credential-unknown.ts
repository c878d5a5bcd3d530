import { defineRule, yaml } from '../rule.ts';
import { credentialsOf } from './gateway-credential-unusable.ts';

export const gatewayCredentialUnknown = defineRule({
  id: 'IST0101',
  name: 'gateway-credential-unknown',
  category: 'gateway',
  severity: 'error',
  title: 'A Gateway names a credential that does not exist',
  why: 'Istio reads the Secret from the namespace of the gateway\'s pods. Without it the server has no certificate, and TLS handshakes fail.',
  fix: 'Put the Secret into the namespace of the pods that run the gateway. Where no Secret at all is among the objects, this is not asked.',
  analyzers: ['gateway.SecretAnalyzer'],
  of: ['Gateway'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: shop }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 443, name: https, protocol: HTTPS }, tls: { mode: SIMPLE, credentialName: shop }, hosts: [shop.example.com] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: edge, namespace: ingress, labels: { istio: edge } }
      spec: { containers: [{ name: istio-proxy, image: auto }] }
      ---
      apiVersion: v1
      kind: Secret
      metadata: { name: shop, namespace: shop }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: shop }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 443, name: https, protocol: HTTPS }, tls: { mode: SIMPLE, credentialName: shop }, hosts: [shop.example.com] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: edge, namespace: ingress, labels: { istio: edge } }
      spec: { containers: [{ name: istio-proxy, image: auto }] }
      ---
      apiVersion: v1
      kind: Secret
      metadata: { name: shop, namespace: ingress }
    `,
  },

  *check(on, mesh) {
    // A repository of manifests seldom holds its secrets.
    if (!mesh.has('Secret')) return;
    for (const { namespace, name, secret, at } of credentialsOf(mesh, on)) {
      if (!secret) yield { at, message: `there is no Secret "${name}" in namespace ${namespace}, where the pods of the gateway are` };
    }
  },
});
