import { defineRule, yaml } from '../rule.ts';

export const jwksFetchUnrestricted = defineRule({
  id: 'IST0175',
  name: 'jwks-fetch-unrestricted',
  category: 'security',
  severity: 'warning',
  title: 'istiod fetches signing keys from wherever a RequestAuthentication says',
  why: 'Whoever may write a RequestAuthentication can make istiod send requests into networks that only it can reach.',
  fix: 'Set BLOCKED_CIDRS_IN_JWKS_URIS in the environment of istiod.',
  analyzers: ['authn.BlockedCIDRsAnalyzer'],
  of: ['Deployment'],
  examples: {
    bad: yaml`
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: istiod, namespace: istio-system, labels: { app: istiod } }
      spec: { template: { spec: { containers: [{ name: discovery }] } } }
      ---
      apiVersion: security.istio.io/v1
      kind: RequestAuthentication
      metadata: { name: jwt, namespace: shop }
      spec: { jwtRules: [{ issuer: issuer.example.com }] }
    `,
    good: yaml`
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: istiod, namespace: istio-system, labels: { app: istiod } }
      spec: { template: { spec: { containers: [{ name: discovery, env: [{ name: BLOCKED_CIDRS_IN_JWKS_URIS, value: 10.0.0.0/8 }] }] } } }
      ---
      apiVersion: security.istio.io/v1
      kind: RequestAuthentication
      metadata: { name: jwt, namespace: shop }
      spec: { jwtRules: [{ issuer: issuer.example.com }] }
    `,
  },

  when: ({ labels }) => labels.get('app') === 'istiod',

  *check(on, mesh) {
    if (on.labels.get('app') !== 'istiod' || !mesh.has('RequestAuthentication')) return;
    if (!on.containers.some(({ env }) => (env.get('BLOCKED_CIDRS_IN_JWKS_URIS') ?? '') !== '')) {
      yield { at: `${on.podPath}.containers`, message: 'BLOCKED_CIDRS_IN_JWKS_URIS is not set, and there are RequestAuthentications' };
    }
  },
});
