import { defineRule, yaml } from '../rule.ts';
import { claimsOf } from './service-entry-protocols-differ.ts';

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
    for (const { host, port, at, entries } of claimsOf(mesh, on)) {
      // Those that differ in protocol are service-entry-protocols-differ.
      if (new Set(entries.map(({ protocol }) => protocol)).size > 1) continue;
      const others = entries.filter(entry => entry.on.namespace !== on.namespace).map(entry => `${entry.on.namespace}/${entry.on.name}`);
      if (others.length === 0) continue;
      yield { at, message: `port ${port} of ${host} is also given by ${[...new Set(others)].join(', ')}` };
      return;
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
