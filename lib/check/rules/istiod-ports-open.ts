import { indexes, labelsPass, type Mesh } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const istiodPortsOpen = defineRule({
  id: 'MW0420',
  name: 'istiod-ports-open',
  category: 'security',
  severity: 'info',
  advice: true,
  title: 'The plaintext ports of istiod are open to every pod',
  why: 'At 8080 istiod shows its debug pages, at 15010 it hands out configuration without TLS: whoever reaches them reads how the whole mesh is built.',
  fix: 'Set ENABLE_DEBUG_ON_HTTP to "false" in the environment of istiod, and let a NetworkPolicy of its namespace admit 15012 and 15017 alone (values.global.networkPolicy.enabled writes one).',
  source: 'https://istio.io/latest/docs/ops/best-practices/security/#control-plane',
  of: ['SailIstio', 'IstioOperator', 'Service'],
  examples: {
    bad: yaml`
      apiVersion: sailoperator.io/v1
      kind: Istio
      metadata: { name: default }
      spec: { version: v1.30.3, namespace: istio-system, values: {} }
    `,
    good: yaml`
      apiVersion: sailoperator.io/v1
      kind: Istio
      metadata: { name: default }
      spec: { version: v1.30.3, namespace: istio-system, values: { global: { networkPolicy: { enabled: true } } } }
    `,
  },

  *check(on, mesh) {
    if ('pilotEnv' in on) {
      if (on.networkPolicies || isShut(mesh, mesh.config.rootNamespace)) return;
      const debug = on.pilotEnv.get('ENABLE_DEBUG_ON_HTTP') !== 'false';
      yield { at: 'spec.values', message: `port 15010${debug ? ' and the debug pages at 8080 are' : ' is'} open, and no NetworkPolicy of istiod is known` };
      return;
    }
    if (on.selector.get('app') !== 'istiod' || isShut(mesh, on.namespace)) return;
    const i = on.ports.findIndex(({ number }) => number === 15010);
    if (i !== -1) yield { at: `spec.ports[${i}]`, message: 'port 15010 takes plaintext, and no NetworkPolicy limits who reaches istiod' };
  },
});

const istiod: ReadonlyMap<string, string> = new Map([['app', 'istiod']]);

function isShut(mesh: Mesh, namespace: string): boolean {
  return mesh.at(indexes.networkPoliciesOf, namespace).some(({ podSelector, directions }) => directions.includes('Ingress') && labelsPass(podSelector, istiod));
}
