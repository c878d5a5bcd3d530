import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { VirtualService } from '../../imports/networking.istio.io.ts';
import { GatewayCertificate, IngressGateway, IstioCsr, MeshApp, MeshService, meshTls, ReferencedSecret, SecretFrom, ServerTls, ServiceMesh, type MeshAppProps, type MeshNamespace } from '../../lib/index.ts';
import { Folder } from '../cli/meshwright.ts';

const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = elliptic.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const jwk = JSON.stringify(elliptic.privateKey.export({ format: 'jwk' }));
const symmetric = JSON.stringify({ keys: [createSecretKey(randomBytes(32)).export({ format: 'jwk' })] });
const base64 = Buffer.from(pem).toString('base64');
const keys = { pem, jwk, symmetric, base64 };

const folder = mkdtempSync(join(tmpdir(), 'meshwright-keys-'));
afterAll(() => { rmSync(folder, { recursive: true }); });
afterEach(() => { vi.restoreAllMocks(); });

/** Every part of the keys that would be worth having: sixteen characters in a row of what is secret. */
const parts = new Set<string>();
const bodies = [pem.split('\n').slice(1, -2).join(''), base64, (JSON.parse(jwk) as { d: string }).d, (JSON.parse(symmetric) as { keys: [{ k: string }] }).keys[0].k];
for (const body of bodies) for (let i = 0; i + 16 <= body.length; i++) parts.add(body.slice(i, i + 16));
// The header of a PEM file, which all have, is no part of a key.
for (let i = 0; i + 16 <= 48; i++) parts.delete(base64.slice(i, i + 16));

function shows(text: string): string | undefined {
  return [...parts].find(part => text.includes(part));
}

/** What a synth says, on standard error and in its error. */
function said(make: (shop: MeshNamespace) => void, props: MeshAppProps = {}): string {
  const heard: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation(text => { heard.push(String(text)); return true; });
  const app = new MeshApp({ name: 'test', outdir: join(folder, 'dist'), ...props });
  try {
    make(new ServiceMesh(app, 'mesh').namespace('shop'));
    app.synth();
  } catch (error) {
    heard.push(String(error), error instanceof Error ? error.stack ?? '' : '');
  }
  return heard.join('\n');
}

const secret = (id: string, fields: object) => (shop: MeshNamespace): void => { new ApiObject(shop, id, { apiVersion: 'v1', kind: 'Secret', metadata: { name: id }, ...fields }); };

describe.each(Object.entries(keys))('a key as %s', (_, key) => {
  const places: readonly [string, string, (shop: MeshNamespace) => void][] = [
    ['data of a Secret', 'mesh/shop/edge at test/synth/no-keys.test.ts', secret('edge', { data: { 'tls.key': Buffer.from(key).toString('base64') } })],
    ['stringData of a Secret', 'Secret "edge" holds a', secret('edge', { stringData: { 'tls.key': key } })],
    ['a ConfigMap', 'ConfigMap "files" holds a', shop => { new ApiObject(shop, 'files', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'files' }, data: { file: JSON.stringify({ inner: key }) } }); }],
    ['an annotation', 'metadata.annotations["example.com/key"]', shop => { new ApiObject(shop, 'noted', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'noted', annotations: { 'example.com/key': key } } }); }],
    ['an inline JWKS', 'spec.jwtRules[0].jwks', shop => { new ApiObject(shop, 'tokens', { apiVersion: 'security.istio.io/v1', kind: 'RequestAuthentication', metadata: { name: 'tokens' }, spec: { jwtRules: [{ issuer: 'https://id.example.com', jwks: key }] } }); }],
    ['a patch', 'spec.key', shop => { new ApiObject(shop, 'patched', { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'patched' }, spec: {} }).addJsonPatch(JsonPatch.add('/spec/key', key)); }],
    ['an environment variable', 'spec.template.spec.containers[0].env[0].value', shop => { new ApiObject(shop, 'app', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'app' }, spec: { template: { spec: { containers: [{ env: [{ name: 'KEY', value: key }] }] } } } }); }],
  ];

  test.each(places)('in %s fails the synth, and is not shown', (__, says, make) => {
    const text = said(make);
    expect(text).toContain(says);
    expect(text).toContain('nothing was written: keys are no part of YAML');
    expect(shows(text)).toBeUndefined();
    expect(existsSync(join(folder, 'dist'))).toBe(false);
  });

  test.each<[string, MeshAppProps]>([['unchecked', { failOn: 'unchecked' }], ['never', { failOn: 'never' }], ['without the rule', { skip: ['key-in-manifest'] }]])('fails the synth of an app that is %s', (__, props) => {
    const text = said(secret('edge', { stringData: { key } }), props);
    expect(text).toContain('at stringData.key');
    expect(shows(text)).toBeUndefined();
    expect(existsSync(join(folder, 'dist'))).toBe(false);
  });

  // A person may paste a key where its name belongs.
  test.each<[string, (shop: MeshNamespace) => void]>([
    ['the name of a credential', shop => { new IngressGateway(shop, 'ingress', { hosts: ['a.example.com'], tls: ServerTls.simple(key) }); }],
    ['the name of a Secret', shop => { new ReferencedSecret(shop, 'edge', { name: key, from: SecretFrom.existing() }); }],
    ['what is sealed', shop => { new ReferencedSecret(shop, 'edge', { type: 'Opaque', from: SecretFrom.sealed({ key }) }); }],
    ['a place in a store', shop => { new ReferencedSecret(shop, 'edge', { type: 'Opaque', from: SecretFrom.store({ store: 'vault', keys: { key } }) }); }],
    ['a store', shop => { new ReferencedSecret(shop, 'edge', { type: 'Opaque', from: SecretFrom.store({ store: key, keys: {} }) }); }],
    ['an issuer', shop => { new GatewayCertificate(new IngressGateway(shop, 'ingress', { hosts: ['a.example.com'], tls: ServerTls.simple('a') }), 'c', { issuer: { name: key } }); }],
    ['the Secret of a certificate', shop => { new GatewayCertificate(new IngressGateway(shop, 'ingress', { hosts: ['a.example.com'], tls: ServerTls.simple('a') }), 'c', { issuer: { name: 'a' }, secret: key }); }],
    ['a root', shop => { new IstioCsr(shop, 'csr', { mesh: shop.mesh, issuer: { name: 'a', rootSecret: key } }); }],
    ['a host of a gateway', shop => { new IngressGateway(shop, 'ingress', { hosts: [key] }); }],
    ['the name of a service', shop => { new MeshService(shop, 'web', { name: key, port: 80, versions: { v1: { image: 'a' } } }); }],
    ['a cipher suite', () => { meshTls({ cipherSuites: [key] }); }],
    ['a field of a generated class', shop => { new VirtualService(shop, 'route', { metadata: { name: 'route' }, spec: { hosts: [key], http: [{ timeout: key as never, route: [{ destination: { host: 'a' }, weight: key as never }] }] } }); }],
    ['a chart of its own', shop => { new ApiObject(new Chart(shop, 'more'), 'edge', { apiVersion: 'v1', kind: 'Secret', stringData: { key } }); }],
  ])('in %s is refused, and not shown', (__, make) => {
    const text = said(make);
    expect(text).toContain('Error');
    expect(shows(text)).toBeUndefined();
    expect(existsSync(join(folder, 'dist'))).toBe(false);
  });
});

describe('check of YAML with keys in it', () => {
  const cli = new Folder();
  const indented = (text: string): string => text.replaceAll(/^/gm, '    ');
  const yaml = [
    ...Object.entries(keys).map(([name, key]) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\ndata:\n  key: |\n${indented(key)}\n`),
    `apiVersion: v1\nkind: Secret\nmetadata: { name: edge, namespace: shop }\nstringData:\n  key: |\n${indented(pem)}\n`,
    `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: route, namespace: shop }\nspec:\n  hosts: [${JSON.stringify(pem)}]\n  http: [{ timeout: ${JSON.stringify(jwk)}, route: [{ destination: { host: ${JSON.stringify(symmetric)} }, weight: ${JSON.stringify(base64)} }] }]\n`,
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: broken, namespace: shop }\ndata:\n  key: ${JSON.stringify(jwk)} ${JSON.stringify(pem)} [\n`,
    `apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: { name: tokens, namespace: shop }\nspec: { jwtRules: [{ issuer: ${JSON.stringify(pem)}, jwks: ${JSON.stringify(symmetric)}, jwksUri: ${JSON.stringify(jwk)} }] }\n`,
  ].join('---\n');

  test.each(['text', 'json', 'sarif', 'github', 'junit'])('says so as %s, and shows none of them', format => {
    cli.write('mesh.yaml', yaml);
    const { stdout, stderr, status } = cli.meshwright(['check', 'mesh.yaml', '--format', format]);
    expect(status).toBe(1);
    expect(stdout).toContain('MW0440');
    expect(shows(stdout + stderr)).toBeUndefined();
  });

  test('names each object and field; for the keys of a RequestAuthentication that is its own rule', () => {
    cli.write('mesh.yaml', yaml);
    const { findings } = JSON.parse(cli.meshwright(['check', 'mesh.yaml', '--format', 'json']).stdout) as { findings: { code: string; resource: { kind: string; name: string }; path: string; message: string }[] };
    expect(findings.filter(({ code }) => code === 'MW0408').map(({ path }) => path)).toEqual(['spec.jwtRules[0].jwks']);
    expect(findings.filter(({ code }) => code === 'MW0440').map(({ resource, path, message }) => `${resource.kind} ${resource.name} ${path}: ${message}`).sort()).toEqual([
      'ConfigMap base64 data.key: a PEM private key stands here', 'ConfigMap jwk data.key: a private JWK stands here', 'ConfigMap pem data.key: a PEM private key stands here', 'ConfigMap symmetric data.key: a symmetric JWK stands here',
      'RequestAuthentication tokens spec.jwtRules[0].issuer: a PEM private key stands here', 'RequestAuthentication tokens spec.jwtRules[0].jwksUri: a private JWK stands here',
      'Secret edge stringData.key: a PEM private key stands here',
      'VirtualService route spec.hosts[0]: a PEM private key stands here', 'VirtualService route spec.http[0].route[0].destination.host: a symmetric JWK stands here', 'VirtualService route spec.http[0].route[0].weight: a PEM private key stands here', 'VirtualService route spec.http[0].timeout: a private JWK stands here',
    ]);
  });

  test('lets a Secret of a cluster be', () => {
    cli.write('live.yaml', `apiVersion: v1\nkind: Secret\nmetadata: { name: edge, namespace: shop, uid: 4b2f }\ndata: { tls.key: ${base64} }\n`);
    expect(cli.meshwright(['check', 'live.yaml', '--only', 'MW0440']).status).toBe(0);
  });
});

test('no key is in what the repository keeps', () => {
  const files = ['dist', '__snapshots__', 'docs', 'examples'].flatMap(top => readdirSync(join(import.meta.dirname, '..', '..', top), { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name)));
  expect(files.length).toBeGreaterThan(100);
  for (const file of files) expect(readFileSync(file, 'utf8'), file).not.toMatch(/-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/]{24}|"d":\s*"[A-Za-z0-9_-]{16}/);
});
