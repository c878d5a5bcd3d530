import { indexOf, type Destination, type VirtualService } from '../../mesh/index.ts';
import { listed } from '../listed.ts';
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
  of: ['VirtualService'],
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

  when: ({ gatewaysWritten }) => gatewaysWritten.length > 0,

  *check(on, mesh) {
    if (on.gatewaysWritten.length === 0) return;
    for (const { fullHost, subset, host, path } of httpDestinations(on)) {
      if (subset !== '') continue;
      for (const other of mesh.at(virtualServicesSplitting, fullHost)) {
        if (other !== on) {
          yield { at: path, message: `requests through ${listed(on.gatewaysWritten)} go to all of ${host}; the subsets of VirtualService ${other.namespace}/${other.name} do not apply to them` };
        }
      }
    }
  },
});

function httpDestinations({ routes }: VirtualService): Destination[] {
  return routes.filter(({ kind }) => kind === 'http').flatMap(({ destinations }) => destinations);
}

/** VirtualServices by the full hosts that they send to subsets of: of their own hosts, as written, as Istio compares them. */
const virtualServicesSplitting = indexOf('virtual service splitting', ['VirtualService'], service => httpDestinations(service).filter(({ host, subset }) => subset !== '' && service.hosts.includes(host)).map(({ fullHost }) => fullHost));
