import { defineRule, yaml } from '../rule.ts';

export const jwksOverHttp = defineRule({
  id: 'MW0407',
  name: 'jwks-over-http',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'Signing keys are fetched without TLS',
  why: 'Whoever sits between istiod and the server can put a key of their own into the answer, and sign tokens as they like.',
  fix: 'Use an https address.',
  source: 'https://istio.io/latest/docs/reference/config/security/jwt/',
  of: ['RequestAuthentication'],
  examples: {
    bad: yaml`
      apiVersion: security.istio.io/v1
      kind: RequestAuthentication
      metadata: { name: jwt, namespace: shop }
      spec: { selector: { matchLabels: { app: reviews } }, jwtRules: [{ issuer: https://id.example.com, jwksUri: http://id.example.com/keys }] }
    `,
    good: yaml`
      apiVersion: security.istio.io/v1
      kind: RequestAuthentication
      metadata: { name: jwt, namespace: shop }
      spec: { selector: { matchLabels: { app: reviews } }, jwtRules: [{ issuer: https://id.example.com, jwksUri: https://id.example.com/keys }] }
    `,
  },

  *check({ jwtRules }) {
    for (const { jwksUri, path } of jwtRules) if (/^http:/i.test(jwksUri)) yield { at: `${path}.jwksUri`, message: `the keys come from ${jwksUri}` };
  },
});
