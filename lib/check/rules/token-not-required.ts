import { indexes, indexOf, policiesSelecting, type AuthorizationPolicy, type Mesh, type Policy } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const tokenNotRequired = defineRule({
  id: 'MW0406',
  name: 'token-not-required',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'Tokens are checked, but none is asked for',
  why: 'A RequestAuthentication refuses bad tokens; a request without any passes it.',
  fix: 'Write an AuthorizationPolicy for the same workloads that allows by requestPrincipals, or denies notRequestPrincipals ["*"].',
  source: 'https://istio.io/latest/docs/reference/config/security/request_authentication/',
  of: ['RequestAuthentication'],
  examples: {
    bad: yaml`
      apiVersion: security.istio.io/v1
      kind: RequestAuthentication
      metadata: { name: jwt, namespace: shop }
      spec: { selector: { matchLabels: { app: reviews } }, jwtRules: [{ issuer: https://id.example.com, jwksUri: https://id.example.com/keys }] }
    `,
    good: yaml`
      apiVersion: security.istio.io/v1
      kind: RequestAuthentication
      metadata: { name: jwt, namespace: shop }
      spec: { selector: { matchLabels: { app: reviews } }, jwtRules: [{ issuer: https://id.example.com, jwksUri: https://id.example.com/keys }] }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { selector: { matchLabels: { app: reviews } }, action: DENY, rules: [{ from: [{ source: { notRequestPrincipals: ["*"] } }] }] }
    `,
  },

  *check(on, mesh) {
    if (on.jwtRules.length > 0 && !policiesFor(mesh, on).some(asksForToken)) yield { at: 'spec.jwtRules', message: 'no AuthorizationPolicy for the same workloads asks for a token' };
  },
});

function policiesFor(mesh: Mesh, { namespace, selector, targetRefs }: Policy): readonly Policy[] {
  if (targetRefs.length > 0) return targetRefs.flatMap(({ kind, name }) => mesh.at(indexes.policiesByTarget, `${kind} ${kind === 'GatewayClass' ? mesh.config.rootNamespace : namespace}/${name}`));
  // One for all workloads may be made a demand by a policy for any of them.
  if (!selector || selector.size === 0) return mesh.at(policiesAskingForTokens, namespace === mesh.config.rootNamespace ? '' : namespace).slice(0, 1);
  return [...policiesSelecting(mesh, 'AuthorizationPolicy', namespace, selector)];
}

/** By namespace, and all under ''. */
const policiesAskingForTokens = indexOf('policy asking for tokens', ['AuthorizationPolicy'], policy => (asksForToken(policy) ? ['', policy.namespace] : []));

/** Whether a request without a token fails a policy, at least one of its rules. */
function asksForToken(policy: Policy): boolean {
  if (policy.kind !== 'AuthorizationPolicy') return false;
  const { action, dryRun, rules } = policy as AuthorizationPolicy;
  if (dryRun || action === 'AUDIT') return false;
  if (action === 'CUSTOM') return true;
  return rules.some(({ from, when }) => (action === 'ALLOW'
    ? from.some(({ requestPrincipals }) => requestPrincipals.length > 0) || when.some(({ key, values }) => key.startsWith('request.auth.') && values.length > 0)
    : from.some(({ notRequestPrincipals }) => notRequestPrincipals.length > 0) || when.some(({ key, notValues }) => key.startsWith('request.auth.') && notValues.length > 0)));
}
