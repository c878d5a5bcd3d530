import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';

/** Which files of the folder are this writer's, so that those it no longer writes are removed. */
export interface WriteFolderOptions {
  /** By path in the folder. @default - every `*.k8s.yaml` */
  readonly owns?: ((path: string) => boolean) | undefined;
}

/**
 * Makes the generated files of a folder be these, all of them or none: text goes to temporary names first, then each is
 * renamed into place, then generated files that are no more are removed. Files that are as they should be are left alone.
 *
 * @throws in one sentence, with the folder as it was
 */
export function writeFolder(folder: string, files: ReadonlyMap<string, string>, options: WriteFolderOptions = {}): void {
  const { owns = (path: string): boolean => path.endsWith('.k8s.yaml') } = options;
  const wanted = new Map([...files].map(([path, text]) => [inside(folder, path), text]));
  const made: string[] = [];
  const temporary = new Map<string, string>();
  const before = new Map<string, Buffer | undefined>();
  try {
    const stale = owned(folder, owns).filter(path => !wanted.has(path));
    for (const [path, text] of wanted) {
      const target = join(folder, path);
      const current = contents(target);
      if (current?.equals(Buffer.from(text))) continue;
      before.set(target, current);
      made.push(...makeFolder(dirname(target)));
      const name = `${target}.${process.pid}.tmp`;
      temporary.set(target, name);
      writeFileSync(name, text, { flush: true });
    }
    for (const path of stale) before.set(join(folder, path), contents(join(folder, path)));
    for (const [target, name] of temporary) renameSync(name, target);
    for (const path of stale) rmSync(join(folder, path));
    for (const path of stale) removeEmpty(folder, dirname(join(folder, path)));
  } catch (error) {
    restore(before, temporary, made);
    throw new Error(`cannot write ${folder}: ${reason(error)}; it is as it was`, { cause: error });
  }
}

/** Puts every file back, as far as the failure allows. */
function restore(before: ReadonlyMap<string, Buffer | undefined>, temporary: ReadonlyMap<string, string>, made: readonly string[]): void {
  for (const name of temporary.values()) attempt(() => rmSync(name, { force: true }));
  for (const [target, bytes] of before) {
    attempt(() => {
      if (bytes === undefined) rmSync(target, { force: true });
      else if (!contents(target)?.equals(bytes)) writeFileSync(target, bytes);
    });
  }
  for (const folder of [...made].reverse()) attempt(() => rmdirSync(folder));
}

/** Refuses a path that leaves the folder. */
function inside(folder: string, path: string): string {
  const clean = normalize(path);
  if (isAbsolute(clean) || clean === '..' || clean.startsWith(`..${sep}`) || clean === '.') {
    throw new Error(`cannot write ${JSON.stringify(path)}: it is not a path inside ${folder}`);
  }
  return clean;
}

/** Makes a folder and those above it that are missing, and says which it made, the outermost first. */
function makeFolder(folder: string): string[] {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined) return [];
  const below = relative(first, folder).split(sep).filter(part => part !== '');
  return [first, ...below.map((_, i) => join(first, ...below.slice(0, i + 1)))];
}

function owned(folder: string, owns: (path: string) => boolean): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => !entry.isDirectory())
      .map(entry => relative(folder, join(entry.parentPath, entry.name)))
      .filter(owns);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function removeEmpty(top: string, folder: string): void {
  if (relative(top, folder) === '' || !existsSync(folder) || readdirSync(folder).length > 0) return;
  rmdirSync(folder);
  removeEmpty(top, dirname(folder));
}

function contents(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // What cannot be put back has failed already, with a reason of its own.
  }
}

/** `EACCES: permission denied, open '/x'` as `permission denied, open '/x'`. */
function reason(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^[A-Z]+: /, '') : String(error);
}
