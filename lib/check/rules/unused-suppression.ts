import type { Entity } from '../../mesh/index.ts';
import { defineRule, yaml, type Violation } from '../rule.ts';
import type { Suppressions } from '../suppression.ts';

/** Runs when every other rule has, since only then it is known which suppressions held something back. */
export function* unusedSuppression(suppressions: Suppressions, entities: readonly Entity[]): Generator<Violation> {
  for (const { on, code, unused, annotation } of suppressions.idle(entities)) {
    const at = `metadata.annotations[${JSON.stringify(annotation)}]`;
    yield unused
      ? { on, at, message: `the suppression of ${code} holds nothing back` }
      : { on, at, message: `the suppression of ${code} says no reason`, severity: 'info' };
  }
}

unusedSuppression.rule = defineRule({
  id: 'MW0003',
  name: 'unused-suppression',
  category: 'input',
  severity: 'warning',
  title: 'A suppression holds nothing back, or says no reason',
  why: 'A suppression that outlives its finding hides the next one of its kind.',
  fix: 'Remove it; or write why after a colon: `meshwright/ignore: "IST0101: made by another team"`.',
  reads: ['*'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata:
        name: shop
        labels: { istio-injection: enabled }
        annotations: { meshwright/ignore: "IST0101: the host comes later" }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata:
        name: shop
        annotations: { meshwright/ignore: "IST0102: runs no workload" }
    `,
  },
  // Found by `check` itself.
  *check() { /* nothing to look at alone */ },
});
