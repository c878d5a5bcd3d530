import type { Mesh } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const authorizationPolicyNamespaceUnknown = defineRule({
  id: 'IST0101',
  name: 'authorization-policy-namespace-unknown',
  category: 'security',
  severity: 'error',
  title: 'An AuthorizationPolicy names a namespace that does not exist',
  why: 'The source never matches: those who were to be let in are refused, or those who were to be refused get in.',
  fix: 'Name a namespace that is there. Where no Namespace at all is among the objects, this is not asked.',
  alsoKnownAs: ['KIA0101'],
  analyzers: ['auth.AuthorizationPoliciesAnalyzer'],
  of: ['AuthorizationPolicy'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ from: [{ source: { namespaces: [sopp] } }] }] }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ from: [{ source: { namespaces: [shop] } }] }] }
    `,
  },

  when: ({ rules }, mesh) => rules.some(({ from }) => from.some(({ namespaces, notNamespaces }) => namespaces.length + notNamespaces.length > 0)) && mesh.has('Namespace'),

  *check(on, mesh) {
    if (!mesh.has('Namespace')) return;
    for (const source of on.rules.flatMap(rule => rule.from)) {
      for (const name of ['namespaces', 'notNamespaces'] as const) {
        for (const [i, pattern] of source[name].entries()) {
          if (!someNamespace(mesh, pattern)) yield { at: `${source.path}.${name}[${i}]`, message: `there is no namespace ${pattern}` };
        }
      }
    }
  },
});

function someNamespace(mesh: Mesh, pattern: string): boolean {
  if (pattern === '*') return true;
  if (pattern.startsWith('*')) return mesh.namespaces.some(({ name }) => name.endsWith(pattern.slice(1)));
  if (pattern.endsWith('*')) return mesh.namespaces.some(({ name }) => name.startsWith(pattern.slice(0, -1)));
  return mesh.namespace(pattern.toLowerCase()) !== undefined;
}
