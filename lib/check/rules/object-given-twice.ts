import { nameOf } from '../../manifest/index.ts';
import { defineRuleOfEvery, yaml } from '../rule.ts';

export const objectGivenTwice = defineRuleOfEvery({
  id: 'MW0004',
  name: 'object-given-twice',
  category: 'input',
  severity: 'error',
  title: 'An object is given more than once',
  why: 'Applied, the later one replaces the earlier one without a word.',
  fix: 'Keep one; where they are alternatives, check them apart.',
  of: 'every',
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

  when: (entity, mesh) => mesh.duplicatesOf(entity).length > 0,

  *check(entity, mesh) {
    for (const { lost: on, holds } of mesh.duplicatesOf(entity)) {
      const { origin } = holds;
      yield { on, message: `${nameOf(on)} stands again${origin ? ` in ${origin.source.file}` : ''}, and that one holds` };
    }
  },
});
