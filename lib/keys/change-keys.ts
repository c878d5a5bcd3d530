import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Locked, removeLeftovers, replaceFile, withLock } from '../files/index.ts';
import { keyFileText } from './key-file.ts';
import type { KeySet, KeySettings } from './key-set.ts';
import { KeysError } from './keys-error.ts';
import { hasKeys, isLink, keyFile, readKeys, refuseOpen } from './read-keys.ts';
import { type Change, firstKeys, retired, retiredKey, revoked, rotated } from './rotation.ts';

/** How a change is made. */
export interface ChangeOptions {
  /** Only says what would be done. @default false */
  readonly dryRun?: boolean | undefined;
  /** @default Date.now() */
  readonly now?: number | undefined;
}

/** Makes a key folder with its first key. @throws KeysError */
export function generateKeys(folder: string, settings: Partial<KeySettings> = {}, { dryRun = false, now = Date.now() }: ChangeOptions = {}): Change {
  const make = (): Change => {
    if (hasKeys(folder)) throw new KeysError('ERR_KEYS_EXIST', `${folder} holds keys already; run meshwright keys rotate ${folder}`);
    return firstKeys(settings, now);
  };
  if (dryRun) return make();
  makeFolder(folder);
  return write(folder, make);
}

/** Begins the next rotation of a key folder, or goes on with the one that is under way. @throws KeysError */
export function rotateKeys(folder: string, settings: Partial<KeySettings> = {}, options: ChangeOptions = {}): Change {
  return change(folder, (before, now) => rotated(before, settings, now), options);
}

/** Which keys to take away. */
export interface RetireOptions extends ChangeOptions {
  /** Only this one. @default - all that no living token needs */
  readonly kid?: string | undefined;
  /** The key may be in other hands: takes it away although living tokens were signed with it. @default false */
  readonly compromised?: boolean | undefined;
}

/** Takes keys away from a key folder that no living token needs. @throws KeysError */
export function retireKeys(folder: string, { kid, compromised = false, ...options }: RetireOptions = {}): Change {
  return change(folder, (before, now) => {
    if (kid === undefined) return retired(before, now);
    return compromised ? revoked(before, kid, now) : retiredKey(before, kid, now);
  }, options);
}

function change(folder: string, next: (before: KeySet, now: number) => Change, { dryRun = false, now = Date.now() }: ChangeOptions): Change {
  const make = (): Change => next(readKeys(folder), now);
  // Before the lock, so that nothing is ever made in a folder that is none of ours.
  readKeys(folder);
  if (isLink(join(folder, keyFile))) throw new KeysError('ERR_KEYS_NOT_WRITTEN', `cannot write ${join(folder, keyFile)}: it is a link, and a change would leave what it points to as it was; change the folder that it points to`);
  if (dryRun) return make();
  return write(folder, make);
}

/** All of a change is one rename: before it the folder is as it was, after it as it shall be. */
function write(folder: string, make: () => Change): Change {
  const path = join(folder, keyFile);
  try {
    return withLock(join(folder, '.lock'), assertHeld => {
      removeLeftovers(path);
      const made = make();
      if (made.done.length === 0) return made;
      assertHeld();
      replaceFile(path, keyFileText(made.after), { mode: 0o600 });
      return made;
    });
  } catch (error) {
    if (error instanceof KeysError) throw error;
    throw new KeysError(error instanceof Locked ? 'ERR_KEYS_LOCKED' : 'ERR_KEYS_NOT_WRITTEN', error instanceof Error ? error.message : String(error));
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    refuseOpen(folder, statSync(folder), 0o077, '0700');
  } catch (error) {
    if (error instanceof KeysError) throw error;
    throw new KeysError('ERR_KEYS_NOT_WRITTEN', `cannot make ${folder}: ${error instanceof Error ? error.message.replace(/^[A-Z]+: ([^,]+),.*$/s, '$1') : String(error)}`);
  }
}
