import { identityOf, nameOf } from '../../manifest/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const objectGivenTwice = defineRule({
  id: 'MW0004',
  name: 'object-given-twice',
  category: 'input',
  severity: 'error',
  title: 'An object is given more than once',
  why: 'Applied, the later one replaces the earlier one without a word.',
  fix: 'Keep one; where they are alternatives, check them apart.',
  reads: ['*'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: ServiceAccount
      metadata: { name: reviews, namespace: shop }
      ---
      apiVersion: v1
      kind: ServiceAccount
      metadata: { name: reviews, namespace: shop }
      automountServiceAccountToken: false
    `,
    good: yaml`
      apiVersion: v1
      kind: ServiceAccount
      metadata: { name: reviews, namespace: shop }
    `,
  },

  *check(mesh) {
    for (const { lost: on, holds } of mesh.duplicates) {
      const { origin } = holds;
      yield { on, message: `${nameOf({ ...identityOf(holds.object), namespace: on.namespace })} stands again${origin ? ` in ${origin.source.file}` : ''}, and that one holds` };
    }
  },
});
