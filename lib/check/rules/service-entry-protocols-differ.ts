import { visibilitiesMeet, type Mesh, type ServiceEntry } from '../../mesh/index.ts';
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
    for (const { host, port, at, entries } of claimsOf(mesh, on)) {
      const protocols = new Set(entries.map(({ protocol }) => protocol));
      if (protocols.size < 2) continue;
      yield { at, message: `port ${port} of ${host} is ${[...protocols].sort().join(' and ')} in ${[...new Set(entries.map(entry => `${entry.on.namespace}/${entry.on.name}`))].sort().join(', ')}` };
      return;
    }
  },
});

/** The ports of the hosts of a ServiceEntry, each with all ServiceEntries that have it where the same clients see them, itself among them. */
export function* claimsOf(mesh: Mesh, on: ServiceEntry): Generator<{
  readonly host: string; readonly port: number; readonly at: string; readonly entries: readonly { readonly on: ServiceEntry; readonly protocol: string }[];
}> {
  for (const host of on.hosts) {
    const others = mesh.hosts.at(host).filter((owner): owner is ServiceEntry => 'hosts' in owner && visibilitiesMeet(owner.visibility, on.visibility));
    for (const [i, { number: port }] of on.ports.entries()) {
      const entries = others.flatMap(other => other.ports.filter(({ number }) => number === port).map(({ protocol }) => ({ on: other, protocol: protocol.toUpperCase() })));
      yield { host, port, at: `spec.ports[${i}]`, entries };
    }
  }
}
