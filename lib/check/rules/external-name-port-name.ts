import { isSystemNamespace } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';
import { isControlPlane } from './port-name-unconventional.ts';

export const externalNamePortName = defineRule({
  id: 'IST0150',
  name: 'external-name-port-name',
  category: 'services',
  severity: 'warning',
  title: 'A port of an ExternalName Service is TCP, or says no protocol',
  why: 'A TCP port without an address takes all traffic on its number, so that other destinations there are not reached.',
  fix: 'Name the port after its protocol, such as https or tls.',
  analyzers: ['service.PortNameAnalyzer'],
  of: ['Service'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: db, namespace: shop }
      spec: { type: ExternalName, externalName: db.example.com, ports: [{ name: tcp, port: 5432 }] }
    `,
    good: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: api, namespace: shop }
      spec: { type: ExternalName, externalName: api.example.com, ports: [{ name: https, port: 443 }] }
    `,
  },

  when: ({ type }) => type === 'ExternalName',

  *check(on) {
    if (on.type !== 'ExternalName' || isSystemNamespace(on.namespace) || isControlPlane(on)) return;
    for (const [i, { protocol, name, number }] of on.ports.entries()) {
      if (protocol === 'AUTO' || name === 'tcp') yield { at: `spec.ports[${i}]`, message: `the name "${name}" of port ${number} makes it a TCP port of no address` };
    }
  },
});
