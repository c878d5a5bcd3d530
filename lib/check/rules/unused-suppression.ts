import type { Entity } from '../../mesh/index.ts';
import { defineMeshRule, yaml, type Violation } from '../rule.ts';
import { suppressionsOf } from '../suppression.ts';

/** Asked when every other rule has run, since only then it is known which codes held something back. */
export function* unusedSuppression(on: Entity, used: ReadonlySet<string>, unasked: ReadonlySet<string>): Generator<Violation> {
  for (const { annotation, codes, reason } of suppressionsOf(on)) {
    const at = `metadata.annotations[${JSON.stringify(annotation)}]`;
    for (const code of codes) {
      if (unasked.has(code)) continue;
      if (!used.has(code)) yield { at, message: `the suppression of ${code} holds nothing back` };
      else if (reason === undefined && annotation === 'meshwright/ignore') yield { at, message: `the suppression of ${code} says no reason`, severity: 'info' };
    }
  }
}

unusedSuppression.rule = defineMeshRule({
  id: 'MW0003',
  name: 'unused-suppression',
  category: 'input',
  severity: 'warning',
  title: 'A suppression holds nothing back, or says no reason',
  why: 'A suppression that outlives its finding hides the next one of its kind.',
  fix: 'Remove it; or write why after a colon: `meshwright/ignore: "IST0101: made by another team"`.',
  of: 'mesh',
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
  check: () => [],
});
