import { defineRule, yaml } from '../rule.ts';

export const exportNamespaceUnknown = defineRule({
  id: 'MW0104',
  name: 'export-namespace-unknown',
  category: 'traffic',
  severity: 'warning',
  title: 'An object is exported to a namespace that does not exist',
  why: 'Clients of the namespace that was meant do not see it, and go on without it.',
  fix: 'Name a namespace that is there. Where no Namespace at all is among the objects, this is not asked.',
  alsoKnownAs: ['KIA0005'],
  of: ['VirtualService', 'DestinationRule', 'ServiceEntry'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: { name: api, namespace: shop }
      spec: { hosts: [api.example.com], exportTo: [sopp], ports: [{ number: 443, name: https, protocol: HTTPS }], resolution: DNS }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: { name: api, namespace: shop }
      spec: { hosts: [api.example.com], exportTo: [., shop], ports: [{ number: 443, name: https, protocol: HTTPS }], resolution: DNS }
    `,
  },

  when: ({ exportTo }) => exportTo.length > 0,

  *check({ exportTo }, mesh) {
    for (const [i, entry] of exportTo.entries()) {
      if (entry === '*' || entry === '.' || entry === '~' || !mesh.has('Namespace') || mesh.knowsNamespace(entry)) continue;
      yield { at: `spec.exportTo[${i}]`, message: `there is no namespace ${entry}` };
    }
  },
});
