import { textMap } from '../../manifest/index.ts';
import type { Entity } from './entity.ts';

/** A ConfigMap. */
export interface ConfigMap extends Entity {
  readonly data: ReadonlyMap<string, string>;
}

export function configMapOf(entity: Entity): ConfigMap {
  return { ...entity, data: textMap(entity.manifest.object.data) };
}
