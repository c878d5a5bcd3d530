import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { globSync, isDynamicPattern } from 'tinyglobby';

/** A text that was read, and the name that the user knows it by. */
export interface ReadText {
  readonly file: string;
  readonly text: string;
}

/** A file that is no text. */
export interface Unreadable {
  readonly file: string;
  readonly message: string;
}

/** What was asked for cannot be had at all: a missing path, nothing to read, or a limit exceeded. The message is one sentence. */
export class CannotRead extends Error {
  readonly code = 'ERR_CANNOT_READ';
}

/** How paths are read. */
export interface ReadPathsOptions {
  /** The largest file, in bytes. @default 134217728 */
  readonly maxFileSize?: number | undefined;
  /** Where `-` is read from. @default - standard input */
  readonly stdin?: (() => Buffer) | undefined;
}

/** The endings of files that a folder is searched for. */
const endings = '{yaml,yml,json}';

/**
 * Reads files, folders (their YAML and JSON, however deep; hidden folders and node_modules left out), globs and `-`. A
 * file that is named twice is read once.
 *
 * @throws CannotRead
 */
export function readPaths(paths: readonly string[], options: ReadPathsOptions = {}): { texts: ReadText[]; unreadable: Unreadable[] } {
  const texts: ReadText[] = [];
  const unreadable: Unreadable[] = [];
  for (const file of new Set(paths.flatMap(filesOf))) {
    const bytes = file === '-' ? readStdin(options) : readFile(file, options.maxFileSize ?? 128 * 1024 * 1024);
    const text = decode(bytes);
    if (text === undefined) unreadable.push({ file, message: 'the file is not UTF-8 text' });
    else texts.push({ file, text });
  }
  return { texts, unreadable };
}

function filesOf(path: string): string[] {
  if (path === '-') return ['-'];
  let found;
  try {
    found = statSync(path);
  } catch (error) {
    if (!isDynamicPattern(path)) throw new CannotRead(`cannot read ${path}: ${reason(error)}`, { cause: error });
    const matches = globSync(path, { dot: false, onlyFiles: true, expandDirectories: false }).sort();
    if (matches.length === 0) throw new CannotRead(`cannot read ${path}: no file matches it`);
    return matches;
  }
  if (!found.isDirectory()) return [normalize(path)];
  const files = globSync(`**/*.${endings}`, { cwd: path, ignore: ['**/node_modules/**'], dot: false, onlyFiles: true, caseSensitiveMatch: false, followSymbolicLinks: false }).sort();
  if (files.length === 0) throw new CannotRead(`cannot read ${path}: the folder holds no .yaml, .yml or .json file`);
  return files.map(file => join(path, file));
}

function readFile(file: string, most: number): Buffer {
  let descriptor;
  try {
    descriptor = openSync(file, 'r');
    const { size } = fstatSync(descriptor);
    if (size > most) throw new CannotRead(`cannot read ${file}: it has ${size} bytes, more than the limit of ${most}; raise the limit or split the file`);
    return readFileSync(descriptor);
  } catch (error) {
    if (error instanceof CannotRead) throw error;
    throw new CannotRead(`cannot read ${file}: ${reason(error)}`, { cause: error });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function readStdin({ stdin = (): Buffer => readFileSync(0), maxFileSize = 128 * 1024 * 1024 }: ReadPathsOptions): Buffer {
  const bytes = stdin();
  if (bytes.length > maxFileSize) throw new CannotRead(`cannot read standard input: it has ${bytes.length} bytes, more than the limit of ${maxFileSize}`);
  return bytes;
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
