import { defineRule, yaml, type Violation } from '../rule.ts';

export const authorizationPatternUnsafe = defineRule({
  id: 'MW0403',
  name: 'authorization-pattern-unsafe',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'An AuthorizationPolicy opens where its rule does not match',
  why: 'A request that is written otherwise than the rule expects passes an ALLOW rule with negations, and a DENY rule without. Turned round, it is refused.',
  fix: 'Allow by what must be there, or deny all but what may be (`notPaths`, `notPrincipals`).',
  source: 'https://istio.io/latest/docs/ops/best-practices/security/#safer-authorization-policy-patterns',
  of: ['AuthorizationPolicy'],
  examples: {
    bad: yaml`
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ to: [{ operation: { notPaths: [/admin] } }] }] }
    `,
    good: yaml`
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { action: DENY, rules: [{ to: [{ operation: { notPaths: [/public] } }] }] }
    `,
  },

  *check({ action, rules }) {
    if (action !== 'ALLOW' && action !== 'DENY') return;
    const negative = action === 'ALLOW';
    for (const rule of rules) {
      for (const item of [...rule.from, ...rule.to]) {
        const fields = Object.entries(item).filter(([name, values]) => name !== 'path' && name !== 'ports' && values.length > 0 && name.startsWith('not') === negative).map(([name]) => name);
        if (fields.length > 0) yield violation(action, item.path, fields);
      }
      for (const { key, values, notValues, path } of rule.when) {
        if (key !== 'destination.port' && (negative ? notValues : values).length > 0) yield violation(action, `${path}.${negative ? 'notValues' : 'values'}`, [key]);
      }
    }
  },
});

/** What a client writes can be written otherwise; who it is, where it comes from and how it asks cannot. */
const respelled = new Set(['paths', 'notPaths', 'hosts', 'notHosts']);

function violation(action: 'ALLOW' | 'DENY', at: string, fields: readonly string[]): Violation {
  const severity = action === 'ALLOW' || fields.some(name => respelled.has(name)) ? 'warning' : 'info';
  return { at, severity, message: action === 'ALLOW' ? `it allows all that ${fields.join(' and ')} does not name` : `what ${fields.join(' and ')} does not name is not denied` };
}
