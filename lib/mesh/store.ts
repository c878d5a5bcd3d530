import { keyOf, type Manifest } from '../manifest/index.ts';
import { entityOf, inIstioOrder, type Entity, type Reading } from './entities/entity.ts';
import { withoutMaterial } from './entities/secret.ts';

/** The manifests of one kind, by key. */
export type Kind = ReadonlyMap<string, Manifest>;

/** Every object of a mesh by group and kind. A new store shares each kind that it does not touch. */
export class Store {
  readonly reading: Reading;
  readonly kinds: ReadonlyMap<string, Kind>;
  /** Objects that were given more than once: the ones that lost, and the one that holds. */
  readonly duplicates: readonly { readonly lost: Entity; readonly holds: Manifest }[];

  private constructor(reading: Reading, kinds: ReadonlyMap<string, Kind>, duplicates: Store['duplicates']) {
    this.reading = reading;
    this.kinds = kinds;
    this.duplicates = duplicates;
  }

  /** Of an object given twice, the later one holds. */
  static from(manifests: Iterable<Manifest>, reading: Reading): Store {
    const kinds = new Map<string, Map<string, Manifest>>();
    const lost: { lost: Entity; key: string; kind: string }[] = [];
    for (const manifest of manifests) {
      const entity = entityOf(manifest, reading);
      const kindName = kindKey(entity);
      let kind = kinds.get(kindName);
      if (!kind) kinds.set(kindName, kind = new Map<string, Manifest>());
      const key = keyOf(entity);
      const before: Manifest | undefined = kind.get(key);
      if (before) lost.push({ lost: entityOf(before, reading), key, kind: kindName });
      kind.set(key, withoutMaterial(manifest));
    }
    const duplicates = lost.map(({ lost: entity, key, kind }) => ({ lost: entity, holds: kinds.get(kind)?.get(key) as Manifest }));
    return new Store(reading, kinds, duplicates);
  }

  /** The same objects, with some put in or replaced and some taken away. */
  with(put: Iterable<Manifest>, remove: Iterable<Entity>): Store {
    const changed = new Map<string, Map<string, Manifest>>();
    const open = (name: string): Map<string, Manifest> => {
      let kind = changed.get(name);
      if (!kind) changed.set(name, kind = new Map(this.kinds.get(name)));
      return kind;
    };
    const touched = new Set<string>();
    for (const entity of remove) {
      open(kindKey(entity)).delete(keyOf(entity));
      touched.add(keyOf(entity));
    }
    for (const manifest of put) {
      const entity = entityOf(manifest, this.reading);
      open(kindKey(entity)).set(keyOf(entity), withoutMaterial(manifest));
      touched.add(keyOf(entity));
    }
    const kinds = new Map(this.kinds);
    for (const [name, kind] of changed) {
      if (kind.size === 0) kinds.delete(name);
      else kinds.set(name, kind);
    }
    return new Store(this.reading, kinds, this.duplicates.filter(({ lost }) => !touched.has(keyOf(lost))));
  }

  kind(group: string, kind: string): Kind {
    return this.kinds.get(`${group}/${kind}`) ?? none;
  }

  /** The entities of a kind in Istio's order. */
  entities(group: string, kind: string): readonly Entity[] {
    const manifests = this.kind(group, kind);
    let list = entityLists.get(manifests);
    if (!list) entityLists.set(manifests, list = [...manifests.values()].map(manifest => entityOf(manifest, this.reading)).sort(inIstioOrder));
    return list;
  }
}

const none: Kind = new Map();
const entityLists = new WeakMap<Kind, readonly Entity[]>();

function kindKey({ group, kind }: { readonly group: string; readonly kind: string }): string {
  return `${group}/${kind}`;
}
