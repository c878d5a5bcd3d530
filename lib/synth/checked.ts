import { relative } from 'node:path';
import { check, resourceText, type Finding, type Severity } from '../check/index.ts';
import { readPaths, type DocumentOrigin } from '../files/index.ts';
import { identityOf, readManifests, type KubernetesObject, type Manifest } from '../manifest/index.ts';
import { Mesh } from '../mesh/index.ts';

/** A file before it is written. */
export interface Unwritten {
  /** From the current folder. */
  readonly file: string;
  readonly text: string;
  /** The objects, in the order of their documents. */
  readonly objects: readonly object[];
  readonly origins: readonly (DocumentOrigin | undefined)[];
}

/** How an app is checked. */
export interface Checking {
  readonly failOn: Severity | 'never';
  readonly skip: readonly string[];
  /** Paths of YAML that belongs to others. */
  readonly beside: readonly string[];
  /** Objects of others that are known from the code. */
  readonly known: readonly Manifest[];
}

/** What a check of an app says: what stops it, and what is worth saying. */
export interface Verdict {
  readonly stops: readonly Finding[];
  readonly remarks: readonly Finding[];
}

/**
 * Checks what an app would write, beside what belongs to others.
 *
 * @throws where the YAML of others cannot be read
 */
export function checked(files: readonly Unwritten[], { failOn, skip, beside, known }: Checking): Verdict {
  const own = files.flatMap(manifestsOf);
  const others = beside.length === 0 ? [] : manifestsAt(beside);
  const ours = new Set(own.map(({ object }) => object));
  const mine = new Set(own.map(manifest => key(manifest.object)));
  // An app that is applied replaces what it wrote before, wherever that stands.
  const mesh = Mesh.from([...[...known, ...others].filter(({ object }) => !mine.has(key(object))), ...own]);
  const written = new Set(files.map(({ file }) => file));
  const findings = check(mesh, { ...(skip.length === 0 ? {} : { skip }) }).findings.filter(({ file }) => ours.size > 0 && file !== undefined && written.has(file));
  const stops = findings.filter(({ severity }) => failOn !== 'never' && severities.indexOf(severity) <= severities.indexOf(failOn));
  return { stops, remarks: findings.filter(finding => !stops.includes(finding) && finding.severity !== 'info') };
}

/** A finding in a few lines: who made the object, what is wrong, where in the YAML, what to do. */
export function sentence({ code, message, resource, path, file, line, column, construct, source, fix }: Finding): string {
  const maker = `${construct ?? file ?? ''}${source === undefined ? '' : ` at ${source}`}`;
  const object = resource === undefined ? '' : `${resourceText(resource)}${path === '' ? '' : ` at ${path}`}`;
  return `${maker}: ${code} ${message}\n  in ${object}, ${file ?? ''}:${line ?? 1}:${column ?? 1}\n  fix ${fix}`;
}

const severities: readonly Severity[] = ['error', 'warning', 'info'];

function manifestsOf({ file, text, objects, origins }: Unwritten): Manifest[] {
  const source = { file, text };
  return objects.map((object, document): Manifest => ({ object: object as KubernetesObject, origin: { ...origins[document], source, document, prefix: '' } }));
}

function manifestsAt(paths: readonly string[]): Manifest[] {
  const { texts, unreadable } = readPaths(paths);
  const readings = texts.map(({ file, text }) => readManifests({ file: relative('', file), text }));
  const problem = readings.flatMap(({ problems }) => problems).find(({ severity }) => severity === 'error');
  const wrong = unreadable[0]?.message ?? (problem && `${problem.file}:${problem.line}: ${problem.message}`);
  if (wrong !== undefined) throw new Error(`beside: ${wrong}`);
  return readings.flatMap(({ manifests }) => manifests);
}

function key(object: KubernetesObject): string {
  const { group, kind, namespace, name } = identityOf(object);
  return JSON.stringify([group, kind, namespace, name]);
}
