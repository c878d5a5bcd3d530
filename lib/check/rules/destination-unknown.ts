import { isVisible, type Destination, type HostOwner, type Mesh, type VirtualService } from '../../mesh/index.ts';
import { listed } from '../listed.ts';
import { defineRule, yaml } from '../rule.ts';

export const destinationUnknown = defineRule({
  id: 'IST0101',
  name: 'destination-unknown',
  category: 'traffic',
  severity: 'error',
  title: 'A route leads to a host or a port that does not exist',
  why: 'Requests that take the route fail with 503 (NC): Envoy has no cluster for the destination.',
  fix: 'Name a Service or ServiceEntry that is there and visible, and one of its ports; or add the missing one to what is checked.',
  alsoKnownAs: ['KIA1101'],
  analyzers: ['virtualservice.DestinationHostAnalyzer'],
  of: ['VirtualService'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http:
          - route:
              - destination: { host: revews }
    `,
    good: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      spec: { ports: [{ name: http, port: 80 }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http:
          - route:
              - destination: { host: reviews, port: { number: 80 } }
    `,
  },

  when: (on, mesh) => someDestination(on, destination => !isServed(ownerFor(mesh, on, destination), destination)),

  *check(on, mesh) {
    for (const { destination, what } of destinationsOf(on)) {
      const owner = ownerFor(mesh, on, destination);
      if (!owner) yield { at: `${destination.path}.host`, message: `the ${what} "${destination.host}" is no Service or ServiceEntry that ${on.namespace === '' ? 'it' : `namespace ${on.namespace}`} can see` };
      else if (destination.port !== undefined && !owner.ports.some(port => port.number === destination.port)) {
        yield { at: `${destination.path}.port`, message: `${destination.host} has no port ${destination.port}; it has ${listed(owner.ports.map(port => String(port.number))) || 'none'}` };
      }
    }
  },
});

function isServed(owner: HostOwner | undefined, { port }: Destination): boolean {
  return owner !== undefined && (port === undefined || owner.ports.some(({ number }) => number === port));
}

/** Whether one of the places that a VirtualService sends requests to, or copies of them, passes a test. */
export function someDestination({ routes }: VirtualService, test: (destination: Destination) => boolean): boolean {
  return routes.some(({ destinations, mirrors }) => destinations.some(test) || mirrors.some(test));
}

/** Where a VirtualService sends requests, and copies of them. */
export function destinationsOf(service: VirtualService): { readonly destination: Destination; readonly what: string }[] {
  return service.routes.flatMap(route => [
    ...route.destinations.map(destination => ({ destination, what: 'host' })),
    ...route.mirrors.map(destination => ({ destination, what: 'mirror host' })),
  ]);
}

/** Who answers to a destination, as those see it whom the VirtualService is for. */
export function ownerFor(mesh: Mesh, service: VirtualService, { fullHost, host }: Destination): HostOwner | undefined {
  for (const name of host === fullHost ? [fullHost] : [fullHost, host]) {
    // A wildcard is looked up for the namespace of the VirtualService, an exact host for those whom it is exported to.
    const found = mesh.hosts.find(name, ({ visibility }, declared) => visibility.everywhere
      || (declared.startsWith('*') ? isVisible(visibility, service.namespace) : viewersOf(service).some(viewer => isVisible(visibility, viewer))));
    if (found) return found;
  }
  return undefined;
}

function viewersOf({ namespace, exportTo }: VirtualService): readonly string[] {
  return exportTo.length === 0 ? [namespace] : exportTo.map(entry => (entry === '.' ? namespace : entry));
}
