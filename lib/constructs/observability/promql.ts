import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';
import { nearest } from '../../schema/index.ts';
import type { Series } from './metric-catalogue.ts';

/** The series that exist, by name. */
export interface KnownSeries {
  series(name: string): Series | undefined;
  readonly names: Iterable<string>;
}

/**
 * Checks a query against the metrics that exist, and gives the labels that its answer can carry.
 *
 * @throws when it is no PromQL, or names a metric or label that does not exist, or takes the rate of what does not only grow
 */
export function checkQuery(where: string, query: string, catalogue: KnownSeries): ReadonlySet<string> {
  return new Query(where, query, catalogue).labels;
}

type Labels = ReadonlySet<string>;

const none: Labels = new Set();

/** Functions over what only grows. */
const growing = new Set(['rate', 'irate', 'increase', 'resets']);

/** Aggregations that pick series instead of merging them. */
const picking = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);

class Query {
  readonly labels: Labels;
  readonly #where: string;
  readonly #text: string;
  readonly #catalogue: KnownSeries;

  constructor(where: string, text: string, catalogue: KnownSeries) {
    this.#where = where;
    this.#text = text;
    this.#catalogue = catalogue;
    const tree = parser.parse(text);
    tree.iterate({
      enter: ({ type, from }) => {
        if (type.isError) this.#refuse(`is no PromQL: at ${JSON.stringify(text.slice(from, from + 20))}, character ${from + 1}`);
      },
    });
    const root = tree.topNode.firstChild;
    if (!root) this.#refuse('is empty');
    this.labels = this.#labelsOf(root);
  }

  /** The labels that the value of an expression can carry; of a number or text, none. */
  #labelsOf(node: SyntaxNode): Labels {
    switch (node.name) {
      case 'VectorSelector': return this.#selected(node);
      case 'AggregateExpr': return this.#aggregated(node);
      case 'BinaryExpr': return this.#combined(node);
      case 'FunctionCall': return this.#called(node);
      default: return this.#union(children(node).map(child => this.#labelsOf(child)));
    }
  }

  #selected(node: SyntaxNode): Labels {
    const matchers = node.getChild('LabelMatchers');
    const tests = matchers ? [...matchers.getChildren('UnquotedLabelMatcher'), ...matchers.getChildren('QuotedLabelMatcher')].map(matcher => this.#matcher(matcher)) : [];
    const identifier = node.getChild('Identifier');
    const found = identifier ? [this.#series(this.#slice(identifier))] : this.#named(tests);
    const labels = this.#union(found.map(series => series.labels));
    for (const { label } of tests) {
      if (label !== '__name__') this.#require(labels, label, found.map(({ name }) => name).join(', '));
    }
    return labels;
  }

  #series(name: string): Series {
    const series = this.#catalogue.series(name);
    if (series) return series;
    const like = nearest(name, this.#catalogue.names);
    this.#refuse(`asks for metric "${name}", which nothing emits${like === undefined ? '' : `; did you mean "${like}"?`}`);
  }

  /** What a selector without a name takes, by its test of `__name__`. */
  #named(tests: readonly Matcher[]): readonly Series[] {
    const test = tests.find(({ label }) => label === '__name__');
    if (!test) this.#refuse('has a selector that names no metric; give it one');
    if (test.op === '=') return [this.#series(test.value)];
    if (test.op !== '=~') this.#refuse(`takes every metric but some (__name__${test.op}"${test.value}"); name those that it is about`);
    const pattern = new RegExp(`^(?:${test.value})$`);
    const found = [...this.#catalogue.names].filter(name => pattern.test(name)).map(name => this.#series(name));
    if (found.length === 0) this.#refuse(`asks for metrics like "${test.value}", which nothing emits`);
    return found;
  }

  #matcher(node: SyntaxNode): Matcher {
    const label = node.getChild('LabelName') ?? node.getChild('QuotedLabelName');
    const op = node.getChild('MatchOp');
    const value = node.getChild('StringLiteral');
    if (!label || !op || !value) return { label: '__name__', op: '=', value: unquoted(this.#slice(node)) };
    return { label: unquoted(this.#slice(label)), op: this.#slice(op), value: unquoted(this.#slice(value)) };
  }

  #aggregated(node: SyntaxNode): Labels {
    const body = node.getChild('FunctionCallBody');
    const operator = node.getChild('AggregateOp');
    const name = operator ? this.#slice(operator).toLowerCase() : '';
    const values = body ? children(body) : [];
    const inner = this.#union(values.map(child => this.#labelsOf(child)));
    const modifier = node.getChild('AggregateModifier');
    const grouped = modifier ? this.#names(modifier.getChild('GroupingLabels')) : [];
    for (const label of grouped) this.#require(inner, label, body ? this.#slice(body) : '');
    if (picking.has(name)) return inner;
    const kept = modifier?.getChild('Without') ? [...inner].filter(label => !grouped.includes(label)) : grouped;
    if (name !== 'count_values' || !values[0]) return new Set(kept);
    return new Set([...kept, unquoted(this.#slice(values[0]))]);
  }

  #combined(node: SyntaxNode): Labels {
    const parts = children(node);
    const [first, last] = [parts[0], parts.at(-1)];
    if (!first || !last) return none;
    const [left, right] = [this.#labelsOf(first), this.#labelsOf(last)];
    const matching = node.getChild('MatchingModifierClause');
    const [names = none, added = none] = (matching?.getChildren('GroupingLabels') ?? []).map(list => new Set(this.#names(list)));
    const on = matching?.getChild('On');
    if (on) {
      for (const label of names) {
        this.#require(left, label, this.#slice(first));
        this.#require(right, label, this.#slice(last));
      }
    }
    if (node.getChild('And') ?? node.getChild('Unless')) return left;
    if (node.getChild('Or')) return this.#union([left, right]);
    // A number has no labels to match: the other side's stay.
    if (isNumber(first)) return right;
    if (isNumber(last)) return left;
    if (matching?.getChild('GroupLeft')) return this.#union([left, added]);
    if (matching?.getChild('GroupRight')) return this.#union([right, added]);
    if (on) return names;
    return matching ? new Set([...left].filter(label => !names.has(label))) : left;
  }

  #called(node: SyntaxNode): Labels {
    const identifier = node.getChild('FunctionIdentifier');
    const body = node.getChild('FunctionCallBody');
    const name = identifier ? this.#slice(identifier) : '';
    const values = body ? children(body) : [];
    const inner = this.#union(values.map(child => this.#labelsOf(child)));
    if (growing.has(name)) this.#requireGrowing(name, values[0]);
    const texts = values.filter(child => child.name === 'StringLiteral').map(child => unquoted(this.#slice(child)));
    if (name === 'label_replace' || name === 'label_join') {
      // The third text of label_replace, and those from the third on of label_join, are labels that are read.
      for (const label of name === 'label_replace' ? texts.slice(2, 3) : texts.slice(2)) this.#require(inner, label, this.#slice(node));
      return this.#union([inner, new Set(texts.slice(0, 1))]);
    }
    if (name !== 'histogram_quantile') return inner;
    if (!inner.has('le')) this.#refuse('takes a quantile of what has no label "le"; keep it: sum by (le) (rate(…_bucket[5m]))');
    return new Set([...inner].filter(label => label !== 'le'));
  }

  #requireGrowing(name: string, value: SyntaxNode | undefined): void {
    const selector = value?.name === 'MatrixSelector' ? value.getChild('VectorSelector')?.getChild('Identifier') : undefined;
    const series = selector ? this.#catalogue.series(this.#slice(selector)) : undefined;
    if (series && !series.grows) this.#refuse(`takes the ${name} of "${series.name}", which is a gauge; use deriv, delta or avg_over_time`);
  }

  #names(list: SyntaxNode | null | undefined): readonly string[] {
    return list ? [...list.getChildren('LabelName'), ...list.getChildren('QuotedLabelName')].map(label => unquoted(this.#slice(label))) : [];
  }

  #require(labels: Labels, label: string, of: string): void {
    if (labels.has(label)) return;
    const like = nearest(label, labels);
    this.#refuse(`asks for label "${label}", which ${of.trim()} does not carry${like === undefined ? '' : `; did you mean "${like}"?`}`);
  }

  #union(all: readonly Labels[]): Labels {
    return all.length === 1 ? all[0] ?? none : new Set(all.flatMap(labels => [...labels]));
  }

  #slice({ from, to }: { readonly from: number; readonly to: number }): string {
    return this.#text.slice(from, to);
  }

  #refuse(what: string): never {
    throw new Error(`${this.#where}: the query ${what}; the query is ${this.#text}`);
  }
}

interface Matcher {
  readonly label: string;
  readonly op: string;
  readonly value: string;
}

function children(node: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

/** Whether an expression is a number rather than a set of series. */
function isNumber(node: SyntaxNode): boolean {
  if (node.name === 'NumberDurationLiteral') return true;
  if (node.name === 'FunctionCall') return scalars.has(node.firstChild?.firstChild?.name ?? '');
  const parts = [node.firstChild, node.lastChild];
  if (node.name === 'BinaryExpr') return parts.every(part => part !== null && isNumber(part));
  return (node.name === 'ParenExpr' || node.name === 'UnaryExpr') && node.lastChild !== null && isNumber(node.lastChild);
}

/** The functions that give a number, as the grammar calls them. */
const scalars = new Set(['Scalar', 'Time', 'Pi']);

function unquoted(text: string): string {
  return /^(["'`])[\s\S]*\1$/.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;
}
