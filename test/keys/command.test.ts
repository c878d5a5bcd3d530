import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keysGenerateCommand, keysPublishCommand, keysRetireCommand, keysRotateCommand } from '../../lib/cli/keys.ts';
import { generateKeys, readKeys } from '../../lib/keys/index.ts';
import { compiled } from '../compiled.ts';

const [main] = compiled('lib/cli/main.ts');
let top = '';
let folder = '';
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'meshwright-'));
  folder = join(top, 'keys');
});
afterEach(() => { rmSync(top, { recursive: true }); });

const text = { format: 'text' };
const json = { format: 'json' };
/** Text without what differs between runs. */
const plain = (out: string): string => out.replaceAll(folder, 'keys').replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME').replaceAll(/[\w-]{43}/g, 'KID');

test('generate, rotate and retire say what was done, and what is to come', () => {
  expect(plain(keysGenerateCommand(folder, text).stdout)).toBe('keys:\n  TIME  done           publish key KID\n  TIME  done           sign with key KID\n  TIME  to come        rotate again at the latest, before key KID ends\n');
  expect(plain(keysRotateCommand(folder, { ...text, dryRun: true }).stdout)).toBe(
    'keys: a dry run, nothing is written\n  TIME  would be done  publish key new\n  TIME  to come        sign with key new\n  TIME  to come        retire key KID: no token that it signed is alive\n  TIME  to come        rotate again at the latest, before key new ends\n',
  );
  expect(readKeys(folder).keys.length).toBe(1);
  expect(plain(keysRotateCommand(folder, text).stdout)).toContain('keys:\n  TIME  done           publish key KID\n  TIME  to come        sign with key KID\n');
  expect(plain(keysRetireCommand(folder, undefined, text).stdout)).toContain('keys: nothing to do now\n');
});

test('JSON says the same to programs, and nothing private', () => {
  keysGenerateCommand(folder, json);
  const { stdout } = keysRotateCommand(folder, json);
  const said = JSON.parse(stdout) as { keys: { phase: string }[]; done: { do: string }[]; upcoming: { do: string }[] };
  expect(said.keys.map(({ phase }) => phase)).toEqual(['signing', 'next']);
  expect([said.done, said.upcoming].map(steps => steps.map(({ do: what }) => what))).toEqual([['publish'], ['sign', 'retire', 'rotate again']]);
  for (const { jwk } of readKeys(folder).keys) expect(stdout).not.toContain(jwk.d);
});

test('publish gives the public parts of all keys, also to a file', () => {
  keysGenerateCommand(folder, { ...text, algorithm: 'RS256' });
  const { stdout } = keysPublishCommand(folder, text);
  const { keys } = JSON.parse(stdout) as { keys: object[] };
  expect(keys.map(key => Object.keys(key))).toEqual([['e', 'kty', 'n', 'kid', 'alg', 'use']]);
  const out = join(top, 'jwks.json');
  expect(keysPublishCommand(folder, { ...text, out }).status).toBe(0);
  expect(readFileSync(out, 'utf8')).toBe(stdout);
  expect(keysPublishCommand(folder, { ...text, out: join(top, 'missing', 'jwks.json') })).toMatchObject({ status: 2, stdout: '' });
  const itself = `${folder}/./keys.json`;
  expect(() => keysPublishCommand(folder, { ...text, out: itself })).toThrow(`--out must be another file than that of the keys themselves, got ${itself}`);
});

test('a folder without a key that may sign is said, whatever the command', () => {
  generateKeys(folder, { keyLife: 3600 }, { now: Date.now() - 2 * 3_600_000 });
  const { status, stderr = '' } = keysPublishCommand(folder, text);
  expect([status, plain(stderr)]).toEqual([0, 'no key of keys may sign: key KID expired at TIME; run meshwright keys rotate keys']);
  expect(plain(keysRotateCommand(folder, text).stderr ?? '')).toBe('no key of keys may sign: key KID expired at TIME; key KID signs from TIME');
});

test.each([
  [{ maxTokenLife: '1' }, '--max-token-life must be a duration of whole seconds such as 20m, 1h or 90d, got "1"'],
  [{ keyLife: '0.5s' }, '--key-life must be a duration of whole seconds'],
  [{ refresh: '-1m' }, '--refresh must be a duration of whole seconds'],
  [{ algorithm: 'HS256' }, '--algorithm must be one of ES256, RS256, PS256, got "HS256"'],
])('settings that make no sense are refused: %j', (flags, message) => {
  expect(() => keysGenerateCommand(folder, { ...text, ...flags })).toThrow(message);
});

test('meshwright keys runs them, and answers mistakes with one sentence and status 2', () => {
  const meshwright = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [main, 'keys', ...args], { encoding: 'utf8' });
  expect(meshwright('generate', folder, '--max-token-life', '2h', '--key-life', '30d')).toMatchObject({ status: 0, stderr: '' });
  expect(readKeys(folder).settings).toEqual({ algorithm: 'ES256', maxTokenLife: 7200, refresh: 1200, keyLife: 2_592_000 });
  expect(meshwright('generate', folder)).toMatchObject({ status: 2, stdout: '', stderr: `meshwright: ${folder} holds keys already; run meshwright keys rotate ${folder}\n` });
  expect(meshwright('retire', folder, '--compromised')).toMatchObject({ status: 2, stderr: 'meshwright: --compromised needs the id of the key that may be in other hands\n' });
  expect(meshwright('turn', folder)).toMatchObject({ status: 2, stderr: "meshwright: unknown command 'turn'\n" });
});
