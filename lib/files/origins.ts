import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** What made a document. */
export interface DocumentOrigin {
  /** The path of the construct. */
  readonly construct: string;
  /** The line of the user's program, as `file:line:column` from the current folder. */
  readonly madeAt?: string | undefined;
}

/** A file that was written, and what made each of its documents. */
export interface WrittenFile {
  readonly text: string;
  readonly origins: readonly (DocumentOrigin | undefined)[];
}

/**
 * Keeps beside a project, in `node_modules/.cache/meshwright/`, what made each document of an output folder, so that
 * whoever reads the YAML later can say so. Where there is no node_modules to keep it in, nothing is kept.
 */
export function keepOrigins(folder: string, files: ReadonlyMap<string, WrittenFile>): void {
  const project = projectOf(resolve(folder));
  if (project === undefined) return;
  const kept: Kept = Object.fromEntries([...files].map(([path, { text, origins }]) => [
    relative(project, resolve(folder, path)),
    { hash: hashOf(text), origins: origins.map(origin => origin && { ...origin, ...(origin.madeAt === undefined ? {} : { madeAt: relative(project, resolve(origin.madeAt)) }) }) },
  ]));
  const cache = join(project, ...cacheFolder);
  const target = join(cache, `${encodeURIComponent(relative(project, resolve(folder)))}.json`);
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${target}.${process.pid}.tmp`, JSON.stringify(kept));
    renameSync(`${target}.${process.pid}.tmp`, target);
  } catch {
    // Where it cannot be kept, findings name files and lines of YAML alone.
  }
}

/** Finds what made the documents of a file, if the file is as it was written. */
export class OriginsKept {
  readonly #projects = new Map<string, Kept>();

  /** By document, counted from 0. */
  of(file: string, text: string): readonly (DocumentOrigin | undefined)[] {
    const path = resolve(file);
    const project = projectOf(dirname(path));
    if (project === undefined) return [];
    let kept = this.#projects.get(project);
    if (!kept) this.#projects.set(project, kept = keptIn(join(project, ...cacheFolder)));
    const known = kept[relative(project, path)];
    if (known?.hash !== hashOf(text)) return [];
    return known.origins.map(origin => origin && { ...origin, ...(origin.madeAt === undefined ? {} : { madeAt: relative('', join(project, origin.madeAt)) }) });
  }
}

type Kept = Readonly<Record<string, { readonly hash: string; readonly origins: readonly (DocumentOrigin | undefined)[] } | undefined>>;

const cacheFolder = ['node_modules', '.cache', 'meshwright'];

/** The nearest folder, from this one up, that has node_modules. */
function projectOf(folder: string): string | undefined {
  if (existsSync(join(folder, 'node_modules'))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : projectOf(above);
}

function keptIn(cache: string): Kept {
  try {
    return Object.assign({}, ...readdirSync(cache).filter(name => name.endsWith('.json')).map(name => JSON.parse(readFileSync(join(cache, name), 'utf8')) as Kept)) as Kept;
  } catch {
    return {};
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
