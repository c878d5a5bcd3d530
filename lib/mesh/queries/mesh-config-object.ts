import type { Entity } from '../entities/entity.ts';
import { configMapByName } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';

/** The object that says the mesh config; undefined where none among the objects does. */
export function meshConfigObject(mesh: Mesh): Entity | undefined {
  return mesh.at(configMapByName, 'istio')[0] ?? mesh.every('IstioOperator')[0] ?? mesh.every('SailIstio')[0];
}
