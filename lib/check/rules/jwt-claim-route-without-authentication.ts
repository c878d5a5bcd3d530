import { field, fields } from '../../manifest/index.ts';
import { policiesSelecting, selectorText, type VirtualService } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';
import { isClaim } from '../validation/index.ts';

export const jwtClaimRouteWithoutAuthentication = defineRule({
  id: 'IST0149',
  name: 'jwt-claim-route-without-authentication',
  category: 'security',
  severity: 'error',
  title: 'A route matches claims of a token that the gateway does not validate',
  why: 'Without a RequestAuthentication at the gateway no claim is known there, and the route never matches.',
  fix: 'Add a RequestAuthentication that selects the pods of the gateway.',
  analyzers: ['virtualservice.JWTClaimRouteAnalyzer'],
  of: ['VirtualService'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: web, namespace: shop }
      spec:
        hosts: [shop.example.com]
        gateways: [edge]
        http:
          - match: [{ headers: { "@request.auth.claims.role": { exact: admin } } }]
            route: [{ destination: { host: web } }]
      ---
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: shop }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.example.com] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: edge, namespace: shop, labels: { istio: edge } }
      spec: { containers: [{ name: istio-proxy, image: auto }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: web, namespace: shop }
      spec:
        hosts: [shop.example.com]
        gateways: [edge]
        http:
          - match: [{ headers: { "@request.auth.claims.role": { exact: admin } } }]
            route: [{ destination: { host: web } }]
      ---
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: shop }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.example.com] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: edge, namespace: shop, labels: { istio: edge } }
      spec: { containers: [{ name: istio-proxy, image: auto }] }
      ---
      apiVersion: security.istio.io/v1
      kind: RequestAuthentication
      metadata: { name: edge, namespace: shop }
      spec: { selector: { matchLabels: { istio: edge } }, jwtRules: [{ issuer: issuer.example.com }] }
    `,
  },

  when: on => claimMatched(on) !== undefined,

  *check(on, mesh) {
    const claim = claimMatched(on);
    if (!claim) return;
    for (const name of on.gateways) {
      const gateway = mesh.gateway(name);
      if (!gateway) continue;
      for (const pod of mesh.workloadsSelectedBy(gateway.selector)) {
        const validated = !policiesSelecting(mesh, 'RequestAuthentication', pod.namespace, pod.podLabels).next().done;
        if (!validated) yield { at: claim.path, message: `it matches ${claim.key}, but no RequestAuthentication holds for ${pod.kind} ${pod.namespace}/${pod.name} of Gateway ${name} (${selectorText(gateway.selector)})` };
      }
    }
  },
});

function claimMatched(service: VirtualService): { readonly key: string; readonly path: string } | undefined {
  for (const route of service.routes) {
    for (const [i, match] of route.matches.entries()) {
      for (const name of ['headers', 'withoutHeaders']) {
        const key = Object.keys(fields(field(match, name))).find(isClaim);
        if (key !== undefined) return { key, path: `${route.path}.match[${i}].${name}[${JSON.stringify(key)}]` };
      }
    }
  }
  return undefined;
}
