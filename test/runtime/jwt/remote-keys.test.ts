import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Keys, type RemoteKeysOptions, Tokens } from '../../../lib/runtime/jwt/index.ts';
import { pem, refusal, shop } from './shop.ts';

let server: Server;
let uri = '';
let requests = 0;
let answer: RequestListener;
const contract = shop();
const issuer = new Tokens(contract, { keys: Keys.privateKey(pem()) });
const token = issuer.generateJwt('alice');

beforeEach(async () => {
  requests = 0;
  answer = issuer.jwksPage;
  server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
  uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const verifier = (options: RemoteKeysOptions = {}, of = contract): Tokens => new Tokens(of, { keys: Keys.remote({ uri, plainHttp: true, ...options }) });

test('a token is verified by the keys that its issuer serves, fetched once', async () => {
  const tokens = verifier();
  const all = await Promise.all(Array.from({ length: 20 }, () => tokens.verifyJwt(token)));
  expect(all.map(({ sub }) => sub)).toEqual(Array.from({ length: 20 }, () => 'alice'));
  expect(requests).toBe(1);
});

test('the contract says where the keys are', async () => {
  const tokens = new Tokens(shop({ jwksUri: uri, plainHttp: true }));
  expect((await tokens.verifyJwt(token)).sub).toBe('alice');
  expect((await refusal(() => tokens.generateJwt('alice'))).code).toBe('ERR_TOKEN_CANNOT_SIGN');
});

test('a key that is new is fetched when a token names it, and one that is gone is refused once the cache is old', async () => {
  const next = new Tokens(contract, { keys: Keys.privateKey(pem()) });
  const tokens = verifier({ cooldown: 0 });
  await tokens.verifyJwt(token);
  answer = (_, response) => response.end(JSON.stringify({ keys: [...issuer.jwks().keys, ...next.jwks().keys] }));
  expect((await tokens.verifyJwt(next.generateJwt('bob'))).sub).toBe('bob');
  expect((await tokens.verifyJwt(token)).sub).toBe('alice');
  const forgetful = verifier({ maxAge: 0 });
  await forgetful.verifyJwt(token);
  answer = next.jwksPage;
  expect((await refusal(() => forgetful.verifyJwt(token))).code).toBe('ERR_TOKEN_KEY_UNKNOWN');
});

test('tokens with made-up key ids cannot make it ask again and again', async () => {
  const tokens = verifier();
  await tokens.verifyJwt(token);
  for (let i = 0; i < 20; i += 1) {
    const stranger = new Tokens(contract, { keys: Keys.generated() });
    expect((await refusal(() => tokens.verifyJwt(stranger.generateJwt('eve')))).code).toBe('ERR_TOKEN_KEY_UNKNOWN');
  }
  expect(requests).toBe(1);
});

test('a key without an algorithm is taken for the one of the contract', async () => {
  const rsa = shop({ algorithm: 'PS256' });
  const issuer = new Tokens(rsa, { keys: Keys.privateKey(pem('RS256')) });
  answer = (_, response) => response.end(JSON.stringify({ keys: issuer.jwks().keys.map(({ kty, n, e, kid }) => ({ kty, n, e, kid })) }));
  expect((await verifier({}, rsa).verifyJwt(issuer.generateJwt('alice'))).sub).toBe('alice');
});

test('a key of another algorithm, or a weak one, is no key', async () => {
  const other = new Tokens(shop({ algorithm: 'RS256' }), { keys: Keys.privateKey(pem('RS256')) });
  answer = other.jwksPage;
  expect((await refusal(() => verifier().verifyJwt(token))).code).toBe('ERR_TOKEN_KEY_UNKNOWN');
});

const endless: RequestListener = (_, response) => {
  response.on('error', () => undefined);
  const more = (): void => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
};

describe('a server that answers badly makes the keys unavailable, and says why:', () => {
  const cases: readonly (readonly [string, RequestListener, string])[] = [
    ['it is broken', (_, response) => response.writeHead(500).end('oops'), 'it answered 500'],
    ['it redirects', (_, response) => response.writeHead(302, { location: uri }).end(), 'it answered 302, and redirects are not followed'],
    ['it has no end', endless, 'it answered with more than 1048576 bytes'],
    ['it unfolds', (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000))), 'it answered with more than 1048576 bytes'],
    ['it is silent', () => undefined, 'it did not answer in time'],
    ['it stops in the middle', (_, response) => { response.write('{"keys":['); }, 'it did not answer in time'],
    ['it says nothing', (_, response) => response.end(), 'its answer is not JSON'],
    ['it is a web page', (_, response) => response.end('<html>'), 'its answer is not JSON'],
    ['it is something else', (_, response) => response.end('{"keys":5}'), 'JSON Web Key Set malformed'],
    ['it hangs up', request => request.socket.destroy(), 'it cannot be reached (UND_ERR_SOCKET)'],
  ];
  test.each(cases)('%s', async (_, how, message) => {
    answer = how;
    const error = await refusal(() => verifier({ timeout: message === 'it did not answer in time' ? 500 : 20_000 }).verifyJwt(token));
    expect([error.code, error.status]).toEqual(['ERR_TOKEN_KEYS_UNAVAILABLE', 503]);
    expect(error.message).toBe(`the keys cannot be had: ${uri}: ${message}`);
  });

  test('it is down', async () => {
    server.close();
    expect((await refusal(() => verifier().verifyJwt(token))).message).toBe(`the keys cannot be had: ${uri}: it cannot be reached (ECONNREFUSED)`);
  });
});

test('a server that is broken is not asked by every request', async () => {
  answer = (_, response) => response.writeHead(500).end();
  const tokens = verifier();
  for (let i = 0; i < 50; i += 1) expect((await refusal(() => tokens.verifyJwt(token))).code).toBe('ERR_TOKEN_KEYS_UNAVAILABLE');
  expect(requests).toBeLessThan(10);
});

test('keys that are known stay in use while the server is away, for as long as allowed', async () => {
  const patient = verifier({ maxAge: 0, cooldown: 0 });
  const strict = verifier({ maxAge: 0, maxStale: 0, cooldown: 0 });
  await patient.verifyJwt(token);
  await strict.verifyJwt(token);
  answer = (_, response) => response.writeHead(503).end();
  expect((await patient.verifyJwt(token)).sub).toBe('alice');
  expect((await refusal(() => strict.verifyJwt(token))).code).toBe('ERR_TOKEN_KEYS_UNAVAILABLE');
  const stranger = new Tokens(contract, { keys: Keys.generated() });
  expect((await refusal(() => patient.verifyJwt(stranger.generateJwt('eve')))).code).toBe('ERR_TOKEN_KEYS_UNAVAILABLE');
  answer = issuer.jwksPage;
  expect((await strict.verifyJwt(token)).sub).toBe('alice');
});

describe('the page of the public keys', () => {
  test('is a JWKS of public parts', async () => {
    const response = await fetch(uri);
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([200, 'application/jwk-set+json', 'public, max-age=60']);
    const { keys } = await response.json() as { keys: object[] };
    expect(keys.map(key => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']]);
  });

  test('is only read', async () => {
    expect(await (await fetch(uri, { method: 'HEAD' })).text()).toBe('');
    const response = await fetch(uri, { method: 'POST' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('is not there where a secret signs', async () => {
    answer = new Tokens(contract, { keys: Keys.hs256SharedSecret('x'.repeat(32)) }).jwksPage;
    const response = await fetch(uri);
    expect([response.status, await response.text()]).toEqual([404, '']);
  });
});
