import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Another run holds the lock. */
export class Locked extends Error {
  readonly code = 'ERR_LOCKED';
}

/** Who holds a lock. */
interface Holder {
  readonly token: string;
  readonly pid: number;
  /** When the process began, in the system's own count: a process id is given again, this is not. */
  readonly began: string | undefined;
  readonly host: string;
  /** In ISO 8601. */
  readonly since: string;
}

/** After this long, a lock of another machine is taken to be left behind: its process cannot be asked. */
const foreignLockLife = 10 * 60_000;

/**
 * Does work that only one process at a time may do. The lock of a process that is no more is taken over.
 *
 * The lock is a symbolic link whose target says who holds it: it is there with its holder or not at all.
 * @param work - is given a check to make before what cannot be undone: it throws when the lock was lost
 * @throws Locked, when another run holds it
 */
export function withLock<Result>(path: string, work: (assertHeld: () => void) => Result): Result {
  const me: Holder = { token: randomBytes(8).toString('hex'), pid: process.pid, began: beganAt(process.pid), host: hostname(), since: new Date().toISOString() };
  acquire(path, me);
  try {
    removeAbandonedClaims(path);
    return work(() => {
      if (holderOf(path)?.token !== me.token) throw new Locked(`${path} was taken over by another run; nothing was written`);
    });
  } finally {
    if (holderOf(path)?.token === me.token) unlink(path);
  }
}

function acquire(path: string, me: Holder): void {
  for (;;) {
    if (link(path, me)) return;
    const holder = holderOf(path);
    // Given back since.
    if (holder === undefined) continue;
    if (isAtWork(holder)) throw new Locked(`another run (process ${holder.pid} on ${holder.host}, since ${holder.since}) holds ${path}; try again when it is done`);
    takeAway(path, holder, me);
  }
}

/**
 * Removes the lock of a dead holder. Who may do so is decided by a lock of its own, named after the holder: without it, a
 * slow run could remove the lock that a quick one has taken since.
 */
function takeAway(path: string, dead: Holder, me: Holder): void {
  const claim = `${path}.${dead.token}`;
  acquire(claim, me);
  if (holderOf(path)?.token === dead.token) unlink(path);
  unlink(claim);
}

/** Claims that killed runs left; none of them can matter while the lock itself is held. */
function removeAbandonedClaims(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    if (name.startsWith(`${basename(path)}.`)) unlink(join(dirname(path), name));
  }
}

function link(path: string, me: Holder): boolean {
  try {
    symlinkSync(JSON.stringify(me), path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new Error(`cannot lock ${path}: ${error instanceof Error ? error.message.replace(/^[A-Z]+: ([^,]+),.*$/s, '$1') : String(error)}`, { cause: error });
  }
}

function unlink(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function holderOf(path: string): Holder | undefined {
  try {
    const holder = JSON.parse(readlinkSync(path)) as Holder | null;
    if (holder !== null) return holder;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
  }
  throw new Locked(`${path} is there and is no lock of this program; remove it if no other run is at work`);
}

function isAtWork({ pid, began, host, since }: Holder): boolean {
  if (host !== hostname()) return Date.now() - Date.parse(since) < foreignLockLife;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // A process of another user may not be asked, but is there.
    if (codeOf(error) !== 'EPERM') return false;
  }
  return began === undefined || beganAt(pid) === began;
}

/**
 * When a process began; undefined where the system does not say, and for a process that has ended but was not waited for.
 *
 * Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
function beganAt(pid: number): string | undefined {
  try {
    // The name, in parentheses, may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
