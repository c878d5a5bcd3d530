import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isSignedBy } from '../../lib/keys/index.ts';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';
import { explain, signedRequest, simulate } from '../../lib/simulate/index.ts';

const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function tokenOf({ privateKey }: typeof own): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'ES256', typ: 'JWT' })}.${part({ iss: 'https://login.example.com', sub: 'ann' })}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

function explained(keys: string, written: object): string {
  const mesh = Mesh.from(readManifests({ file: 'a.yaml', text: `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web, sidecar.istio.io/inject: "true" } }
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: login, namespace: shop }
spec: { jwtRules: [{ issuer: "https://login.example.com", ${keys} }] }
` }).manifests);
  return explain(simulate(mesh, signedRequest({ request: 'GET http://web/', from: 'shop/web', ...written }, isSignedBy)));
}

describe('a token whose keys stand in the mesh', () => {
  const inline = `jwks: '${JSON.stringify({ keys: [own.publicKey.export({ format: 'jwk' })] })}'`;

  test('is taken where one of them signed it, and refused where none did', () => {
    expect(explained(inline, { token: tokenOf(own) })).toMatch(/=> reaches web/);
    expect(explained(inline, { token: tokenOf(other) })).toMatch(/=> answered with 401/);
  });

  test('is checked in the header Authorization as well', () => {
    expect(explained(inline, { headers: { Authorization: `Bearer ${tokenOf(own)}` } })).toMatch(/=> reaches web/);
    expect(explained(inline, { headers: { Authorization: `Bearer ${tokenOf(other)}` } })).toMatch(/=> answered with 401/);
  });
});

test('what no proxy verifies is refused, whichever way it is sent', () => {
  const unsigned = tokenOf(own).replace(/^[^.]+/, Buffer.from('{"alg":"none"}').toString('base64url'));
  for (const sent of [{ token: unsigned }, { headers: { authorization: `Bearer ${unsigned}` } }, { headers: { authorization: 'Bearer a.b.c' } }]) {
    expect(explained('jwksUri: "https://login.example.com/keys"', sent)).toMatch(/=> answered with 401/);
  }
});

test('a token whose keys stand elsewhere is taken as signed well, and that is said', () => {
  expect(explained('jwksUri: "https://login.example.com/keys"', { token: tokenOf(other) })).toContain('its signature is not checked here, and taken as good');
  expect(explained('jwksUri: "https://login.example.com/keys"', { token: tokenOf(other) })).toMatch(/=> reaches web/);
});
