import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { globSync, isDynamicPattern } from 'tinyglobby';
import { CannotRead, readText, reason } from './read-text.ts';

/** A text that was read, and the name that the user knows it by. */
export interface ReadText {
  readonly file: string;
  readonly text: string;
}

/** A path that was asked for and cannot be had: it is missing, holds nothing to read, or exceeds a limit. */
export interface Unreadable {
  readonly file: string;
  /** One sentence, which names the file. */
  readonly message: string;
}

/** How paths are read. */
export interface ReadPathsOptions {
  /** The largest file, in bytes. @default 134217728 */
  readonly maxFileSize?: number | undefined;
  /** How much all files may have together, in bytes. @default 536870912 */
  readonly maxTotalSize?: number | undefined;
  /** What to do where they have more. @default 'raise it with --max-total-size, or check fewer files at once' */
  readonly totalAdvice?: string | undefined;
  /** Told of each file before it is read. @default - no one */
  readonly reading?: ((file: string, number: number, of: number) => void) | undefined;
}

/** The endings of files that a folder is searched for. */
const endings = /\.(?:ya?ml|json)$/i;

/**
 * Reads files, folders (their YAML and JSON, however deep; hidden ones and node_modules left out, links to folders not
 * followed, as kubectl does), globs and `-`. A file that is named twice is read once. What cannot be had does not keep
 * the rest from being read.
 */
export function readPaths(paths: readonly string[], options: ReadPathsOptions = {}): { texts: ReadText[]; unreadable: Unreadable[] } {
  const { maxFileSize = 128 * 1024 * 1024, maxTotalSize = 512 * 1024 * 1024, totalAdvice = 'raise it with --max-total-size, or check fewer files at once', reading } = options;
  const texts: ReadText[] = [];
  const unreadable: Unreadable[] = [];
  const attempt = <Result>(file: string, action: () => Result): Result | undefined => {
    try {
      return action();
    } catch (error) {
      unreadable.push({ file, message: error instanceof CannotRead ? error.message : `cannot read ${file}: ${reason(error)}` });
      return undefined;
    }
  };
  const files = new Map<string, string>();
  for (const path of paths) {
    for (const file of attempt(path, () => filesOf(path, attempt)) ?? []) {
      const real = file === '-' ? file : attempt(file, () => realpathSync(file));
      if (real !== undefined && !files.has(real)) files.set(real, file);
    }
  }
  let total = 0;
  for (const [i, file] of [...files.values()].entries()) {
    reading?.(file, i + 1, files.size);
    const why = `with the files before it there are more than ${maxTotalSize} bytes, the limit for all together; ${totalAdvice}`;
    const text = attempt(file, () => readText(file, maxFileSize, { most: maxTotalSize - total, why }));
    if (text === undefined) continue;
    texts.push({ file, text });
    total += Buffer.byteLength(text);
  }
  return { texts, unreadable };
}

type Attempt = <Result>(file: string, action: () => Result) => Result | undefined;

function filesOf(path: string, attempt: Attempt): readonly string[] {
  if (path === '-') return ['-'];
  let found;
  try {
    found = statSync(path);
  } catch (error) {
    if (!isDynamicPattern(path)) throw error;
    const matches = globSync(path, { dot: false, onlyFiles: true, expandDirectories: false, followSymbolicLinks: false }).filter(isNoFolder).sort();
    if (matches.length === 0) throw new CannotRead(`cannot read ${path}: no file matches it`, { cause: error });
    return matches;
  }
  if (!found.isDirectory()) return [normalize(path)];
  const files = filesIn(path, attempt);
  if (files.length === 0) throw new CannotRead(`cannot read ${path}: the folder holds no .yaml, .yml or .json file`);
  return files;
}

function filesIn(folder: string, attempt: Attempt): string[] {
  const entries = attempt(folder, () => readdirSync(folder, { withFileTypes: true })) ?? [];
  const visible = entries.filter(({ name }) => !name.startsWith('.') && name !== 'node_modules').sort((a, b) => (a.name < b.name ? -1 : 1));
  return visible.flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path, attempt);
    return endings.test(entry.name) && (entry.isFile() || (entry.isSymbolicLink() && isNoFolder(path))) ? [path] : [];
  });
}

/** A link that leads nowhere is no folder: reading it says so. */
function isNoFolder(path: string): boolean {
  try {
    const found = statSync(path);
    return found.isFile();
  } catch {
    return true;
  }
}
