import { listed } from '../listed.ts';
import { claimsTo } from '../port-claims.ts';
import { defineRule, yaml } from '../rule.ts';

export const serviceEntriesSamePort = defineRule({
  id: 'MW0154',
  name: 'service-entries-same-port',
  category: 'services',
  severity: 'warning',
  title: 'Two namespaces give the same port of a host by a ServiceEntry',
  why: 'A client uses the one of its own namespace, else the oldest that it sees, and none of the endpoints, addresses and resolution of the others.',
  fix: 'Keep one and export it, or export each to its own namespace (`exportTo: ["."]`). Several of one namespace are taken together, so that nothing is said of them.',
  alsoKnownAs: ['KIA1211'],
  of: ['ServiceEntry'],
  examples: {
    bad: example('*'),
    good: example('.'),
  },

  *check(on, mesh) {
    for (const host of on.hosts) {
      for (const [i, { number: port }] of on.ports.entries()) {
        const { protocols, firstNames } = claimsTo(mesh, host, port, on.visibility);
        // Those that differ in protocol are service-entry-protocols-differ.
        const others = protocols.size > 1 ? [] : firstNames(on.namespace);
        if (others.length === 0) continue;
        yield { at: `spec.ports[${i}]`, message: `port ${port} of ${host} is also given by ${listed(others)}` };
        return;
      }
    }
  },
});

function example(exportTo: string): string {
  return yaml`
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: { name: payments, namespace: shop }
    spec: { hosts: [api.example.com], exportTo: ["${exportTo}"], ports: [{ number: 443, name: tls, protocol: TLS }], resolution: DNS }
    ---
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: { name: payments, namespace: billing }
    spec: { hosts: [api.example.com], exportTo: ["${exportTo}"], ports: [{ number: 443, name: tls, protocol: TLS }], resolution: DNS }
  `;
}
