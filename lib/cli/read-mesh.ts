import { getHeapStatistics } from 'node:v8';
import { CannotRead, OriginsKept, readPaths, readText, type ReadPathsOptions } from '../files/index.ts';
import { field, mapping, parseYaml, readManifests, text, type Fields, type Manifest, type Problem } from '../manifest/index.ts';
import { Mesh, type MeshOptions } from '../mesh/index.ts';
import type { Progress } from './progress.ts';
import { Usage } from './usage.ts';

/** Options that every command that reads a mesh takes. */
export interface MeshFlags {
  readonly meshConfig?: string | undefined;
  readonly istioVersion?: string | undefined;
  readonly maxFileSize?: string | undefined;
  readonly maxTotalSize?: string | undefined;
  readonly maxDepth?: string | undefined;
  readonly maxValues?: string | undefined;
}

/** What was read, for excerpts as well. */
export interface MeshRead {
  readonly mesh: Mesh;
  readonly problems: readonly Problem[];
  /** What keeps this from being the whole answer, each a sentence: paths that cannot be had, limits that are exceeded. */
  readonly failures: readonly string[];
  readonly linesOf: (file: string) => readonly string[] | undefined;
}

/**
 * Reads the mesh of some paths.
 *
 * @throws CannotRead, Usage
 */
export function readMesh(paths: readonly string[], flags: MeshFlags): MeshRead {
  const read = readMeshInPart(paths, flags);
  if (read.failures[0] !== undefined) throw new CannotRead(read.failures[0]);
  return read;
}

/**
 * Reads what can be had of the mesh of some paths; what cannot is a problem, and a failure.
 *
 * @throws Usage
 */
export function readMeshInPart(paths: readonly string[], flags: MeshFlags, progress?: Progress): MeshRead {
  const maxFileSize = wholeNumber('--max-file-size', flags.maxFileSize, 500_000_000);
  const totalSize = totalOf(wholeNumber('--max-total-size', flags.maxTotalSize, 100_000_000_000));
  const depth = wholeNumber('--max-depth', flags.maxDepth, 1500);
  const values = wholeNumber('--max-values', flags.maxValues, 100_000_000);
  const options = optionsOf(flags);
  const { texts, unreadable } = readPaths(paths, { maxFileSize, ...totalSize, reading: (file, number, of) => progress?.at(`reading ${file}, ${number} of ${of}`) });
  const manifests: Manifest[] = [];
  const problems: Problem[] = unreadable.map(({ file, message }) => ({ file, message, line: 1, column: 1, severity: 'error' }));
  const failures = unreadable.map(({ message }) => message);
  const origins = new OriginsKept();
  for (const source of texts) {
    progress?.at(`reading the objects of ${source.file}`, source.text.length > large);
    const reading = readManifests({ ...source, made: origins.of(source.file, source.text) }, { depth, values });
    for (const manifest of reading.manifests) manifests.push(manifest);
    for (const problem of reading.problems) {
      problems.push(problem);
      if (problem.exceeds) failures.push(`${problem.file}:${problem.line}: ${problem.message}; raise the limit with ${problem.exceeds === 'depth' ? '--max-depth' : '--max-values'}, or write it out`);
    }
  }
  progress?.at(`checking ${manifests.length} objects`, manifests.length > 10_000);
  const byName = new Map(texts.map(source => [source.file, source.text]));
  const lines = new Map<string, readonly string[]>();
  const linesOf = (file: string): readonly string[] | undefined => {
    const whole = byName.get(file);
    if (whole === undefined) return undefined;
    let known = lines.get(file);
    if (!known) lines.set(file, known = whole.split('\n').map(line => line.replace(/\r$/, '')));
    return known;
  };
  return { mesh: Mesh.from(manifests, options), problems, failures, linesOf };
}

/** Reading, model and rules need up to this many bytes for a byte of YAML that is all small objects. */
const heapPerByte = 12;

/** More than the memory of this process can hold would end it without a word. */
function totalOf(wanted = 512 * 1024 * 1024): Pick<ReadPathsOptions, 'maxTotalSize' | 'totalAdvice'> {
  const fits = Math.floor(getHeapStatistics().heap_size_limit / heapPerByte);
  return wanted <= fits ? { maxTotalSize: wanted } : { maxTotalSize: fits, totalAdvice: 'give Node more memory with NODE_OPTIONS=--max-old-space-size=<megabytes>, or check fewer files at once' };
}

/** Characters of a text that may take a second to read. */
const large = 3_000_000;

function optionsOf({ meshConfig, istioVersion }: MeshFlags): MeshOptions {
  if (istioVersion !== undefined && !/^\d+\.\d+(\.\d+)?$/.test(istioVersion)) throw new Usage(`--istio-version must be like 1.31, got ${JSON.stringify(istioVersion)}`);
  return { ...(meshConfig === undefined ? {} : { meshConfig: readMeshConfig(meshConfig) }), ...(istioVersion === undefined ? {} : { istioVersion }) };
}

/** The mesh config of a file: alone, in Helm values, in the ConfigMap `istio`, or in an IstioOperator or Sail Istio. */
function readMeshConfig(path: string): unknown {
  const found = mapping(parseYaml(readText(path, 16 * 1024 * 1024)));
  const config = found && (meshConfigIn(found) ?? (found.apiVersion === undefined ? found : undefined));
  if (!config) throw new Usage(`--mesh-config ${path} holds no mesh config; give a file with one, or Helm values, the ConfigMap istio, or an IstioOperator that has it`);
  return config;
}

function meshConfigIn(found: Fields): Fields | undefined {
  const spec = field(found, 'spec');
  return mapping(field(found, 'meshConfig')) ?? mapping(field(spec, 'meshConfig')) ?? mapping(field(field(spec, 'values'), 'meshConfig'))
    ?? mapping(parseYaml(text(field(field(found, 'data'), 'mesh')) ?? ''));
}

/** A whole number from 1 to some most; undefined where the option was not given. @throws Usage */
export function wholeNumber(option: string, given: string | undefined, most: number): number | undefined {
  if (given === undefined) return undefined;
  const value = /^[1-9]\d{0,11}$/.test(given) ? Number(given) : Infinity;
  if (value > most) throw new Usage(`${option} must be a whole number from 1 to ${most}, got ${JSON.stringify(given)}`);
  return value;
}
