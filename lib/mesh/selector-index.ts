import type { Entity } from './entities/entity.ts';
import { selects, type Selector } from './entities/selector.ts';
import { indexOf, type IndexDefinition } from './keyed.ts';
import type { KindName, Kinds } from './kinds.ts';
import type { Mesh } from './mesh.ts';

/**
 * Objects by the labels that they ask for, found from the labels that something carries. Asking costs those labels and what is
 * found, however many objects share a part of their selectors.
 */
export interface SelectorIndex<Value extends Entity = Entity> {
  /** By place and whole selector, its labels in order: `shop app=reviews,version=v1`; by the place alone where it is empty. */
  readonly whole: IndexDefinition<Value>;
  /** By place and each beginning of the selector: `shop app=reviews`. */
  readonly begun: IndexDefinition<Value>;
  /** By the name of the first label. */
  readonly names: IndexDefinition<Value>;
  selectorOf(value: Value): Selector | undefined;
}

/** Defines such an index. Undefined as the place leaves an object out; one without a selector stands there with those whose selector is empty. */
export function selectorIndexOf<Name extends KindName>(name: string, of: readonly Name[], placeOf: (value: Kinds[Name]) => string | undefined, selectorOf: (value: Kinds[Name]) => Selector | undefined): SelectorIndex<Kinds[Name]> {
  return {
    whole: indexOf(name, of, value => {
      let at = placeOf(value);
      if (at === undefined) return [];
      for (const label of labelsInOrder(selectorOf(value))) at = behind(at, label);
      return [at];
    }),
    begun: indexOf(`${name} begun`, of, value => {
      const selector = selectorOf(value);
      if (!selector || selector.size < 2) return [];
      let at = placeOf(value);
      if (at === undefined) return [];
      return labelsInOrder(selector).slice(0, -1).map(label => (at = behind(at ?? '', label)));
    }),
    names: indexOf(`${name} name`, of, value => {
      const [first] = placeOf(value) === undefined ? nothing : labelsInOrder(selectorOf(value));
      return first ? [first[0]] : [];
    }),
    selectorOf,
  };
}

/** The objects of a place whose selectors take the labels; those without a selector are not among them. */
export function selecting<Value extends Entity>(mesh: Mesh, index: SelectorIndex<Value>, place: string, labels: ReadonlyMap<string, string>): readonly Value[] {
  const found: Value[] = [];
  for (const label of mesh.labelsNamedIn(index.names, labels)) add(mesh, index, behind(place, label), label[0], labels, found);
  return found;
}

function add<Value extends Entity>(mesh: Mesh, index: SelectorIndex<Value>, at: string, last: string, labels: ReadonlyMap<string, string>, found: Value[]): void {
  for (const value of mesh.at(index.whole, at)) if (selects(index.selectorOf(value) ?? none, labels)) found.push(value);
  if (!mesh.hasAt(index.begun, at)) return;
  for (const label of labels) if (label[0] > last) add(mesh, index, behind(at, label), label[0], labels, found);
}

function behind(place: string, [key, text]: readonly [string, string]): string {
  return `${place} ${key}=${text}`;
}

function labelsInOrder(selector: Selector | undefined): readonly (readonly [string, string])[] {
  if (!selector || selector.size === 0) return nothing;
  return selector.size === 1 ? [...selector] : [...selector].sort(([a], [b]) => (a < b ? -1 : 1));
}

const nothing: readonly never[] = [];
const none: Selector = new Map();
