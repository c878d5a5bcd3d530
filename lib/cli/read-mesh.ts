import { readPaths } from '../files/index.ts';
import { parseYaml, readManifests, mapping, type Manifest, type Problem } from '../manifest/index.ts';
import { Mesh, type MeshOptions } from '../mesh/index.ts';
import { Usage } from './usage.ts';

/** Options that every command that reads a mesh takes. */
export interface MeshFlags {
  readonly meshConfig?: string | undefined;
  readonly istioVersion?: string | undefined;
  readonly maxFileSize?: string | undefined;
  readonly maxDepth?: string | undefined;
}

/** What was read, for excerpts as well. */
export interface MeshRead {
  readonly mesh: Mesh;
  readonly problems: readonly Problem[];
  readonly linesOf: (file: string) => readonly string[] | undefined;
}

/**
 * Reads the mesh of some paths.
 *
 * @throws CannotRead, Usage
 */
export function readMesh(paths: readonly string[], flags: MeshFlags): MeshRead {
  const maxFileSize = wholeNumber('--max-file-size', flags.maxFileSize);
  const depth = wholeNumber('--max-depth', flags.maxDepth);
  const { texts, unreadable } = readPaths(paths, { maxFileSize });
  const manifests: Manifest[] = [];
  const problems: Problem[] = unreadable.map(({ file, message }) => ({ file, message, line: 1, column: 1, severity: 'error' }));
  for (const source of texts) {
    const reading = readManifests(source, { depth });
    manifests.push(...reading.manifests);
    problems.push(...reading.problems);
  }
  const lines = new Map<string, readonly string[]>();
  const linesOf = (file: string): readonly string[] | undefined => {
    const text = texts.find(source => source.file === file)?.text;
    if (text === undefined) return undefined;
    let known = lines.get(file);
    if (!known) lines.set(file, known = text.split('\n').map(line => line.replace(/\r$/, '')));
    return known;
  };
  return { mesh: Mesh.from(manifests, optionsOf(flags)), problems, linesOf };
}

function optionsOf({ meshConfig, istioVersion }: MeshFlags): MeshOptions {
  if (istioVersion !== undefined && !/^\d+\.\d+(\.\d+)?$/.test(istioVersion)) throw new Usage(`--istio-version must be like 1.31, got ${JSON.stringify(istioVersion)}`);
  return { ...(meshConfig === undefined ? {} : { meshConfig: readMeshConfig(meshConfig) }), ...(istioVersion === undefined ? {} : { istioVersion }) };
}

/** A file with a mesh config, or with Helm values that hold one. */
function readMeshConfig(path: string): unknown {
  const text = readPaths([path]).texts[0]?.text ?? '';
  const config = mapping(parseYaml(text));
  if (!config) throw new Usage(`--mesh-config ${path} is no YAML mapping; give a file with a mesh config, or with Helm values that have meshConfig`);
  return mapping(config.meshConfig) ?? config;
}

function wholeNumber(option: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (!/^[1-9]\d{0,11}$/.test(given)) throw new Usage(`${option} must be a whole number above 0, got ${JSON.stringify(given)}`);
  return Number(given);
}
