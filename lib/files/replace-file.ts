import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

/** A file cannot be written; it is as it was. The message is one sentence. */
export class CannotWrite extends Error {
  readonly code = 'ERR_CANNOT_WRITE';
}

/**
 * Makes a file hold this text, or leaves it as it was: the text goes to a temporary file beside it, reaches the disk, and
 * is renamed into place. A run that is killed in between leaves a temporary file, which `removeLeftovers` takes away.
 *
 * @throws CannotWrite
 */
export function replaceFile(path: string, text: string, { mode }: { readonly mode: number }): void {
  const temporary = join(dirname(path), `${leftover(path)}${randomBytes(6).toString('hex')}`);
  try {
    writeThrough(temporary, text, mode);
    renameSync(temporary, path);
    flushFolder(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new CannotWrite(`cannot write ${path}: ${error instanceof Error ? error.message.replace(/^[A-Z]+: /, '') : String(error)}`, { cause: error });
  }
}

/** Takes away what runs that were killed left beside a file; only while no other run writes it. */
export function removeLeftovers(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    if (name.startsWith(leftover(path))) rmSync(join(dirname(path), name), { force: true });
  }
}

function leftover(path: string): string {
  return `.${basename(path)}.tmp-`;
}

function writeThrough(path: string, text: string, mode: number): void {
  const descriptor = openSync(path, 'wx', mode);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The rename itself reaches the disk with the folder; Windows has no such call. */
function flushFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
