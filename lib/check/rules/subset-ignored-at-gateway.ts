import { defineRule, yaml } from '../rule.ts';

export const subsetIgnoredAtGateway = defineRule({
  id: 'IST0140',
  name: 'subset-ignored-at-gateway',
  category: 'traffic',
  severity: 'warning',
  title: 'Subsets of one VirtualService do not hold for requests through a gateway',
  why: 'Requests through the gateway take the route of the gateway, which names no subset; the split inside the mesh does not apply to them.',
  fix: 'Name the subsets in the gateway\'s route too, or bind one VirtualService to both the gateway and mesh.',
  analyzers: ['virtualservice.DestinationHostAnalyzer'],
  reads: ['VirtualService'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http: [{ route: [{ destination: { host: reviews, subset: v1 } }] }]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews-outside, namespace: shop }
      spec:
        hosts: [shop.example.com]
        gateways: [edge]
        http: [{ route: [{ destination: { host: reviews } }] }]
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews, shop.example.com]
        gateways: [mesh, edge]
        http: [{ route: [{ destination: { host: reviews, subset: v1 } }] }]
    `,
  },

  *check(mesh) {
    // By the host as written, as Istio compares it: `reviews` of another namespace is another service.
    const withSubset = new Map<string, string[]>();
    for (const service of mesh.virtualServices) {
      for (const { host, fullHost, subset } of service.routes.filter(route => route.kind === 'http').flatMap(route => route.destinations)) {
        if (subset !== '' && service.hosts.includes(host)) withSubset.set(fullHost, [...(withSubset.get(fullHost) ?? []), `${service.namespace}/${service.name}`]);
      }
    }
    for (const on of mesh.virtualServices) {
      if (on.gatewaysWritten.length === 0) continue;
      for (const { fullHost, subset, host, path } of on.routes.filter(route => route.kind === 'http').flatMap(route => route.destinations)) {
        for (const other of subset === '' ? new Set(withSubset.get(fullHost)) : []) {
          if (other !== `${on.namespace}/${on.name}`) yield { on, at: path, message: `requests through ${on.gatewaysWritten.join(', ')} go to all of ${host}; the subsets of VirtualService ${other} do not apply to them` };
        }
      }
    }
  },
});
