import type { MeshConfig } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const trustDomainUnknown = defineRule({
  id: 'MW0429',
  name: 'trust-domain-unknown',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'A policy names a trust domain that the mesh does not trust',
  why: 'Nobody can show an identity of it: who was to be let in is refused, and who was to be kept out is not named. Once the domain is trusted, whoever runs it decides who gets in.',
  fix: 'Name the trust domain of the mesh, list the other one in trustDomainAliases, or its authorities in caCertificates of the mesh config.',
  source: 'https://istio.io/latest/docs/tasks/security/authorization/authz-td-migration/',
  of: ['AuthorizationPolicy'],
  examples: {
    bad: yaml`
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ from: [{ source: { principals: [other.example.com/ns/shop/sa/web] } }] }] }
    `,
    good: yaml`
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }] }] }
    `,
  },

  *check(on, mesh) {
    for (const source of on.rules.flatMap(({ from }) => from)) {
      for (const name of ['principals', 'notPrincipals', 'trustDomains', 'notTrustDomains'] as const) {
        for (const [i, written] of source[name].entries()) {
          const domain = written.split('/', 1)[0] ?? '';
          if (!domain.includes('*') && (name.endsWith('ustDomains') || written.includes('/')) && !isTrusted(mesh.config, domain)) yield { at: `${source.path}.${name}[${i}]`, message: `the mesh trusts no domain ${domain}` };
        }
      }
    }
  },
});

function isTrusted({ trustDomain, trustDomainAliases, otherTrustDomains }: MeshConfig, domain: string): boolean {
  return ['cluster.local', trustDomain, ...trustDomainAliases, ...otherTrustDomains].includes(domain);
}
