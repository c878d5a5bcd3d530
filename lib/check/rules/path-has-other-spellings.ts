import { defineRule, yaml } from '../rule.ts';

export const pathHasOtherSpellings = defineRule({
  id: 'MW0405',
  name: 'path-has-other-spellings',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'A path that is kept out has other spellings',
  why: 'Many servers take `/admin/` and `/Admin` for `/admin`, and `/admin` for `/admin/`: what was to be kept out gets in.',
  fix: 'Allow the paths that may be asked for, rather than denying others; or name the path with and without the slash. Policies tell upper from lower case, so that spellings of case cannot all be named.',
  source: 'https://istio.io/latest/docs/ops/best-practices/security/#case-normalization',
  of: ['AuthorizationPolicy'],
  examples: {
    bad: yaml`
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { action: DENY, rules: [{ to: [{ operation: { paths: [/admin] } }] }] }
    `,
    good: yaml`
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ to: [{ operation: { paths: [/reviews/*] } }] }] }
    `,
  },

  *check({ action, rules }) {
    const name = action === 'DENY' ? 'paths' : action === 'ALLOW' ? 'notPaths' : undefined;
    if (name === undefined) return;
    for (const operation of rules.flatMap(({ to }) => to)) {
      const written = operation[name];
      for (const [i, path] of written.entries()) {
        const other = otherSpelling(path);
        if (other !== undefined && !covered(other, written)) yield { at: `${operation.path}.${name}[${i}]`, message: `${path} is kept out, but not ${other}` };
      }
    }
  },
});

/** The same with a slash more or less; undefined where the pattern takes both. */
function otherSpelling(path: string): string | undefined {
  if (path.endsWith('/*')) return path.length > 2 ? path.slice(0, -2) : undefined;
  if (path === '/' || /[*{]/.test(path)) return undefined;
  return path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
}

function covered(path: string, written: readonly string[]): boolean {
  return written.some(one => one === path || (one.endsWith('*') && path.startsWith(one.slice(0, -1))));
}
