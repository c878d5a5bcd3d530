import type { App, Chart } from 'cdk8s';
import { Mesh, readManifests, type MeshOptions } from '../mesh/index.ts';

/** What a mesh can be made of: a cdk8s Chart or App, YAML as text, or a Mesh as it is. */
export type MeshSource = Mesh | Chart | App | string;

/**
 * The mesh of a chart, an app or a text. Nothing is written, and the options are not for a Mesh, which has its own.
 *
 * @throws when a construct is invalid, a document cannot be read, or there is no object
 */
export function meshOf(source: MeshSource, options: MeshOptions = {}): Mesh {
  if (source instanceof Mesh) return source;
  const { manifests, problems } = readManifests({ file: typeof source === 'string' ? 'the YAML' : source.node.path || 'the app', text: textOf(source) });
  const [first] = problems.filter(({ severity }) => severity === 'error');
  if (first) throw new Error(`${first.file}:${first.line}: ${first.message}`);
  if (manifests.length === 0) throw new Error('the mesh has no Kubernetes object; give YAML as text (not a path), a Chart that has objects, or an App');
  return Mesh.from(manifests, options);
}

function textOf(source: Chart | App | string): string {
  if (typeof source === 'string') return source;
  if ('synthYaml' in source) return source.synthYaml();
  // JSON is YAML, and needs nothing of cdk8s at run time.
  return source.toJson().map(object => JSON.stringify(object)).join('\n---\n');
}
