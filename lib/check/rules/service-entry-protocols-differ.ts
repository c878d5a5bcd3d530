import type { ServiceEntry } from '../../mesh/index.ts';
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
  reads: ['ServiceEntry'],
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

  *check(mesh) {
    const reported = new Set<ServiceEntry>();
    for (const { host, port, entries } of claimsOfServiceEntries(mesh.serviceEntries)) {
      const protocols = new Set(entries.map(({ protocol }) => protocol));
      for (const { on, at } of protocols.size > 1 ? entries : []) {
        if (reported.has(on)) continue;
        reported.add(on);
        yield { on, at, message: `port ${port} of ${host} is ${[...protocols].sort().join(' and ')} in ${[...new Set(entries.map(entry => `${entry.on.namespace}/${entry.on.name}`))].sort().join(', ')}` };
      }
    }
  },
});

/** Which ServiceEntries have the same port of the same host where the same clients see them. */
export function* claimsOfServiceEntries(all: readonly ServiceEntry[]): Generator<{
  readonly host: string; readonly port: number; readonly entries: readonly { readonly on: ServiceEntry; readonly protocol: string; readonly at: string }[];
}> {
  const claims = new Map<string, { readonly host: string; readonly port: number; readonly entries: { readonly on: ServiceEntry; readonly protocol: string; readonly at: string }[] }>();
  for (const on of all) {
    for (const scope of on.visibility.everywhere ? ['*'] : on.visibility.namespaces) {
      for (const host of on.hosts) {
        for (const [i, { number, protocol }] of on.ports.entries()) {
          const key = `${scope} ${host} ${number}`;
          let claim = claims.get(key);
          if (!claim) claims.set(key, claim = { host, port: number, entries: [] });
          claim.entries.push({ on, protocol: protocol.toUpperCase(), at: `spec.ports[${i}]` });
        }
      }
    }
  }
  for (const [key, { host, port, entries }] of claims) {
    const everywhere = key.startsWith('* ') ? [] : claims.get(`* ${host} ${port}`)?.entries ?? [];
    yield { host, port, entries: [...entries, ...everywhere] };
  }
}
