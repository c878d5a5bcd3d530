import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { generateKeys, readKeys, retireKeys, rotateKeys } from '../../../lib/keys/index.ts';
import { type FolderKeysOptions, Keys, Tokens } from '../../../lib/runtime/jwt/index.ts';
import { refusal, shop } from './shop.ts';

const minute = 60_000;
let top = '';
let folder = '';
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'meshwright-'));
  folder = join(top, 'keys');
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(top, { recursive: true });
});

const contract = shop();
/** Looks at the folder at every question, so that no test waits. */
const tokensOf = (options: FolderKeysOptions = {}): Tokens => new Tokens(contract, { keys: Keys.folder(folder, { every: 0, ...options }) });
const kidOf = (token: string): string | undefined => jsonwebtoken.decode(token, { complete: true })?.header.kid;

test('a service signs with the key of the folder, and follows a rotation without a restart', async () => {
  // An hour ago, so that what is published now is not yet used, and what was published then is.
  generateKeys(folder, {}, { now: Date.now() - 60 * minute });
  const tokens = tokensOf();
  const before = tokens.generateJwt('alice');
  const next = rotateKeys(folder, {}, { now: Date.now() - 26 * minute }).done.at(-1)?.kid;
  const after = tokens.generateJwt('bob');
  expect(kidOf(after)).toBe(next);
  expect(kidOf(before)).not.toBe(next);
  expect((await tokens.verifyJwt(before)).sub).toBe('alice');
  expect((await tokens.verifyJwt(after)).sub).toBe('bob');
});

test('the next key is published before it signs', () => {
  generateKeys(folder);
  const tokens = tokensOf();
  const first = kidOf(tokens.generateJwt('alice'));
  const next = rotateKeys(folder).done.at(-1)?.kid;
  expect(tokens.jwks().keys.map(({ kid }) => kid)).toEqual([first, next]);
  expect(kidOf(tokens.generateJwt('alice'))).toBe(first);
});

test('a token that names a key of a moment ago makes the folder be read at once', async () => {
  generateKeys(folder, {}, { now: Date.now() - 60 * minute });
  const slow = tokensOf({ every: 3_600_000 });
  rotateKeys(folder, {}, { now: Date.now() - 26 * minute });
  expect((await slow.verifyJwt(tokensOf().generateJwt('alice'))).sub).toBe('alice');
});

test('a revoked key is refused', async () => {
  generateKeys(folder);
  const tokens = tokensOf();
  const token = tokens.generateJwt('alice');
  retireKeys(folder, { kid: kidOf(token), compromised: true });
  expect((await refusal(() => tokens.verifyJwt(token))).code).toBe('ERR_TOKEN_KEY_UNKNOWN');
  expect((await tokens.verifyJwt(tokens.generateJwt('alice'))).sub).toBe('alice');
});

describe('tokens verify against the served JWKS', () => {
  let server: Server;
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  test('through two rotations and a retirement, without a restart of either side', async () => {
    const past = (minutes: number): { now: number } => ({ now: Date.now() - minutes * minute });
    generateKeys(folder, { algorithm: 'ES256' }, past(300));
    const issuer = tokensOf();
    server = createServer(issuer.jwksPage);
    await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
    const verifier = new Tokens(contract, { keys: Keys.remote({ uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, plainHttp: true, cooldown: 0, maxAge: 0 }) });
    const issued = [issuer.generateJwt('alice')];
    rotateKeys(folder, {}, past(85));
    issued.push(issuer.generateJwt('bob'));
    rotateKeys(folder, {}, past(30));
    issued.push(issuer.generateJwt('carol'));
    expect(new Set(issued.map(kidOf)).size).toBe(3);
    expect(await Promise.all(issued.map(async token => (await verifier.verifyJwt(token)).sub))).toEqual(['alice', 'bob', 'carol']);
    // Half an hour from now, the first key has been followed by another for longer than any token lives.
    retireKeys(folder, past(-30));
    expect((await refusal(() => verifier.verifyJwt(issued[0] ?? ''))).code).toBe('ERR_TOKEN_KEY_UNKNOWN');
    expect((await verifier.verifyJwt(issued[2] ?? '')).sub).toBe('carol');
  });
});

describe('a folder is refused', () => {
  test('that is not there', async () => {
    const error = await refusal(() => tokensOf());
    expect([error.code, error.message]).toEqual(['ERR_TOKEN_KEYS_UNAVAILABLE', `the keys cannot be had: ${folder} holds no keys; run meshwright keys generate ${folder}`]);
  });

  test('whose keys others may read', async () => {
    generateKeys(folder);
    chmodSync(join(folder, 'keys.json'), 0o644);
    expect((await refusal(() => tokensOf())).message).toContain('has the permissions 0644, so that others may reach its private keys');
    expect((await refusal(() => tokensOf({ mounted: true }))).message).toContain('run chmod 0440');
  });

  test('whose keys are kept too short for the tokens of the contract', async () => {
    generateKeys(folder, { maxTokenLife: 60 });
    expect((await refusal(() => tokensOf())).message).toContain('tokens of the contract live 3600 s');
  });

  test('whose key has another algorithm than the contract, when it is to sign', async () => {
    generateKeys(folder, { algorithm: 'RS256' });
    expect((await refusal(() => tokensOf().generateJwt('alice'))).message).toBe(`a token cannot be signed: the contract says ES256, and the key of ${folder} is for RS256; make them agree`);
  });

  test('whose key has expired, when it is to sign; what it signed is still verified', async () => {
    generateKeys(folder, { keyLife: 30 * 60 }, { now: Date.now() - 20 * minute });
    const tokens = tokensOf();
    const token = tokens.generateJwt('alice');
    vi.useFakeTimers({ now: Date.now() + 15 * minute, toFake: ['Date'] });
    const error = await refusal(() => tokens.generateJwt('alice'));
    expect([error.code, error.message]).toEqual(['ERR_TOKEN_KEYS_EXPIRED', `no key of ${folder} may sign any more; run meshwright keys rotate ${folder}`]);
    expect((await tokens.verifyJwt(token)).sub).toBe('alice');
  });

  test('when a token should outlive its key', async () => {
    generateKeys(folder);
    const error = await refusal(() => tokensOf().generateJwt('alice', {}, { expiresIn: 7200 }));
    expect([error.code, error.message]).toEqual(['ERR_TOKEN_LIFETIME', 'expiresIn must be at most 3600 s, got 7200 s: the key may be retired before the token ends; rotate with --max-token-life to allow more']);
  });
});

test('a folder that breaks while a service runs leaves it with the keys that it has, and is said once', async () => {
  generateKeys(folder);
  const problems: string[] = [];
  const tokens = tokensOf({ onProblem: error => problems.push(error.message) });
  const good = readFileSync(join(folder, 'keys.json'));
  const { d: secret } = readKeys(folder).keys[0]?.jwk ?? {};
  writeFileSync(join(folder, 'keys.json'), good.subarray(0, good.length - 200));
  for (let i = 0; i < 3; i += 1) expect((await tokens.verifyJwt(tokens.generateJwt('alice'))).sub).toBe('alice');
  expect(problems).toEqual([`cannot read ${join(folder, 'keys.json')}: it is not JSON; put back the last good copy of the folder`]);
  expect(problems.join()).not.toContain(secret);
  writeFileSync(join(folder, 'keys.json'), good);
  const next = rotateKeys(folder).done.at(-1)?.kid;
  expect(tokens.jwks().keys.at(-1)?.kid).toBe(next);
});

test('a mounted Secret is followed when the kubelet swaps its links', () => {
  // As the kubelet lays it out: keys.json -> ..data/keys.json, ..data -> a folder with a time in its name.
  const mount = (name: string, now: number): void => {
    generateKeys(join(top, name), {}, { now });
    chmodSync(join(top, name, 'keys.json'), 0o440);
    symlinkSync(name, join(top, `..data_tmp`));
    renameSync(join(top, '..data_tmp'), join(top, '..data'));
  };
  folder = top;
  mount('..2026_1', Date.now() - minute);
  symlinkSync('..data/keys.json', join(top, 'keys.json'));
  chmodSync(top, 0o755);
  const tokens = tokensOf({ mounted: true });
  const first = kidOf(tokens.generateJwt('alice'));
  mount('..2026_2', Date.now());
  expect(kidOf(tokens.generateJwt('alice'))).not.toBe(first);
  expect(statSync(join(top, 'keys.json')).mode & 0o777).toBe(0o440);
});
