import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generateKeys, KeysError, readKeys, retireKeys, rotateKeys } from '../../lib/keys/index.ts';
import { compiled } from '../compiled.ts';

const [keysCommand] = compiled('test/keys/keys-command.ts');
let top = '';
let folder = '';
let file = '';
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'meshwright-'));
  folder = join(top, 'keys');
  file = join(folder, 'keys.json');
});
afterEach(() => { rmSync(top, { recursive: true }); });

/** What a call is refused with, and proof that it changed nothing. */
function refused(call: () => unknown): [string, string] {
  const before = readdirSync(folder).map(name => `${name} ${readFileSync(join(folder, name), 'utf8')}`);
  try {
    call();
  } catch (error) {
    if (!(error instanceof KeysError)) throw error;
    expect(readdirSync(folder).map(name => `${name} ${readFileSync(join(folder, name), 'utf8')}`)).toEqual(before);
    return [error.code, error.message];
  }
  throw new Error('nothing was refused');
}

test('a folder is its owner\'s alone, and holds one file', () => {
  generateKeys(folder);
  expect(readdirSync(folder)).toEqual(['keys.json']);
  expect([statSync(folder).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
  rotateKeys(folder);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('what is written is read as it was', () => {
  for (const algorithm of ['ES256', 'RS256', 'PS256'] as const) {
    const { after } = generateKeys(join(folder, algorithm), { algorithm, maxTokenLife: 60, refresh: 10, keyLife: 3600 });
    expect(readKeys(join(folder, algorithm))).toEqual(after);
  }
});

test('a dry run changes nothing', () => {
  expect(generateKeys(folder, {}, { dryRun: true }).done.map(({ do: what }) => what)).toEqual(['publish', 'sign']);
  expect(readdirSync(top)).toEqual([]);
  generateKeys(folder);
  const before = readFileSync(file, 'utf8');
  expect(rotateKeys(folder, {}, { dryRun: true }).done.map(({ do: what }) => what)).toEqual(['publish']);
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('keys are never made where there are keys', () => {
  generateKeys(folder);
  expect(refused(() => generateKeys(folder))).toEqual(['ERR_KEYS_EXIST', `${folder} holds keys already; run meshwright keys rotate ${folder}`]);
});

test('a folder that has expired is mended by a rotation', () => {
  const now = Date.now();
  generateKeys(folder, { keyLife: 3600 }, { now: now - 2 * 3_600_000 });
  const { after } = rotateKeys(folder, {}, { now });
  expect(after.keys.map(({ activeFrom }) => activeFrom > now)).toEqual([false, true]);
});

describe('a folder is refused, and left as it is,', () => {
  test('when it holds no keys', () => {
    mkdirSync(folder, { mode: 0o700 });
    expect(refused(() => rotateKeys(folder))).toEqual(['ERR_KEYS_MISSING', `${folder} holds no keys; run meshwright keys generate ${folder}`]);
  });

  test.each([[0o755, 0o600, 'keys', '0755', '0700'], [0o700, 0o640, 'keys/keys.json', '0640', '0600']])('when others may reach it: %s %s', (folderMode, fileMode, path, given, wanted) => {
    generateKeys(folder);
    chmodSync(file, fileMode);
    chmodSync(folder, folderMode);
    for (const call of [() => rotateKeys(folder), () => retireKeys(folder), () => readKeys(folder)]) {
      expect(refused(call)).toEqual(['ERR_KEYS_PERMISSIONS', `${join(top, path)} has the permissions ${given}, so that others may reach its private keys; run chmod ${wanted} ${join(top, path)}, and rotate if someone may have`]);
    }
  });

  const damage: readonly (readonly [string, (text: string) => string, string])[] = [
    ['cut off', text => text.slice(0, -100), 'it is not JSON'],
    ['empty', () => '', 'it is not JSON'],
    ['something else', () => '[]', 'it is not an object'],
    ['of another release', text => text.replace('"version": 1', '"version": 2'), 'its version is not 1: another release of Meshwright wrote it'],
    ['without settings', text => text.replace('"refresh"', '"fresh"'), 'its settings are not complete'],
    ['without keys', text => text.replace(/"keys": \[.*\]/s, '"keys": []'), 'it holds no key'],
    ['changed in its key', text => text.replace(/"x": "(.)/, (_, letter) => `"x": "${letter === 'A' ? 'B' : 'A'}`), 'its key 1 of 1 is no key of its algorithm'],
    ['changed in its id', text => text.replace(/"kid": ".../, '"kid": "abc'), 'its key 1 of 1 does not have the id that its material gives'],
    ['without its times', text => text.replace(/"activeFrom": "[^"]*"/, '"activeFrom": "soon"'), 'its key 1 of 1 has a time that is none'],
    ['of another algorithm', text => text.replaceAll('ES256', 'RS256'), 'its key 1 of 1 is no key of its algorithm'],
  ];
  test.each(damage)('when its file is %s; no word of it is quoted', (_, change, message) => {
    generateKeys(folder);
    const secret = readKeys(folder).keys[0]?.jwk.d ?? '';
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    const [code, said] = refused(() => rotateKeys(folder));
    expect([code, said]).toEqual(['ERR_KEYS_UNREADABLE', `cannot read ${file}: ${message}; put back the last good copy of the folder`]);
    expect(said).not.toContain(secret);
  });

  test('when its file is a link, which a change would replace; it is read all the same', () => {
    const { after } = generateKeys(join(top, 'elsewhere'));
    mkdirSync(folder, { mode: 0o700 });
    symlinkSync(join(top, 'elsewhere', 'keys.json'), file);
    expect(refused(() => rotateKeys(folder))).toEqual(['ERR_KEYS_NOT_WRITTEN', `cannot write ${file}: it is a link, and a change would leave what it points to as it was; change the folder that it points to`]);
    expect(readKeys(folder)).toEqual(after);
    rmSync(join(top, 'elsewhere'), { recursive: true });
    expect(() => readKeys(folder)).toThrow(`cannot read ${file}: it is a link to what is missing`);
  });

  test('when it is a file', () => {
    writeFileSync(folder, '', { mode: 0o600 });
    expect(() => rotateKeys(folder)).toThrow(`cannot read ${folder}: it is no folder`);
  });

  test('when another run is at work', () => {
    generateKeys(folder);
    const before = readFileSync(file, 'utf8');
    symlinkSync(JSON.stringify({ token: 'theirs', pid: process.pid, host: hostname(), since: '2026-01-01T00:00:00Z' }), join(folder, '.lock'));
    expect(() => rotateKeys(folder)).toThrow(expect.objectContaining({ code: 'ERR_KEYS_LOCKED', message: `another run (process ${process.pid} on ${hostname()}, since 2026-01-01T00:00:00Z) holds ${join(folder, '.lock')}; try again when it is done` }));
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

test('of many rotations at once one is made, each other says so or finds it made, and no key is lost', async () => {
  generateKeys(folder);
  const [first] = readKeys(folder).keys;
  const runs = await Promise.all(Array.from({ length: 6 }, () => new Promise<{ status: number | null; stderr: string }>(resolve => {
    const child = spawn(process.execPath, [keysCommand, 'rotate', folder], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => { stderr += text.toString(); });
    child.on('close', status => { resolve({ status, stderr }); });
  })));
  expect(runs.filter(({ status, stderr }) => status !== 0 && !(status === 2 && /^another run .* try again when it is done$/.test(stderr)))).toEqual([]);
  expect(runs.some(({ status }) => status === 0)).toBe(true);
  expect(readKeys(folder).keys.map(({ kid }) => kid)).toEqual([first?.kid, expect.any(String)]);
  expect(readdirSync(folder)).toEqual(['keys.json']);
});

test('of many runs that take over from a killed one, one rotation is made, too', async () => {
  generateKeys(folder);
  symlinkSync(JSON.stringify({ token: 'theirs', pid: 2 ** 22 + 1, host: hostname(), since: '2026-01-01T00:00:00Z' }), join(folder, '.lock'));
  cpSync(file, join(folder, '.keys.json.tmp-0a'));
  await Promise.all(Array.from({ length: 6 }, () => new Promise(resolve => { spawn(process.execPath, [keysCommand, 'rotate', folder], { stdio: 'ignore' }).on('close', resolve); })));
  expect(readKeys(folder).keys.length).toBe(2);
  expect(readdirSync(folder)).toEqual(['keys.json']);
});
