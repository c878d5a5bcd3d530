import { field, list } from '../../manifest/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const serviceEntryWithoutAddress = defineRule({
  id: 'IST0134',
  name: 'service-entry-without-address',
  category: 'services',
  severity: 'warning',
  title: 'A TCP port of a ServiceEntry has no address',
  why: 'TCP has no host name to go by: the port then takes all traffic on its number, for whatever destination.',
  fix: 'Give the ServiceEntry addresses; or let the proxies capture DNS and allocate one (ISTIO_META_DNS_CAPTURE, ISTIO_META_DNS_AUTO_ALLOCATE).',
  analyzers: ['serviceentry.Analyzer'],
  of: ['ServiceEntry'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: { name: db, namespace: shop }
      spec: { hosts: [db.example.com], ports: [{ number: 5432, name: tcp, protocol: TCP }], resolution: DNS }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: { name: db, namespace: shop }
      spec: { hosts: [db.example.com], addresses: [10.1.2.3], ports: [{ number: 5432, name: tcp, protocol: TCP }], resolution: DNS }
    `,
  },

  *check(on, mesh) {
    const { proxyMetadata } = mesh.config;
    const allocates = ['ISTIO_META_DNS_AUTO_ALLOCATE', 'PILOT_ENABLE_IP_AUTOALLOCATE'].some(name => proxyMetadata.get(name) === 'true');
    if (proxyMetadata.get('ISTIO_META_DNS_CAPTURE') === 'true' && allocates) return;
    // What istiod has given it stands in its status.
    if (list(field(on.manifest.object.status, 'addresses')).length > 0) return;
    for (const [i, { protocol, number }] of on.ports.entries()) {
      if (on.addresses.length === 0 && (protocol === '' || protocol.toUpperCase() === 'TCP')) yield { at: `spec.ports[${i}]`, message: `port ${number} is TCP, but there are no addresses` };
    }
  },
});
