import { defineRule, yaml } from '../rule.ts';

export const anySubjectAllowed = defineRule({
  id: 'MW0409',
  name: 'any-subject-allowed',
  category: 'security',
  severity: 'info',
  advice: true,
  title: 'A policy allows whoever has any token at all',
  why: 'Every subject of every issuer that is accepted may call, also those who were given a token for something else.',
  fix: 'Name issuers or subjects in requestPrincipals, or ask for claims or audiences in `when`.',
  source: 'https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source',
  of: ['AuthorizationPolicy'],
  examples: {
    bad: yaml`
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ from: [{ source: { requestPrincipals: ["*"] } }] }] }
    `,
    good: yaml`
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ from: [{ source: { requestPrincipals: ["https://id.example.com/*"] } }] }] }
    `,
  },

  *check({ action, rules }) {
    if (action !== 'ALLOW') return;
    for (const { from, when } of rules) {
      if (when.some(({ key, values }) => /^request\.auth\.(claims|audiences|presenter)/.test(key) && values.length > 0)) continue;
      for (const { requestPrincipals, path } of from) {
        const i = requestPrincipals.indexOf('*');
        if (i !== -1) yield { at: `${path}.requestPrincipals[${i}]`, message: 'any valid token will do' };
      }
      for (const { key, values, path } of when) if (key === 'request.auth.principal' && values.includes('*')) yield { at: `${path}.values`, message: 'any valid token will do' };
    }
  },
});
