import { selectorText, workloadsOfGateway } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const gatewaySelectsNothing = defineRule({
  id: 'IST0101',
  name: 'gateway-selects-nothing',
  category: 'gateway',
  severity: 'error',
  title: 'The selector of a Gateway takes no pod',
  why: 'Nothing opens its ports: its hosts cannot be reached.',
  fix: 'Use the labels that the pods of the gateway carry. Where no gateway at all is among the objects, this is not asked.',
  alsoKnownAs: ['KIA0302'],
  analyzers: ['gateway.IngressGatewayPortAnalyzer', 'gateway.SecretAnalyzer'],
  of: ['Gateway'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: ingress }
      spec: { selector: { istio: egde }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.example.com] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: edge, namespace: ingress, labels: { istio: edge } }
      spec: { containers: [{ name: istio-proxy, image: auto }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: ingress }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.example.com] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: edge, namespace: ingress, labels: { istio: edge } }
      spec: { containers: [{ name: istio-proxy, image: auto }] }
    `,
  },

  *check(on, mesh) {
    if (mesh.gatewayWorkloads.length === 0) return;
    if (on.selector.size > 0 && workloadsOfGateway(mesh, on).length === 0) yield { at: 'spec.selector', message: `no pod carries ${selectorText(on.selector)}` };
  },
});
