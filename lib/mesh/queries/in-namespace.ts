import type { Entity } from '../entities/entity.ts';

/** The objects of a list that stand in a namespace, in the order of the list; the list is gone through once. */
export function inNamespace<E extends Entity>(list: readonly E[], namespace: string): readonly E[] {
  let index = indexes.get(list) as Map<string, E[]> | undefined;
  if (!index) {
    index = new Map();
    for (const entity of list) {
      const found = index.get(entity.namespace);
      if (found) found.push(entity);
      else index.set(entity.namespace, [entity]);
    }
    indexes.set(list, index);
  }
  return index.get(namespace) ?? [];
}

const indexes = new WeakMap<readonly Entity[], Map<string, Entity[]>>();
