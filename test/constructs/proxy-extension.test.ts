import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EgressGateway, ExternalService, IngressGateway, MeshService, ProxyCode, ProxyExtension, warnings, type ProxyExtensionProps } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { ratingsOf, reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);

const digest = 'a'.repeat(64);
const image = `oci://registry.example.com/auth@sha256:${digest}`;
const addHeader = 'function envoy_on_response(response)\n  response:headers():add("x-shop", "1")\nend\n';

/** What an extension of reviews emits. */
const extension = (props: Partial<ProxyExtensionProps>): unknown => {
  const { mesh, shop } = shopMesh();
  new ProxyExtension(reviewsOf(shop), 'own', { code: ProxyCode.wasm(image), ...props });
  return emitted(mesh).find(({ apiVersion }) => apiVersion.startsWith('extensions'))?.spec;
};

const warned = (props: ProxyExtensionProps): readonly string[] => {
  const { mesh, shop } = shopMesh();
  new ProxyExtension(reviewsOf(shop), 'own', props);
  return warnings(mesh);
};

test('code runs in the sidecars of a service, a namespace or the mesh, or in the pods of a gateway', () => {
  const { mesh, shop } = shopMesh();
  const edge = mesh.namespace('edge', { dataPlane: 'none' });
  const [reviews, ingress, egress] = [reviewsOf(shop), new IngressGateway(edge, 'ingress', { hosts: ['shop.example.com'], selector: { istio: 'edge' } }), new EgressGateway(edge, 'egress')];
  ingress.exposes(reviews);
  const outside = new ExternalService(shop, 'outside', { hosts: ['api.example.net'], port: { port: 443, protocol: 'tls' } });
  egress.letsThrough(outside);
  for (const target of [mesh, shop, reviews, ingress, egress]) new ProxyExtension(target, 'own', { code: ProxyCode.wasm(image) });
  golden('sidecars-and-gateways.yaml', emitted(mesh, 'WasmPlugin'));
  // The Service of the egress gateway belongs to the installation.
  expect(findings(mesh).filter(text => !text.includes('istio-egress'))).toEqual([]);
});

test('in an ambient namespace the waypoint runs it, for one service or for all', () => {
  const { mesh } = shopMesh();
  const ambient = mesh.namespace('ambient', { dataPlane: 'ambient', waypoint: 'waypoint' });
  for (const target of [ambient, ratingsOf(ambient)]) new ProxyExtension(target, 'own', { code: ProxyCode.wasm(image) });
  golden('waypoint.yaml', emitted(mesh, 'WasmPlugin'));
  expect(findings(mesh)).toEqual([]);
});

test('a module is told where it comes from, what it does and what becomes of requests where it fails', () => {
  const { mesh, shop } = shopMesh();
  const code = ProxyCode.wasm(image, {
    sha256: digest, config: { realm: 'shop', rules: [{ prefix: '/', users: [] }], limits: { burst: 1.5, strict: true } }, failStrategy: 'FAIL_RELOAD', type: 'HTTP', pluginName: 'basic-auth',
    imagePullPolicy: 'Always', imagePullSecret: 'registry', env: { LOG: 'debug' }, envOfProxy: ['POD_NAME'],
  });
  const reviews = reviewsOf(shop);
  new ProxyExtension(reviews, 'whole', { code, phase: 'AUTHN', priority: 10, direction: 'both', ports: [9080], name: 'auth' });
  new ProxyExtension(reviews, 'calls', { code: ProxyCode.wasm('file:///opt/counts.wasm', { type: 'NETWORK' }), direction: 'outbound', phase: 'STATS', kind: 'TrafficExtension' });
  golden('module.yaml', [...emitted(mesh, 'WasmPlugin'), ...emitted(mesh, 'TrafficExtension')]);
  expect([findings(mesh), warnings(mesh)]).toEqual([[], []]);
});

test('a script is run by Envoy itself, said by a TrafficExtension', () => {
  const { mesh, shop } = shopMesh();
  new ProxyExtension(reviewsOf(shop), 'own', { code: ProxyCode.lua(addHeader) });
  golden('script.yaml', emitted(mesh, 'TrafficExtension'));
  expect([findings(mesh), warnings(mesh)]).toEqual([[], []]);
});

test('what is said of the whole mesh is no concern of waypoints, which a warning says', () => {
  const { app, mesh } = shopMesh();
  new ProxyExtension(mesh, 'own', { code: ProxyCode.wasm(image) });
  mesh.namespace('ambient', { dataPlane: 'ambient', waypoint: 'waypoint' });
  app.render();
  expect(warnings(mesh)).toEqual([expect.stringContaining('those of ambient do not run it')]);
});

describe('likely mistakes are warned of', () => {
  test.each([
    ['an image by tag', { code: ProxyCode.wasm('oci://example.com/auth:1.0') }, 'mesh/shop/reviews/own: what oci://example.com/auth:1.0 leads to may change, and the proxies run whatever it is then; add @sha256: and the digest of the image'],
    ['a module over https without its hash', { code: ProxyCode.wasm('https://example.com/auth.wasm') }, 'give its sha256'],
    ['a module over http without its hash', { code: ProxyCode.wasm('http://example.com/auth.wasm', { overPlainHttp: true }) }, 'give its sha256'],
    ['who gets in, open where it fails', { code: ProxyCode.wasm(image, { failStrategy: 'FAIL_OPEN' }), phase: 'AUTHZ' }, 'lets everybody in where it fails; use FAIL_CLOSE'],
    ['who gets in, as a script', { code: ProxyCode.lua(addHeader), phase: 'AUTHN' }, 'a script cannot do otherwise'],
  ] as const)('%s', (_, props, message) => {
    expect(warned(props)).toEqual([expect.stringContaining(message)]);
  });

  test.each([
    ['an image by tag, with its hash', { code: ProxyCode.wasm('oci://example.com/auth:1.0', { sha256: digest }) }],
    ['a file of the proxy', { code: ProxyCode.wasm('file:///opt/auth.wasm'), phase: 'AUTHN' }],
    ['counting, open where it fails', { code: ProxyCode.wasm(image, { failStrategy: 'FAIL_OPEN' }), phase: 'STATS' }],
  ] as const)('but not %s', (_, props) => {
    expect(warned(props)).toEqual([]);
  });
});

describe('what would not run, or not as meant, is an error', () => {
  const wasm = (url: string, options = {}): Partial<ProxyExtensionProps> => ({ code: ProxyCode.wasm(url, options) });
  const self: Record<string, unknown> = {};
  self.self = { self };

  test.each([
    ['plain http', wasm('http://example.com/a.wasm'), 'use https:// or oci://, or say overPlainHttp'],
    ['a word for http where there is none', wasm(image, { overPlainHttp: true }), 'overPlainHttp is for a URL of http://'],
    ['no scheme', wasm('example.com/auth'), 'a module is at oci://registry/image, https://host/path or file:///path, got "example.com/auth"'],
    ['another scheme', wasm('ftp://example.com/a'), 'got "ftp://example.com/a"'],
    ['no image', wasm('oci://example.com'), 'a module is at'],
    ['a file of another host', wasm('file://host/a.wasm'), 'a module is at'],
    ['half a digest', wasm('oci://example.com/auth@sha256:abc'), 'a digest is sha256: and 64 hexadecimal digits in lower case, got "sha256:abc"'],
    ['a hash that is none', wasm(image, { sha256: 'A'.repeat(64) }), 'sha256 must have 64 hexadecimal digits in lower case'],
    ['two hashes', wasm(image, { sha256: 'b'.repeat(64) }), 'so that nothing would be run; give one of them'],
    ['a pull secret for a web server', wasm('https://example.com/a.wasm', { imagePullSecret: 'a' }), 'imagePullSecret opens a registry'],
    ['a pull secret that no Secret can be called', wasm(image, { imagePullSecret: 'No Name' }), 'imagePullSecret must be DNS labels'],
    ['a pull policy for a file', wasm('file:///a.wasm', { imagePullPolicy: 'Always' }), 'imagePullPolicy says nothing of a file'],
    ['a function in the configuration', wasm(image, { config: { a: [() => 1] } }), 'config.a[0] must be plain data (text, a number, true, false, a list or an object), got a function'],
    ['a date in the configuration', wasm(image, { config: { a: new Date(0) } }), 'config.a must be plain data'],
    ['no number in the configuration', wasm(image, { config: { a: Number.NaN } }), 'got NaN'],
    ['null in the configuration', wasm(image, { config: { a: [null] } }), 'config.a[0] is null, which no manifest keeps; leave it out'],
    ['a configuration in itself', wasm(image, { config: self }), 'config.self.self leads back to what it is in'],
    ['a variable given twice', wasm(image, { env: { A: '1' }, envOfProxy: ['A'] }), 'variable "A" of the environment is given twice'],
    ['a variable without a name', wasm(image, { envOfProxy: [''] }), 'needs a name of 1 to 256 characters'],
    ['an empty script', { code: ProxyCode.lua(' ') }, 'a script has 1 to 65536 bytes, got 1 without any code'],
    ['a script that is too long', { code: ProxyCode.lua('é'.repeat(40_000)) }, 'got 80000; make it a Wasm module'],
    ['a script in a WasmPlugin', { code: ProxyCode.lua(addHeader), kind: 'WasmPlugin' }, 'a WasmPlugin holds no Lua'],
    ['a priority that is none', { priority: 1.5 }, 'priority must be a whole number of 32 bits, got 1.5'],
    ['no port of all', { ports: [] }, 'ports must name one'],
    ['a port that is none', { ports: [0] }, 'a port must be a whole number between 1 and 65535'],
    ['a name that is none', { name: 'No Name' }, 'name must be DNS labels'],
  ] as const)('%s', (_, props, message) => {
    expect(() => extension(props)).toThrow('mesh/shop/reviews/own: ');
    expect(() => extension(props)).toThrow(message);
  });

  test('a password in a URL, which is not repeated', () => {
    expect(() => extension(wasm('https://user:hunter2@example.com/a.wasm'))).toThrow('must hold no password');
    expect(() => extension(wasm('https://user:hunter2@example.com/a.wasm'))).not.toThrow('hunter2');
  });

  test('a target without a proxy that reads requests', () => {
    const { mesh } = shopMesh();
    const plain = mesh.namespace('plain', { dataPlane: 'ambient' });
    const none = mesh.namespace('none', { dataPlane: 'none' });
    for (const target of [plain, none, reviewsOf(plain)]) expect(() => new ProxyExtension(target, 'own', { code: ProxyCode.wasm(image) })).toThrow('has no proxy that reads requests');
  });

  test('a service of another team', () => {
    const { shop } = shopMesh();
    const theirs = MeshService.existing(shop, 'theirs', { namespace: 'other', port: 80 });
    expect(() => new ProxyExtension(theirs, 'own', { code: ProxyCode.wasm(image) })).toThrow('theirs');
  });

  test('a side or a port where there is none to choose', () => {
    const { mesh } = shopMesh();
    const ambient = mesh.namespace('ambient', { dataPlane: 'ambient', waypoint: 'waypoint' });
    const ingress = new IngressGateway(ambient, 'ingress', { hosts: ['shop.example.com'] });
    expect(() => new ProxyExtension(ambient, 'a', { code: ProxyCode.wasm(image), ports: [80] })).toThrow('a waypoint tells no ports apart');
    expect(() => new ProxyExtension(ambient, 'b', { code: ProxyCode.wasm(image), direction: 'inbound' })).toThrow('what passes a waypoint comes in and goes out');
    expect(() => new ProxyExtension(ingress, 'c', { code: ProxyCode.wasm(image), direction: 'outbound' })).toThrow('what passes a gateway comes in and goes out');
  });
});

// What a class of the CRD refuses: null, and keys that cdk8s does not render.
const takes = (value: unknown): boolean => !/null|"(constructor|__proto__)":/.test(JSON.stringify(value));
const data = fc.jsonValue().filter(takes);

test('what the configuration says reaches the YAML as it is, and what is changed later does not', () => {
  fc.assert(fc.property(fc.dictionary(fc.string({ minLength: 1 }), data, { minKeys: 1 }).filter(takes), config => {
    const given = structuredClone(config);
    const { mesh, shop } = shopMesh();
    new ProxyExtension(reviewsOf(shop), 'own', { code: ProxyCode.wasm(image, { config: given }) });
    for (const key of Object.keys(given)) given[key] = 'changed';
    const [plugin] = emitted(mesh, 'WasmPlugin');
    expect(JSON.parse(JSON.stringify((plugin?.spec as { pluginConfig: unknown }).pluginConfig))).toEqual(JSON.parse(JSON.stringify(config)));
  }), { numRuns: 30 });
});
