import { createPrivateKey, createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import jsonwebtoken from 'jsonwebtoken';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Keys, TokenExpired, Tokens } from '../../../lib/runtime/jwt/index.ts';
import { forged, pem, refusal, shop } from './shop.ts';

const contract = shop();
const key = pem();
const tokens = new Tokens(contract, { keys: Keys.privateKey(key) });
const codeOf = async (token: unknown, verifier = tokens): Promise<string> => (await refusal(() => verifier.verifyJwt(token as string))).code;

const kid = tokens.jwks().keys[0]?.kid as string;
const seconds = (): number => Math.floor(Date.now() / 1000);
/** A token of our key, with any payload. */
const signed = (payload: object, header: object = {}): string => jsonwebtoken.sign(JSON.stringify({ iss: contract.token?.issuer, aud: 'shop', sub: 'alice', iat: seconds(), exp: seconds() + 60, ...payload }), createPrivateKey(key), { algorithm: 'ES256', header: { alg: 'ES256', typ: 'JWT', kid, ...header } });

afterEach(() => { vi.useRealTimers(); });

describe.each(['ES256', 'RS256', 'PS256'] as const)('with %s', algorithm => {
  test('a token says what was asked for, and is verified', async () => {
    const those = new Tokens(shop({ algorithm }), { keys: Keys.generated() });
    const token = those.generateJwt('alice', { role: 'clerk' });
    const { exp, iat = NaN, ...claims } = await those.verifyJwt(token);
    expect(claims).toEqual({ iss: 'https://shop.example', sub: 'alice', aud: 'shop', role: 'clerk' });
    expect(exp - iat).toBe(3600);
    expect(jsonwebtoken.decode(token, { complete: true })?.header).toEqual({ alg: algorithm, typ: 'JWT', kid: those.jwks().keys[0]?.kid });
  });
});

test('a token lives as long as it is said to', async () => {
  const { exp, iat = NaN } = await tokens.verifyJwt(tokens.generateJwt('alice', {}, { expiresIn: 60 }));
  expect(exp - iat).toBe(60);
});

test('a token may be for one of several audiences', async () => {
  const both = new Tokens(shop({ audience: ['shop', 'till'] }), { keys: Keys.privateKey(key) });
  expect((await both.verifyJwt(both.generateJwt('alice'))).aud).toEqual(['shop', 'till']);
  expect((await both.verifyJwt(both.generateJwt('alice', {}, { audience: 'till' }))).aud).toBe('till');
  expect((await refusal(() => both.generateJwt('alice', {}, { audience: 'bank' }))).message).toBe('audience must be one of shop, till, got "bank"');
  expect(await codeOf(both.generateJwt('alice', {}, { audience: 'till' }))).toBe('ERR_TOKEN_AUDIENCE');
});

test('whatever JSON a claim is, it comes out as it went in', async () => {
  await fc.assert(fc.asyncProperty(fc.dictionary(fc.string({ minLength: 1 }).filter(name => !['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti', '__proto__'].includes(name)), fc.jsonValue({ maxDepth: 2 })), fc.string({ minLength: 1 }), async (claims, subject) => {
    const { iss: _iss, aud: _aud, exp: _exp, iat: _iat, ...rest } = await tokens.verifyJwt(tokens.generateJwt(subject, claims));
    expect(rest).toEqual(JSON.parse(JSON.stringify({ ...claims, sub: subject })));
  }), { numRuns: 50 });
});

describe('a token is not made', () => {
  test.each(['iss', 'sub', 'aud', 'exp', 'iat'])('with a claim of its own for %s', async name => {
    const error = await refusal(() => tokens.generateJwt('alice', { [name]: 'mine' }));
    expect([error.code, error.message]).toEqual(['ERR_TOKEN_CLAIM', `claims may not have ${name}: it is set by generateJwt; leave it out`]);
  });

  test.each([0, -1, 1.5, NaN, Infinity, '1h'])('for a lifetime of %s', async expiresIn => {
    expect((await refusal(() => tokens.generateJwt('alice', {}, { expiresIn: expiresIn as number }))).code).toBe('ERR_TOKEN_LIFETIME');
  });

  test.each([
    ['an empty subject', '', {}],
    ['a claim that is no JSON', 'alice', { big: 1n }],
    ['a time that is no number', 'alice', { nbf: 'soon' }],
    ['more claims than a header holds', 'alice', { text: 'x'.repeat(20_000) }],
  ])('with %s', async (_, subject, claims) => {
    expect((await refusal(() => tokens.generateJwt(subject, claims))).code).toBe('ERR_TOKEN_CLAIM');
  });
});

describe('a token is refused with a code of its own', () => {
  const at = (time: number): string => {
    vi.useFakeTimers({ now: time, toFake: ['Date'] });
    const token = tokens.generateJwt('alice', {}, { expiresIn: 60 });
    vi.useRealTimers();
    return token;
  };

  test('when it has expired', async () => {
    const error = await refusal(() => tokens.verifyJwt(at(Date.now() - 100_000)));
    expect(error).toBeInstanceOf(TokenExpired);
    expect([error.code, error.status]).toEqual(['ERR_TOKEN_EXPIRED', 401]);
    expect((error as TokenExpired).expiredAt.getTime()).toBeLessThan(Date.now() - 30_000);
  });

  test('when it is not valid yet', async () => {
    expect(await codeOf(tokens.generateJwt('alice', { nbf: seconds() + 300 }))).toBe('ERR_TOKEN_NOT_YET_VALID');
  });

  test('when the clock of its issuer is ahead', async () => {
    expect(await codeOf(at(Date.now() + 300_000))).toBe('ERR_TOKEN_CLOCK_SKEW');
  });

  test('when its payload was changed', async () => {
    const [header, payload = '', signature] = tokens.generateJwt('alice', { role: 'clerk' }).split('.');
    const changed = Buffer.from(Buffer.from(payload, 'base64url').toString().replace('clerk', 'owner')).toString('base64url');
    expect(await codeOf(`${header}.${changed}.${signature}`)).toBe('ERR_TOKEN_SIGNATURE');
  });

  test('when its signature is gone', async () => {
    expect(await codeOf(tokens.generateJwt('alice').replace(/[^.]+$/, ''))).toBe('ERR_TOKEN_SIGNATURE');
  });

  test.each(['none', 'None', 'NONE'])('when its algorithm is %s', async alg => {
    expect(await codeOf(forged({ alg, typ: 'JWT', kid }, { sub: 'alice' }, ''))).toBe('ERR_TOKEN_UNSIGNED');
    expect(await codeOf(forged({ alg, typ: 'JWT', kid }, { sub: 'alice' }))).toBe('ERR_TOKEN_UNSIGNED');
  });

  test.each(['HS256', 'HS384', 'HS512'] as const)('when the public key was taken for the secret of %s', async algorithm => {
    const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' });
    const token = jsonwebtoken.sign({ iss: 'https://shop.example', aud: 'shop', sub: 'alice' }, publicPem, { algorithm, keyid: kid, expiresIn: 60 });
    expect(await codeOf(token)).toBe('ERR_TOKEN_KEY_CONFUSION');
  });

  test('when it is signed with another algorithm', async () => {
    const other = new Tokens(shop({ algorithm: 'RS256' }), { keys: Keys.privateKey(pem('RS256')) });
    expect(await codeOf(other.generateJwt('alice'))).toBe('ERR_TOKEN_ALGORITHM');
  });

  test('when it names another key', async () => {
    const other = new Tokens(contract, { keys: Keys.generated() });
    const error = await refusal(() => tokens.verifyJwt(other.generateJwt('alice')));
    expect([error.code, error.message]).toEqual(['ERR_TOKEN_KEY_UNKNOWN', `no key has the id that the token names, "${String(other.jwks().keys[0]?.kid)}"`]);
  });

  test('when it names our key and is signed with another', async () => {
    const stranger = jsonwebtoken.sign({ iss: 'https://shop.example', aud: 'shop', sub: 'alice' }, pem(), { algorithm: 'ES256', keyid: kid, expiresIn: 60 });
    expect(await codeOf(stranger)).toBe('ERR_TOKEN_SIGNATURE');
  });

  test.each(['iss', 'aud', 'exp'])('when it has no %s', async claim => {
    const error = await refusal(() => tokens.verifyJwt(signed({ [claim]: undefined })));
    expect([error.code, error.message]).toEqual(['ERR_TOKEN_CLAIM_MISSING', `the token has no claim ${claim}`]);
  });

  test.each([
    ['another issuer', { iss: 'https://shop.example/' }, 'ERR_TOKEN_ISSUER'],
    ['another audience', { aud: ['bank', 'shops'] }, 'ERR_TOKEN_AUDIENCE'],
    ['an audience that is no text', { aud: { shop: true } }, 'ERR_TOKEN_AUDIENCE'],
    ['an end that is no number', { exp: 'never' }, 'ERR_TOKEN_MALFORMED'],
    ['a beginning that is no number', { nbf: [] }, 'ERR_TOKEN_MALFORMED'],
    ['an issue time that is no number', { iat: 'now' }, 'ERR_TOKEN_MALFORMED'],
    ['an issue time that no clock can show', { iat: 1e300 }, 'ERR_TOKEN_CLOCK_SKEW'],
  ])('when it has %s', async (_, payload, code) => {
    expect(await codeOf(signed(payload))).toBe(code);
  });

  test('when it asks for an extension that is not known', async () => {
    expect(await codeOf(signed({}, { crit: ['b64'], b64: false }))).toBe('ERR_TOKEN_MALFORMED');
  });

  test.each([undefined, null, ''])('when it is %j', async token => {
    expect(await codeOf(token)).toBe('ERR_TOKEN_MISSING');
  });

  test.each([
    42, {}, [], 'token', 'a.b', 'a.b.c', 'a.b.c.d', '..', 'Bearer a.b.c', '💥.💥.💥',
    forged([], {}), forged({}, {}), forged({ alg: 7 }, {}), forged({ alg: 'ES256', kid: 7 }, {}), `${forged({ alg: 'ES256' }, {}).split('.')[0]}.%%%.c`,
    `${forged({ alg: 'ES256', typ: 'JWT', kid: '' }, {}).split('.')[0]}`,
  ])('when it is no token: %j', async token => {
    expect(await codeOf(token)).toBe('ERR_TOKEN_MALFORMED');
  });
});

test('a token longer than any header is refused before it is looked at', async () => {
  const error = await refusal(() => tokens.verifyJwt(`${'a'.repeat(20_000)}.b.c`));
  expect([error.code, error.message]).toEqual(['ERR_TOKEN_MALFORMED', 'the token cannot be read: it has 20004 characters, more than 16384']);
});

test('a token without a key id is verified by the only key', async () => {
  expect((await tokens.verifyJwt(signed({}, { kid: undefined }))).sub).toBe('alice');
});

test('a clock may be behind or ahead by what the contract tolerates', async () => {
  const strict = new Tokens(shop({ clockToleranceSeconds: 0 }), { keys: Keys.privateKey(key) });
  const ended = signed({ iat: seconds() - 60, exp: seconds() - 10 });
  expect((await tokens.verifyJwt(ended)).sub).toBe('alice');
  expect(await codeOf(ended, strict)).toBe('ERR_TOKEN_EXPIRED');
  const early = signed({ iat: seconds() + 10, nbf: seconds() + 10 });
  expect((await tokens.verifyJwt(early)).sub).toBe('alice');
  expect(await codeOf(early, strict)).toBe('ERR_TOKEN_NOT_YET_VALID');
  expect(await codeOf(signed({ iat: seconds() + 10 }), strict)).toBe('ERR_TOKEN_CLOCK_SKEW');
});

test('no message holds a token or a key, whatever is refused', async () => {
  const secret = createPrivateKey(key).export({ format: 'jwk' }).d as string;
  const token = tokens.generateJwt('alice', { nbf: seconds() + 300 });
  await fc.assert(fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom('', 'A', '.', '-', '"'), async (i, letter) => {
    const changed = token.slice(0, i) + letter + token.slice(i + 1);
    const error = await refusal(() => tokens.verifyJwt(changed));
    for (const part of [...changed.split('.').filter(text => text.length > 20), secret, key.split('\n')[1] ?? '']) {
      expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(part);
    }
  }), { numRuns: 200 });
});

describe('HS256', () => {
  const secret = 'a secret that nobody else knows, of 32 bytes or more';

  test('signs and verifies with a shared secret, where it is asked for by its name', async () => {
    const those = new Tokens(contract, { keys: Keys.hs256SharedSecret(secret) });
    const token = those.generateJwt('alice');
    expect((await those.verifyJwt(token)).sub).toBe('alice');
    expect(jsonwebtoken.decode(token, { complete: true })?.header.alg).toBe('HS256');
    expect(await codeOf(tokens.generateJwt('alice'), those)).toBe('ERR_TOKEN_ALGORITHM');
  });

  test('publishes nothing: its key would sign for everyone', async () => {
    const error = await refusal(() => new Tokens(contract, { keys: Keys.hs256SharedSecret(secret) }).jwks());
    expect(error.message).toContain('a secret signs them, which must not be published');
  });

  test('wants a secret that cannot be guessed', async () => {
    expect((await refusal(() => new Tokens(contract, { keys: Keys.hs256SharedSecret('secret') }))).message).toBe('a token cannot be signed: a secret for HS256 needs at least 32 bytes, got 6');
  });
});

describe('keys are refused', () => {
  test.each([
    ['that are no keys', Keys.privateKey('-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----'), 'the private key cannot be read'],
    ['of another algorithm', Keys.privateKey(pem('RS256')), 'the private key is not one for ES256, which the contract says'],
    ['that are private, given as a JWKS', Keys.jwks({ keys: [createPrivateKey(key).export({ format: 'jwk' })] }), 'give public keys only'],
    ['that are secret, given as a JWKS', Keys.jwks({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] }), 'give public keys only'],
    ['that verify nothing of the contract', Keys.jwks({ keys: [{ kty: 'OKP' }] }), 'the JWKS holds no public key for ES256'],
    ['that are fetched without encryption', Keys.remote({ uri: 'http://auth.example/keys' }), 'must be https; with plainHttp'],
    ['that are nowhere', Keys.remote(), 'the contract has no token.jwksUri'],
  ])('%s', async (_, keys, message) => {
    const error = await refusal(() => new Tokens(contract, { keys }));
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('MIGH');
  });

  test('where there are none', async () => {
    expect((await refusal(() => new Tokens(contract))).message).toContain("give it keys, such as Keys.folder('./keys')");
    expect((await refusal(() => new Tokens({ name: 'cart', token: undefined }))).message).toContain('the contract of cart has no token');
  });
});

test('public keys given inline verify, and cannot sign', async () => {
  const verifier = new Tokens(contract, { keys: Keys.jwks(tokens.jwks()) });
  expect((await verifier.verifyJwt(tokens.generateJwt('alice'))).sub).toBe('alice');
  expect((await refusal(() => verifier.generateJwt('alice'))).code).toBe('ERR_TOKEN_CANNOT_SIGN');
});
