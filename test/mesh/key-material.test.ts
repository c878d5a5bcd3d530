import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyMaterialIn, withoutKeys } from '../../lib/mesh/index.ts';

const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = elliptic.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const jwk = elliptic.privateKey.export({ format: 'jwk' });
const symmetric = createSecretKey(randomBytes(32)).export({ format: 'jwk' });
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const wrapped = (text: string): string => base64(text).replaceAll(/.{76}/g, '$&\n');

const kubeconfig = `apiVersion: v1\nusers:\n- name: admin\n  user:\n    client-key-data: ${base64(pem)}\n`;

describe('a key is found', () => {
  test.each<[string, object, string, string]>([
    ['as PEM', { stringData: { 'tls.key': pem } }, 'stringData["tls.key"]', 'PEM private key'],
    ['as PEM of PKCS #1', { data: { key: rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }) } }, 'data.key', 'PEM private key'],
    ['as PEM of SEC 1', { data: { key: elliptic.privateKey.export({ type: 'sec1', format: 'pem' }) } }, 'data.key', 'PEM private key'],
    ['as PEM with a passphrase', { data: { key: rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }) } }, 'data.key', 'PEM private key'],
    ['as PEM in base64', { data: { 'tls.key': base64(pem) } }, 'data["tls.key"]', 'PEM private key'],
    ['as PEM in base64 of several lines', { data: { 'tls.key': wrapped(pem) } }, 'data["tls.key"]', 'PEM private key'],
    ['behind a certificate', { data: { bundle: base64(`-----BEGIN CERTIFICATE-----\n${'A'.repeat(400)}\n-----END CERTIFICATE-----\n${pem}`) } }, 'data.bundle', 'PEM private key'],
    ['as PEM in JSON in an annotation', { metadata: { annotations: { 'a.b/c': JSON.stringify({ key: pem }) } } }, 'metadata.annotations["a.b/c"]', 'PEM private key'],
    ['in a kubeconfig in a Secret', { data: { config: base64(kubeconfig) } }, 'data.config', 'PEM private key'],
    ['in an argument of a container', { spec: { containers: [{ args: ['--key', `data:;base64,${base64(pem)}`] }] } }, 'spec.containers[0].args[1]', 'PEM private key'],
    ['in a path before base64', { spec: { command: `/keys/${base64(pem)}` } }, 'spec.command', 'PEM private key'],
    ['as a JWK', { spec: { key: jwk } }, 'spec.key.d', 'private JWK'],
    ['as a symmetric JWK', { spec: { keys: [symmetric] } }, 'spec.keys[0].k', 'symmetric JWK'],
    ['as a JWK of RSA', { spec: rsa.privateKey.export({ format: 'jwk' }) }, 'spec.d', 'private JWK'],
    ['as a JWKS in text', { spec: { jwtRules: [{ jwks: JSON.stringify({ keys: [elliptic.publicKey.export({ format: 'jwk' }), jwk] }) }] } }, 'spec.jwtRules[0].jwks', 'private JWK'],
    ['as a JWKS with indentation', { data: { jwks: JSON.stringify({ keys: [symmetric] }, null, 2) } }, 'data.jwks', 'symmetric JWK'],
    ['as a JWKS in JSON in JSON', { data: { file: JSON.stringify({ jwks: JSON.stringify({ keys: [jwk] }, null, 1) }) } }, 'data.file', 'private JWK'],
    ['as a JWK in YAML in text', { data: { file: `issuer: me\njwk:\n  kty: EC\n  crv: P-256\n  d: ${jwk.d}\n` } }, 'data.file', 'private JWK'],
    ['as a JWK with more inside, in text', { data: { file: JSON.stringify({ kty: 'EC', oth: [{ a: {} }], ...jwk }) } }, 'data.file', 'private JWK'],
    ['as a JWK with letters by number', { data: { file: JSON.stringify(symmetric).replace('kty', '\\u006bty') } }, 'data.file', 'symmetric JWK'],
    ['as a list of lines', { spec: { args: pem.trim().split('\n') } }, 'spec.args', 'PEM private key'],
    ['as a name, which is not shown', { data: { [pem]: 'x' } }, 'data', 'PEM private key'],
    ['as DER of PKCS #8', { data: { key: elliptic.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64') } }, 'data.key', 'DER private key'],
    ['as DER of PKCS #1', { data: { key: rsa.privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64') } }, 'data.key', 'DER private key'],
    ['as DER of SEC 1, in lines in YAML in text', { data: { file: `key: |\n${elliptic.privateKey.export({ type: 'sec1', format: 'der' }).toString('base64').replaceAll(/.{1,64}/g, '  $&\n')}other: x\n` } }, 'data.file', 'DER private key'],
    ['as a JWK in base64url', { data: { file: Buffer.from(JSON.stringify(jwk)).toString('base64url') } }, 'data.file', 'private JWK'],
  ])('%s', (_, object, at, kind) => {
    expect(keyMaterialIn(object)).toEqual([{ at, kind }]);
  });

  test('wherever it stands, and however it is written', () => {
    const writings = [pem, base64(pem), wrapped(pem), JSON.stringify(pem), JSON.stringify(jwk), base64(JSON.stringify(jwk)), JSON.stringify({ a: [{ b: JSON.stringify(symmetric) }] })];
    fc.assert(fc.property(fc.constantFrom(...writings), fc.array(fc.oneof(fc.constantFrom('a', 'b.c', '0'), fc.nat(3)), { minLength: 1, maxLength: 6 }), fc.constantFrom('', ' ', '# not a key\n'), (writing, path, before) => {
      const object = path.reduceRight<unknown>((value, step) => (typeof step === 'number' ? [...Array<string>(step).fill('x'), value] : { [step]: value, other: 'x' }), before + writing);
      expect(keyMaterialIn(object as object)).toHaveLength(1);
    }));
  });
});

describe('no key is', () => {
  test.each<[string, object]>([
    ['a public key', { data: { key: elliptic.publicKey.export({ type: 'spki', format: 'pem' }) } }],
    ['a public key as DER', { data: { key: rsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'), other: rsa.publicKey.export({ type: 'pkcs1', format: 'der' }).toString('base64') } }],
    ['a public JWKS', { data: { jwks: JSON.stringify({ keys: [elliptic.publicKey.export({ format: 'jwk' }), rsa.publicKey.export({ format: 'jwk' })] }) } }],
    ['a certificate', { data: { 'ca.crt': base64(`-----BEGIN CERTIFICATE-----\n${'A'.repeat(400)}\n-----END CERTIFICATE-----\n`) } }],
    ['a description of keys', { spec: { description: 'Begins with -----BEGIN PRIVATE KEY----- and a base64 body; a JWK has kty, d and k.' } }],
    ['what a SealedSecret has encrypted', { kind: 'SealedSecret', spec: { encryptedData: { 'tls.key': randomBytes(900).toString('base64') } } }],
    ['a reference to a key', { kind: 'ExternalSecret', spec: { data: [{ secretKey: 'tls.key', remoteRef: { key: 'edge/tls', property: 'private-key' } }] } }],
    ['a field d of something else', { spec: { k: 'value-of-k-and-long', d: 'value-of-d-and-long' } }],
    ['a schema of JWKs', { spec: { properties: { kty: { type: 'string' }, d: { type: 'string' } } } }],
  ])('%s', (_, object) => {
    expect(keyMaterialIn(object)).toEqual([]);
  });
});

test('nesting deeper than calls may be stops nothing', () => {
  let deep: object = { key: pem };
  for (let i = 0; i < 100_000; i++) deep = [deep];
  expect(keyMaterialIn(deep)).toHaveLength(1);
});

test.each([
  ['of headers', '-----BEGIN PRIVATE KEY-----'], ['of dashes', '-----BEGIN '], ['of key types', 'kty:'], ['of spaces', 'kty:EC d'.padEnd(2000)], ['of base64', 'LS0tLS1CRUdJTi'], ['of braces', '{"kty":'], ['of backslashes', 'kty\\\\\\'],
])('a long text %s is gone through once', (_, piece) => {
  // One pass over four million characters; what looked back for each piece would not end within the time of a test.
  expect(() => keyMaterialIn({ text: piece.repeat(Math.ceil(4_000_000 / piece.length)) })).not.toThrow();
});

describe('a text is printed', () => {
  test('as it is where it has no key', () => {
    expect(withoutKeys('host "reviews" is not known')).toBe('host "reviews" is not known');
  });
  test.each([['PEM', pem], ['quoted PEM', JSON.stringify(pem)], ['a JWK', JSON.stringify(jwk)], ['a quoted JWK', JSON.stringify(JSON.stringify(symmetric))], ['base64', base64(pem)]])('without the key: %s', (_, text) => {
    const printed = withoutKeys(`host ${text} is not known`);
    expect(printed).toContain('(a key, not shown)');
    for (const secret of [jwk.d ?? '', symmetric.k ?? '', ...pem.split('\n').slice(1, -2), base64(pem)]) expect(printed).not.toContain(secret);
  });
});
