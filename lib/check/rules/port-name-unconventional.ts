import { isSystemNamespace, type Entity } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const portNameUnconventional = defineRule({
  id: 'IST0118',
  name: 'port-name-unconventional',
  category: 'services',
  severity: 'info',
  title: 'A port of a Service does not say its protocol',
  why: 'Istio finds the protocol out from the first bytes: HTTP routes apply only once it has, and protocols where the server speaks first break.',
  fix: 'Set appProtocol, or name the port <protocol>[-suffix], such as http-web.',
  alsoKnownAs: ['KIA0601', 'KIA0602'],
  analyzers: ['service.PortNameAnalyzer'],
  of: ['Service'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      spec: { ports: [{ name: web, port: 9080 }] }
    `,
    good: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      spec: { ports: [{ name: http-web, port: 9080 }, { name: raw, port: 9081, appProtocol: tcp }] }
    `,
  },

  when: ({ ports }) => ports.some(({ protocol }) => protocol === 'AUTO'),

  *check(on) {
    if (isSystemNamespace(on.namespace) || isControlPlane(on) || on.labels.has('gateway.istio.io/managed') || on.type === 'ExternalName') return;
    for (const [i, { protocol, name, number }] of on.ports.entries()) {
      if (protocol === 'AUTO') yield { at: `spec.ports[${i}]`, message: `${name === '' ? `port ${number} has no name` : `the name "${name}" of port ${number}`} ${name === '' ? 'and' : 'says no protocol, and there is'} no appProtocol` };
    }
  },
});

/** Whether an object belongs to Istio itself. */
export function isControlPlane({ labels }: Entity): boolean {
  return labels.has('istio') || labels.get('release') === 'istio';
}
