import { defineRule, yaml } from '../rule.ts';

export const policyDoesNothing = defineRule({
  id: 'MW0305',
  name: 'policy-does-nothing',
  category: 'security',
  severity: 'warning',
  title: 'A policy without rules does nothing',
  why: 'Without rules a policy matches no request: ALLOW then denies everything, but DENY, AUDIT and CUSTOM do nothing, and a RequestAuthentication validates no token.',
  fix: 'Give it rules (`rules: [{}]` matches every request), or remove it.',
  of: ['AuthorizationPolicy', 'RequestAuthentication'],
  examples: {
    bad: yaml`
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: deny-all, namespace: shop }
      spec: { action: DENY }
    `,
    good: yaml`
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: deny-all, namespace: shop }
      spec: { action: DENY, rules: [{}] }
    `,
  },

  when: on => ('jwtRules' in on ? on.jwtRules : on.rules).length === 0,

  *check(on) {
    if ('jwtRules' in on) {
      if (on.jwtRules.length === 0) yield { at: 'spec', message: 'it has no jwtRules, so that no token is looked at' };
    } else if (on.action !== 'ALLOW' && on.rules.length === 0) yield { at: 'spec', message: `${on.action} without rules matches no request` };
  },
});
