import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh, type MeshOptions } from '../../lib/mesh/index.ts';

/** The mesh of the manifests of a case, which lie beside its file. */
export function meshOf(oracles: string, suite: string, manifests: readonly string[], options: MeshOptions = {}): Mesh {
  const read = manifests.flatMap(file => readManifests({ file, text: readFileSync(join(oracles, 'requests', suite, 'manifests', file), 'utf8') }).manifests);
  return Mesh.from(read, options);
}
