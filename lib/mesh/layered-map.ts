/**
 * A Map that never changes. One with changes shares the entries of the one that it was made from, so that a change of
 * one entry does not cost the size of the whole.
 */
export class LayeredMap<Key, Value> {
  readonly #base: ReadonlyMap<Key, Value>;
  /** What differs from the base; undefined where an entry is gone. */
  readonly #over: ReadonlyMap<Key, Value | undefined>;
  readonly size: number;

  private constructor(base: ReadonlyMap<Key, Value>, over: ReadonlyMap<Key, Value | undefined>, size: number) {
    this.#base = base;
    this.#over = over;
    this.size = size;
  }

  /** The map is taken as it is, and must not be changed afterwards. */
  static of<Key, Value>(map: ReadonlyMap<Key, Value>): LayeredMap<Key, Value> {
    return new LayeredMap(map, new Map<Key, Value | undefined>(), map.size);
  }

  get(key: Key): Value | undefined {
    if (this.#over.size === 0) return this.#base.get(key);
    const over = this.#over.get(key);
    return over !== undefined || this.#over.has(key) ? over : this.#base.get(key);
  }

  has(key: Key): boolean {
    return this.get(key) !== undefined;
  }

  *entries(): Generator<[Key, Value]> {
    for (const entry of this.#base) if (!this.#over.has(entry[0])) yield entry;
    for (const [key, value] of this.#over) if (value !== undefined) yield [key, value];
  }

  *values(): Generator<Value> {
    for (const [, value] of this.entries()) yield value;
  }

  /** The same entries, some replaced or put in, and those that are undefined taken away. */
  with(changes: ReadonlyMap<Key, Value | undefined>): LayeredMap<Key, Value> {
    if (changes.size === 0) return this;
    let { size } = this;
    const over = new Map(this.#over);
    for (const [key, value] of changes) {
      size += (value === undefined ? 0 : 1) - (this.has(key) ? 1 : 0);
      over.set(key, value);
    }
    // What differs is copied with each change, so it is kept small; then everything is copied, which happens seldom.
    if (over.size <= 256 || over.size * over.size <= this.#base.size) return new LayeredMap(this.#base, over, size);
    const base = new Map(this.#base);
    for (const [key, value] of over) {
      if (value === undefined) base.delete(key);
      else base.set(key, value);
    }
    return LayeredMap.of(base);
  }
}
