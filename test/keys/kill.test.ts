import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { generateKeys, phaseOf, publicKeys, readKeys, rotateKeys } from '../../lib/keys/index.ts';
import { Keys, Tokens } from '../../lib/runtime/jwt/index.ts';
import { compiled } from '../compiled.ts';
import { shop } from '../runtime/jwt/shop.ts';

const [killAtWrite, keysCommand] = compiled('test/keys/kill-at-write.ts', 'test/keys/keys-command.ts');
const minute = 60_000;
let top = '';
let folder = '';
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'meshwright-'));
  folder = join(top, 'keys');
});
afterEach(() => { rmSync(top, { recursive: true }); });

interface Outcome {
  readonly killed: boolean;
  readonly changes: number;
}

/** Runs a command of `keys` and kills it at its Nth change of the folder. */
function killedAt(nth: number, command: string, how: 'before' | 'half' = 'before'): Outcome {
  const { signal, status, stderr } = spawnSync(process.execPath, [`--import=${killAtWrite}`, keysCommand, command, folder], {
    encoding: 'utf8', env: { ...process.env, KILL_FOLDER: folder, KILL_AT: String(nth), KILL_HOW: how },
  });
  if (signal !== 'SIGKILL' && status !== 0) throw new Error(`${command} failed without being killed: ${stderr}`);
  return { killed: signal === 'SIGKILL', changes: Number(/changes: (\d+)/.exec(stderr)?.[1]) };
}

/**
 * A folder at a moment when a rotation has all of its steps to do: one key to retire, one to forget the private part of,
 * one to publish. The tokens that live were signed by the last two keys.
 */
async function folderInUse(): Promise<string[]> {
  const tokens: string[] = [];
  const at = (minutes: number, work: (now: number) => void): void => {
    vi.useFakeTimers({ now: Date.now() + minutes * minute, toFake: ['Date'] });
    work(Date.now());
    vi.useRealTimers();
  };
  const sign = (): void => { tokens.push(new Tokens(shop(), { keys: Keys.folder(folder) }).generateJwt(`user ${tokens.length}`)); };
  at(-300, now => { generateKeys(folder, {}, { now }); });
  at(-200, now => { rotateKeys(folder, {}, { now }); });
  at(-100, now => { rotateKeys(folder, {}, { now }); });
  at(-80, sign);
  at(-59, sign);
  tokens.shift();
  at(0, sign);
  await verifiable(tokens);
  return tokens;
}

async function verifiable(tokens: readonly string[]): Promise<void> {
  const verifier = new Tokens(shop(), { keys: Keys.jwks(publicKeys(readKeys(folder))) });
  for (const token of tokens) expect((await verifier.verifyJwt(token)).iss).toBe('https://shop.example');
}

/** What the next run must find and leave, wherever the one before it was killed. */
async function goesOn(tokens: readonly string[]): Promise<void> {
  await verifiable(tokens);
  const during = new Tokens(shop(), { keys: Keys.folder(folder) }).generateJwt('meanwhile');
  rotateKeys(folder);
  const after = readKeys(folder);
  expect(after.keys.map(key => phaseOf(after, key, Date.now()))).toEqual(['past', 'signing', 'next']);
  expect(after.keys.map(({ jwk }) => jwk.d !== undefined)).toEqual([false, true, true]);
  expect(readdirSync(folder)).toEqual(['keys.json']);
  await verifiable([...tokens, during]);
}

test('a rotation that is killed at any of its writes leaves a folder that the next run goes on from', async () => {
  const tokens = await folderInUse();
  cpSync(folder, `${folder}-before`, { recursive: true });
  const { killed, changes } = killedAt(0, 'rotate');
  expect([killed, changes]).toEqual([false, 10]);
  for (let nth = 1; nth <= changes; nth += 1) {
    for (const how of ['before', 'half'] as const) {
      // The third change is the one that writes text.
      if (how === 'half' && nth !== 3) continue;
      restore();
      expect(killedAt(nth, 'rotate', how).killed).toBe(true);
      await goesOn(tokens);
    }
  }
});

test('a run that takes over from a killed one may be killed at any of its writes, too', async () => {
  const tokens = await folderInUse();
  expect(killedAt(3, 'rotate', 'half').killed).toBe(true);
  expect(readdirSync(folder).length).toBe(3);
  cpSync(folder, `${folder}-before`, { recursive: true, verbatimSymlinks: true });
  const { changes } = killedAt(0, 'rotate');
  expect(changes).toBeGreaterThan(13);
  for (let nth = 1; nth <= changes; nth += 1) {
    restore();
    expect(killedAt(nth, 'rotate').killed).toBe(true);
    await goesOn(tokens);
  }
});

test('the first run may be killed at any of its writes', () => {
  const { changes } = killedAt(0, 'generate');
  for (let nth = 1; nth <= changes; nth += 1) {
    rmSync(folder, { recursive: true });
    expect(killedAt(nth, 'generate').killed).toBe(true);
    // All of it or none: whoever runs it again gets the folder, or hears that it is there.
    if (nth > changes - 4) expect(() => generateKeys(folder)).toThrow('holds keys already');
    else generateKeys(folder);
    expect(readKeys(folder).keys.length).toBe(1);
    expect(readdirSync(folder)).toEqual(['keys.json']);
  }
});

function restore(): void {
  rmSync(folder, { recursive: true });
  cpSync(`${folder}-before`, folder, { recursive: true, verbatimSymlinks: true });
}
