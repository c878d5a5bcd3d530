import { spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Locked, withLock } from '../../lib/files/index.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshwright-'));
  path = join(folder, '.lock');
});
afterEach(() => { rmSync(folder, { recursive: true }); });

/** A process that has ended. */
const dead = (): number => spawnSync(process.execPath, ['-e', '']).pid;
const held = (holder: object): void => { symlinkSync(JSON.stringify({ token: 'theirs', pid: process.pid, host: hostname(), since: new Date().toISOString(), ...holder }), path); };

test('work is done once the lock is held, and the lock is given back, however the work ends', () => {
  expect(withLock(path, () => lstatSync(path).isSymbolicLink())).toBe(true);
  expect(() => withLock(path, () => { throw new Error('no luck'); })).toThrow('no luck');
  expect(readdirSync(folder)).toEqual([]);
});

test('a second run is refused while the first is at work, and told who that is', () => {
  withLock(path, () => {
    expect(() => withLock(path, () => 'never')).toThrow(new RegExp(`^another run \\(process ${process.pid} on ${hostname()}, since .*\\) holds ${path}; try again when it is done$`));
  });
});

describe('the lock is taken over', () => {
  test('from a process that is no more', () => {
    held({ pid: dead() });
    expect(withLock(path, () => 'done')).toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('from a process whose id another process has now', () => {
    held({ began: 'at another time' });
    expect(withLock(path, () => 'done')).toBe('done');
  });

  test('from another machine, when it is old', () => {
    held({ host: 'elsewhere', since: new Date(Date.now() - 11 * 60_000).toISOString() });
    expect(withLock(path, () => 'done')).toBe('done');
  });

  test('from one that says nothing that makes sense', () => {
    symlinkSync('{}', path);
    expect(withLock(path, () => 'done')).toBe('done');
  });

  test('even when a run that took it over was killed, too', () => {
    held({ pid: dead() });
    symlinkSync(JSON.stringify({ token: 'second', pid: dead(), host: hostname(), since: new Date().toISOString() }), `${path}.theirs`);
    symlinkSync(JSON.stringify({ token: 'third', pid: dead(), host: hostname(), since: new Date().toISOString() }), `${path}.theirs.second`);
    expect(withLock(path, () => 'done')).toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the lock is not taken over', () => {
  test('from another machine, when it is young', () => {
    held({ host: 'elsewhere' });
    expect(() => withLock(path, () => 'never')).toThrow('on elsewhere');
  });

  test('while another run is taking it over', () => {
    held({ pid: dead() });
    symlinkSync(JSON.stringify({ token: 'second', pid: process.pid, host: hostname(), since: new Date().toISOString() }), `${path}.theirs`);
    expect(() => withLock(path, () => 'never')).toThrow(Locked);
    expect(JSON.parse(readlinkSync(path))).toMatchObject({ token: 'theirs' });
  });

  test('when a file stands where it should', () => {
    writeFileSync(path, 'mine');
    expect(() => withLock(path, () => 'never')).toThrow(`${path} is there and is no lock of this program; remove it if no other run is at work`);
    rmSync(path);
    symlinkSync('null', path);
    expect(() => withLock(path, () => 'never')).toThrow(`${path} is there and is no lock of this program`);
  });
});

test('work that lost its lock is told before it does what cannot be undone, and leaves the lock to its new holder', () => {
  expect(() => withLock(path, assertHeld => {
    rmSync(path);
    held({});
    assertHeld();
  })).toThrow(`${path} was taken over by another run; nothing was written`);
  expect(JSON.parse(readlinkSync(path))).toMatchObject({ token: 'theirs' });
});

test('a folder that cannot be locked is said in a sentence', () => {
  expect(() => withLock(join(folder, 'missing', '.lock'), () => 'never')).toThrow(/^cannot lock .*missing\/\.lock: no such file or directory$/);
});
