import { keyOf, identityOf, type Identity, type Manifest } from '../manifest/index.ts';
import { entityOf, isClusterScoped, type Entity, type Reading } from './entities/entity.ts';
import { withoutMaterial } from './entities/secret.ts';
import { kindKey } from './kinds.ts';
import { LayeredMap } from './layered-map.ts';

/** The manifests of one kind, by key. */
export type Kept = LayeredMap<string, Manifest>;

/** An object that was given more than once: one that lost, and the one that holds. */
export interface Duplicate {
  readonly lost: Entity;
  readonly holds: Manifest;
}

/** What a change did to one object. */
export interface StoreChange {
  /** `group/Kind`. */
  readonly kind: string;
  readonly key: string;
  readonly before: Manifest | undefined;
  readonly after: Manifest | undefined;
}

/** Every object of a mesh by kind and key. A new store shares whatever it does not touch. */
export class Store {
  readonly reading: Reading;
  readonly kinds: ReadonlyMap<string, Kept>;
  /** By the key of the object. */
  readonly duplicates: ReadonlyMap<string, readonly Duplicate[]>;

  private constructor(reading: Reading, kinds: ReadonlyMap<string, Kept>, duplicates: Store['duplicates']) {
    this.reading = reading;
    this.kinds = kinds;
    this.duplicates = duplicates;
  }

  /** Of an object given twice, the later one holds. */
  static from(manifests: Iterable<Manifest>, reading: Reading): Store {
    const kinds = new Map<string, Map<string, Manifest>>();
    const lost: { readonly manifest: Manifest; readonly key: string; readonly kind: string }[] = [];
    for (const manifest of manifests) {
      const { kind, key } = placeOf(manifest, reading);
      let kept = kinds.get(kind);
      if (!kept) kinds.set(kind, kept = new Map<string, Manifest>());
      const before = kept.get(key);
      if (before) lost.push({ manifest: before, key, kind });
      kept.set(key, withoutMaterial(manifest));
    }
    const duplicates = new Map<string, Duplicate[]>();
    for (const { manifest, key, kind } of lost) {
      const duplicate = { lost: entityOf(manifest, reading), holds: kinds.get(kind)?.get(key) as Manifest };
      duplicates.set(key, [...(duplicates.get(key) ?? []), duplicate]);
    }
    return new Store(reading, new Map([...kinds].map(([name, kept]) => [name, LayeredMap.of(kept)])), duplicates);
  }

  /** The same objects, with some taken away and then some put in or replaced; and what that did. */
  with(put: Iterable<Manifest>, remove: Iterable<Identity>): { readonly store: Store; readonly changes: readonly StoreChange[] } {
    const after = new Map<string, { readonly kind: string; readonly manifest: Manifest | undefined }>();
    for (const identity of remove) after.set(keyOf(identity), { kind: kindKey(identity), manifest: undefined });
    for (const manifest of put) {
      const { kind, key } = placeOf(manifest, this.reading);
      after.set(key, { kind, manifest: withoutMaterial(manifest) });
    }
    const kinds = new Map(this.kinds);
    const changes = [...after].map(([key, { kind, manifest }]) => ({ kind, key, before: this.kinds.get(kind)?.get(key), after: manifest }));
    for (const kind of new Set(changes.map(change => change.kind))) {
      const own = new Map(changes.filter(change => change.kind === kind).map(change => [change.key, change.after]));
      const kept = (kinds.get(kind) ?? LayeredMap.of(new Map<string, Manifest>())).with(own);
      if (kept.size === 0) kinds.delete(kind);
      else kinds.set(kind, kept);
    }
    const duplicates = this.duplicates.size === 0 ? this.duplicates : new Map([...this.duplicates].filter(([key]) => !after.has(key)));
    return { store: new Store(this.reading, kinds, duplicates), changes: changes.filter(({ before, after: now }) => before !== now) };
  }
}

function placeOf({ object }: Manifest, { defaultNamespace }: Reading): { readonly kind: string; readonly key: string } {
  const identity = identityOf(object);
  const namespace = identity.namespace !== '' || isClusterScoped(identity.kind) ? identity.namespace : defaultNamespace;
  return { kind: kindKey(identity), key: keyOf({ ...identity, namespace }) };
}
