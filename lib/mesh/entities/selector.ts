import { field, list, mapping, text, textMap, texts } from '../../manifest/index.ts';

/** Labels that a workload must carry, all of them. Empty selects everything; that a selector is absent is `undefined`. */
export type Selector = ReadonlyMap<string, string>;

/** Whether labels carry all that a selector asks for. */
export function selects(selector: Selector, labels: ReadonlyMap<string, string>): boolean {
  for (const key of selector.keys()) if (labels.get(key) !== selector.get(key)) return false;
  return true;
}

/** The selector as Kubernetes prints it: `a=b,c=d`, keys sorted. */
export function selectorText(selector: Selector): string {
  return [...selector].map(([key, value]) => `${key}=${value}`).sort().join(',');
}

/** Reads `{ matchLabels }` or `{ labels }`; undefined where the field is absent. */
export function selectorOf(value: unknown, key: 'matchLabels' | 'labels' = 'matchLabels'): Selector | undefined {
  return mapping(value) === undefined ? undefined : textMap(field(value, key));
}

/** A requirement of a Kubernetes label selector. */
interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** A Kubernetes label selector with labels and expressions. */
export interface LabelSelector {
  readonly labels: Selector;
  readonly expressions: readonly Expression[];
}

/** Reads a Kubernetes label selector; undefined where it is absent, which means everything to a webhook. */
export function labelSelectorOf(value: unknown): LabelSelector | undefined {
  if (mapping(value) === undefined) return undefined;
  return {
    labels: textMap(field(value, 'matchLabels')),
    expressions: list(field(value, 'matchExpressions')).map(item => ({
      key: text(field(item, 'key')) ?? '',
      operator: text(field(item, 'operator')) ?? '',
      values: texts(field(item, 'values')),
    })),
  };
}

/**
 * Whether labels pass a Kubernetes label selector.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements
 */
export function labelsPass(selector: LabelSelector | undefined, labels: ReadonlyMap<string, string>): boolean {
  if (!selector) return true;
  return selects(selector.labels, labels) && selector.expressions.every(({ key, operator, values }) => {
    const value = labels.get(key);
    switch (operator) {
      case 'In': return value !== undefined && values.includes(value);
      case 'NotIn': return value === undefined || !values.includes(value);
      case 'Exists': return value !== undefined;
      case 'DoesNotExist': return value === undefined;
      default: return false;
    }
  });
}
