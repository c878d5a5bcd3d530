import { lstatSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseKeyFile } from './key-file.ts';
import type { KeySet } from './key-set.ts';
import { KeysError } from './keys-error.ts';

/** The file of a key folder that holds all of its state, so that one rename changes all of it. */
export const keyFile = 'keys.json';

/** A key folder of many years is far smaller. */
const largest = 1024 * 1024;

/** How strict to be with permissions. */
export interface ReadKeysOptions {
  /**
   * The folder is a mounted Secret: the kubelet makes the folder itself open and, with `fsGroup`, its files readable by the
   * group. Still refused are files that everyone may read, or that the group may write.
   *
   * @default false
   */
  readonly mounted?: boolean | undefined;
}

/**
 * Reads a key folder.
 *
 * @throws KeysError, in one sentence that quotes nothing of the file
 */
export function readKeys(folder: string, { mounted = false }: ReadKeysOptions = {}): KeySet {
  const path = join(folder, keyFile);
  const found = statOf(folder, folder);
  if (!found.isDirectory()) throw new KeysError('ERR_KEYS_UNREADABLE', `cannot read ${folder}: it is no folder`);
  if (!mounted) refuseOpen(folder, found, 0o077, '0700');
  const file = statOf(path, folder);
  refuseOpen(path, file, mounted ? 0o027 : 0o077, mounted ? '0440' : '0600');
  if (file.size > largest) throw new KeysError('ERR_KEYS_UNREADABLE', `cannot read ${path}: it has ${file.size} bytes, which no key folder has`);
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new KeysError('ERR_KEYS_UNREADABLE', `cannot read ${path}: ${reason(error)}`);
  }
  const set = parseKeyFile(text);
  if ('wrong' in set) throw new KeysError('ERR_KEYS_UNREADABLE', `cannot read ${path}: ${set.wrong}; put back the last good copy of the folder`);
  return set;
}

/** Whether a folder has keys, readable or not. */
export function hasKeys(folder: string): boolean {
  return lstatSync(join(folder, keyFile), { throwIfNoEntry: false }) !== undefined;
}

/** Whether the file of keys is a link: a change would put a file in its place, and the keys that others read would stay behind. */
export function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** Whether a path is that of the file of a key folder, however it is spelled. */
export function isKeyFile(folder: string, path: string): boolean {
  const [file, other] = [join(folder, keyFile), path].map(one => lstatSync(one, { bigint: true, throwIfNoEntry: false }));
  return file !== undefined && other !== undefined && file.dev === other.dev && file.ino === other.ino;
}

/** Refuses what others may reach. Windows keeps permissions elsewhere. */
export function refuseOpen(path: string, { mode }: Stats, bits: number, wanted: string): void {
  if (process.platform === 'win32' || (mode & bits) === 0) return;
  const given = (mode & 0o777).toString(8).padStart(4, '0');
  throw new KeysError('ERR_KEYS_PERMISSIONS', `${path} has the permissions ${given}, so that others may reach its private keys; run chmod ${wanted} ${path}, and rotate if someone may have`);
}

function statOf(path: string, folder: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing && isLink(path)) throw new KeysError('ERR_KEYS_UNREADABLE', `cannot read ${path}: it is a link to what is missing`);
    if (missing) throw new KeysError('ERR_KEYS_MISSING', `${folder} holds no keys; run meshwright keys generate ${folder}`);
    throw new KeysError('ERR_KEYS_UNREADABLE', `cannot read ${path}: ${reason(error)}`);
  }
}

/** `EACCES: permission denied, open '/x'` as `permission denied`. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
