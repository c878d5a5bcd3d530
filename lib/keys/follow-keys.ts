import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { KeySet } from './key-set.ts';
import { keyFile, readKeys, type ReadKeysOptions } from './read-keys.ts';

/** How a key folder is followed. */
export interface FollowKeysOptions extends ReadKeysOptions {
  /** How often the folder is looked at, in milliseconds; only while keys are asked for. @default 1000 */
  readonly every?: number | undefined;
  /** Told, once for each reason, that the folder can no longer be read; the keys last read stay in use. */
  readonly onProblem?: ((error: Error) => void) | undefined;
}

/**
 * The keys of a folder as they are now, read again whenever the file has changed. There is no watcher: a mounted Secret
 * changes by a swap of links, which watchers miss.
 *
 * @throws KeysError, when the folder cannot be read to begin with
 */
export function followKeys(folder: string, { every = 1000, onProblem, ...options }: FollowKeysOptions = {}): (look?: 'now') => KeySet {
  const path = join(folder, keyFile);
  let stamp = stampOf(path);
  let set = readKeys(folder, options);
  let looked = performance.now();
  let problem: string | undefined;
  return look => {
    if (look !== 'now' && performance.now() - looked < every) return set;
    looked = performance.now();
    try {
      const found = stampOf(path);
      if (found !== stamp || problem !== undefined) {
        set = readKeys(folder, options);
        stamp = found;
      }
      problem = undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== problem) onProblem?.(error instanceof Error ? error : new Error(message));
      problem = message;
    }
    return set;
  };
}

/** What differs when a file was replaced. */
function stampOf(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.dev}:${found.ino}:${found.mtimeNs}:${found.size}:${found.mode}` : 'missing';
}
