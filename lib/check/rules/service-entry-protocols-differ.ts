import { listed } from '../listed.ts';
import { claimsTo } from '../port-claims.ts';
import { defineRule, yaml } from '../rule.ts';

export const serviceEntryProtocolsDiffer = defineRule({
  id: 'IST0177',
  name: 'service-entry-protocols-differ',
  category: 'services',
  severity: 'warning',
  title: 'Two ServiceEntries give one port of a host different protocols',
  why: 'Only the oldest applies, so that the protocol depends on which was made first.',
  fix: 'Give the port one protocol, or keep one of the ServiceEntries.',
  alsoKnownAs: ['KIA1212'],
  analyzers: ['serviceentry.ConflictingServiceEntryProtocolAnalyzer'],
  of: ['ServiceEntry'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: { name: one, namespace: shop }
      spec: { hosts: [api.example.com], ports: [{ number: 443, name: https, protocol: HTTPS }], resolution: DNS }
      ---
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: { name: two, namespace: shop }
      spec: { hosts: [api.example.com], ports: [{ number: 443, name: http, protocol: HTTP }], resolution: DNS }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: { name: one, namespace: shop }
      spec: { hosts: [api.example.com], ports: [{ number: 443, name: https, protocol: HTTPS }], resolution: DNS }
    `,
  },

  *check(on, mesh) {
    for (const host of on.hosts) {
      for (const [i, { number: port }] of on.ports.entries()) {
        const { protocols, firstNames } = claimsTo(mesh, host, port, on.visibility);
        if (protocols.size < 2) continue;
        yield { at: `spec.ports[${i}]`, message: `port ${port} of ${host} is ${[...protocols].sort().join(' and ')} in ${listed(firstNames())}` };
        return;
      }
    }
  },
});
