import { listed } from '../listed.ts';
import { defineRule, yaml } from '../rule.ts';
import { destinationsOf, ownerFor, someDestination } from './destination-unknown.ts';

export const destinationPortRequired = defineRule({
  id: 'IST0112',
  name: 'destination-port-required',
  category: 'traffic',
  severity: 'error',
  title: 'A route leads to a service of several ports and names none',
  why: 'Istio then takes the port that the request came in on, which the service may not have.',
  fix: 'Give the destination a port.',
  analyzers: ['virtualservice.DestinationHostAnalyzer'],
  of: ['VirtualService'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      spec: { ports: [{ name: http, port: 80 }, { name: grpc, port: 90 }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http: [{ route: [{ destination: { host: reviews } }] }]
    `,
    good: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      spec: { ports: [{ name: http, port: 80 }, { name: grpc, port: 90 }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http: [{ route: [{ destination: { host: reviews, port: { number: 80 } } }] }]
    `,
  },

  when: (on, mesh) => someDestination(on, destination => destination.port === undefined && (ownerFor(mesh, on, destination)?.ports.length ?? 0) > 1),

  *check(on, mesh) {
    for (const { destination } of destinationsOf(on)) {
      const owner = destination.port === undefined ? ownerFor(mesh, on, destination) : undefined;
      if (owner && owner.ports.length > 1) {
        yield { at: destination.path, message: `${destination.host} has the ports ${listed(owner.ports.map(port => String(port.number)))}; say which` };
      }
    }
  },
});
