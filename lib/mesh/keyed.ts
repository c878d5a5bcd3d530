import { inIstioOrder, type Entity } from './entities/entity.ts';
import type { MeshConfig } from './entities/mesh-config.ts';
import { keyOfKind, kindKey, type KindName, type Kinds } from './kinds.ts';
import { LayeredMap } from './layered-map.ts';

/** An object that a change put in, took away or replaced. */
export interface Change {
  readonly before: Entity | undefined;
  readonly after: Entity | undefined;
}

/** How objects of some kinds are found by key. */
export interface IndexDefinition<Value extends Entity = Entity> {
  /** Unique. */
  readonly name: string;
  /** Those of the first kind come first. `every` for all objects. */
  readonly of: readonly KindName[] | 'every';
  /** The keys under which an object is found. */
  keys(value: Value, config: MeshConfig): Iterable<string>;
}

/** Defines an index; the kinds say what its objects are. */
export function indexOf<Name extends KindName>(name: string, of: readonly Name[], keys: (value: Kinds[Name], config: MeshConfig) => Iterable<string>): IndexDefinition<Kinds[Name]> {
  return { name, of, keys };
}

const nothing: readonly never[] = [];

/** Objects by key, in Istio's order. It does not change; one with changes shares what they do not touch. */
export class Keyed<Value extends Entity = Entity> {
  readonly #definition: IndexDefinition<Value>;
  readonly #config: MeshConfig;
  readonly #ranks: ReadonlyMap<string, number> | undefined;
  readonly #buckets: LayeredMap<string, readonly Value[]>;
  #few: readonly string[] | undefined;

  private constructor(definition: IndexDefinition<Value>, config: MeshConfig, ranks: ReadonlyMap<string, number> | undefined, buckets: LayeredMap<string, readonly Value[]>) {
    this.#definition = definition;
    this.#config = config;
    this.#ranks = ranks;
    this.#buckets = buckets;
  }

  /** From the objects of each kind, which are in Istio's order. */
  static from<Value extends Entity>(definition: IndexDefinition<Value>, config: MeshConfig, lists: Iterable<readonly Value[]>): Keyed<Value> {
    const ranks = definition.of === 'every' ? undefined : new Map(definition.of.map((name, i) => [keyOfKind[name], i]));
    const buckets = new Map<string, Value[]>();
    for (const list of lists) {
      for (const value of list) {
        for (const key of definition.keys(value, config)) {
          const bucket = buckets.get(key);
          if (!bucket) buckets.set(key, [value]);
          // One that says a key twice has just been put in.
          else if (bucket.at(-1) !== value) bucket.push(value);
        }
      }
    }
    return new Keyed(definition, config, ranks, LayeredMap.of(buckets));
  }

  at(key: string): readonly Value[] {
    return this.#buckets.get(key) ?? nothing;
  }

  /** All keys, where they are no more than so many. */
  fewKeys(most: number): readonly string[] | undefined {
    return this.#buckets.size > most ? undefined : this.#few ??= [...this.#buckets.entries()].map(([key]) => key);
  }

  /** The keys under which the objects of a change were or are found. */
  keysOf({ before, after }: Change): Set<string> {
    return new Set([before, after].filter(value => value && this.#has(value)).flatMap(value => [...this.#definition.keys(value as Value, this.#config)]));
  }

  with(changes: readonly Change[]): Keyed<Value> {
    const changed = new Map<string, readonly Value[] | undefined>();
    for (const change of changes) {
      const { before, after } = change as { readonly before: Value | undefined; readonly after: Value | undefined };
      const now = new Set(after && this.#has(after) ? this.#definition.keys(after, this.#config) : []);
      for (const key of this.keysOf(change)) {
        const rest = (changed.has(key) ? changed.get(key) ?? [] : this.at(key)).filter(value => value !== before);
        if (after && now.has(key)) rest.splice(this.#place(rest, after), 0, after);
        changed.set(key, rest.length === 0 ? undefined : rest);
      }
    }
    return changed.size === 0 ? this : new Keyed(this.#definition, this.#config, this.#ranks, this.#buckets.with(changed));
  }

  #has(value: Entity): boolean {
    return !this.#ranks || this.#ranks.has(kindKey(value));
  }

  #place(bucket: readonly Value[], value: Value): number {
    let [low, high] = [0, bucket.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#order(bucket[middle] as Value, value) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #order(a: Value, b: Value): number {
    const rank = (value: Value): number => this.#ranks?.get(kindKey(value)) ?? 0;
    return rank(a) - rank(b) || inIstioOrder(a, b);
  }
}
