import { defineRule, yaml } from '../rule.ts';

export const jwksCanSign = defineRule({
  id: 'MW0408',
  name: 'jwks-can-sign',
  category: 'security',
  severity: 'error',
  title: 'The keys that verify tokens can sign them',
  why: 'Everyone who may read the object, or the repository that it stands in, can make tokens that the mesh takes as genuine.',
  fix: 'Publish public keys only, of RSA or EC; take the key that was published out of use.',
  source: 'RFC 7517, section 9',
  of: ['RequestAuthentication'],
  examples: {
    bad: yaml`
      apiVersion: security.istio.io/v1
      kind: RequestAuthentication
      metadata: { name: jwt, namespace: shop }
      spec: { selector: { matchLabels: { app: reviews } }, jwtRules: [{ issuer: https://id.example.com, jwks: '{"keys":[{"kty":"oct","kid":"a","k":"c2VjcmV0"}]}' }] }
    `,
    good: yaml`
      apiVersion: security.istio.io/v1
      kind: RequestAuthentication
      metadata: { name: jwt, namespace: shop }
      spec: { selector: { matchLabels: { app: reviews } }, jwtRules: [{ issuer: https://id.example.com, jwks: '{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"abc","y":"def"}]}' }] }
    `,
  },

  *check({ jwtRules }) {
    for (const { keys = [], path } of jwtRules) if (keys.some(({ signs }) => signs)) yield { at: `${path}.jwks`, message: 'a key of the JWKS is symmetric, or holds its private part' };
  },
});
