import type { Selector } from '../entities/selector.ts';
import { selects } from '../entities/selector.ts';

/** Things with labels, found by selector: one label is looked up, the others are compared. */
export class LabelIndex<Value> {
  readonly #all: Value[] = [];
  readonly #byLabel = new Map<string, Value[]>();
  readonly #labelsOf: (value: Value) => ReadonlyMap<string, string>;

  constructor(values: Iterable<Value>, labelsOf: (value: Value) => ReadonlyMap<string, string>) {
    this.#labelsOf = labelsOf;
    for (const value of values) {
      this.#all.push(value);
      for (const [key, text] of labelsOf(value)) {
        const label = `${key}=${text}`;
        const list = this.#byLabel.get(label);
        if (list) list.push(value);
        else this.#byLabel.set(label, [value]);
      }
    }
  }

  get all(): readonly Value[] {
    return this.#all;
  }

  /** What a selector takes; an empty one takes all. */
  select(selector: Selector): readonly Value[] {
    let fewest: readonly Value[] = this.#all;
    for (const [key, text] of selector) {
      const list = this.#byLabel.get(`${key}=${text}`) ?? [];
      if (list.length < fewest.length) fewest = list;
    }
    return selector.size === 0 ? this.#all : fewest.filter(value => selects(selector, this.#labelsOf(value)));
  }
}

/** Things with selectors, found by labels: each is filed under one of its own labels. */
export class SelectorIndex<Value> {
  readonly #byLabel = new Map<string, { readonly value: Value; readonly selector: Selector }[]>();
  readonly #everything: Value[] = [];

  constructor(values: Iterable<Value>, selectorOf: (value: Value) => Selector) {
    for (const value of values) {
      const selector = selectorOf(value);
      const [first] = [...selector].sort().map(([key, text]) => `${key}=${text}`);
      if (first === undefined) {
        this.#everything.push(value);
        continue;
      }
      const list = this.#byLabel.get(first);
      if (list) list.push({ value, selector });
      else this.#byLabel.set(first, [{ value, selector }]);
    }
  }

  /** Whose selector takes these labels; those with an empty selector are not among them. */
  selecting(labels: ReadonlyMap<string, string>): Value[] {
    return [...labels].flatMap(([key, text]) => this.#byLabel.get(`${key}=${text}`) ?? [])
      .filter(({ selector }) => selects(selector, labels))
      .map(({ value }) => value);
  }

  /** Those with an empty selector. */
  get everything(): readonly Value[] {
    return this.#everything;
  }
}
