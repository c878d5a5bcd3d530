import { defineMeshRule, yaml } from '../rule.ts';

export const unreadableDocument = defineMeshRule({
  id: 'MW0001',
  name: 'unreadable-document',
  category: 'input',
  severity: 'error',
  title: 'A document cannot be read',
  why: 'The API server refuses it, and what it holds is unknown to every other rule.',
  fix: 'Correct the document; nothing is known of what it holds.',
  of: 'mesh',
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: reviews
        name: ratings
    `,
    good: yaml`
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: reviews
    `,
  },
  // Found when the text is read.
  check: () => [],
});
