import { describe, expect, test } from 'vitest';
import { type Injection, type MeshNamespace, type MeshNamespaceProps, MeshService, ProxySettings, Waypoint } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { ratingsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);

const reviewsWith = (shop: MeshNamespace, injection: Injection, annotations?: Record<string, string>): MeshService<'v1'> =>
  new MeshService(shop, 'reviews', { port: 9080, versions: { v1: { image: 'reviews:1', injection, ...(annotations ? { annotations } : {}) } } });

test('a version says how its proxy is injected and runs', () => {
  const { mesh, shop } = shopMesh();
  reviewsWith(shop, {
    excludeInboundPorts: [9443], excludeOutboundPorts: [3306, 6379], excludeOutboundRanges: ['169.254.169.254/32', 'fd00::/8'],
    native: true, holdUntilReady: true, logLevel: 'info', resources: { cpu: '50m', memory: '64Mi', cpuLimit: '1', memoryLimit: '256Mi' },
    config: { concurrency: 2, terminationDrainDuration: '30s' },
  }, { owner: 'shop' });
  golden('sidecar.yaml', emitted(mesh, 'Deployment'));
  expect(findings(mesh)).toEqual([]);
});

test('in a namespace that enrolls what is declared, pods carry the labels and the Namespace none', () => {
  const { mesh } = shopMesh();
  reviewsWith(mesh.namespace('sidecars', { enrolls: 'declared', revision: 'prod' }), {});
  ratingsOf(mesh.namespace('canaries', { enrolls: 'declared' }));
  reviewsWith(mesh.namespace('mixed', { enrolls: 'declared', revision: 'prod' }), { revision: 'prod-canary' });
  ratingsOf(mesh.namespace('ambient', { enrolls: 'declared', dataPlane: 'ambient' }));
  golden('declared.yaml', emitted(mesh).filter(({ kind, metadata }) => ['Namespace', 'Deployment'].includes(kind) && (metadata.namespace ?? metadata.name) !== 'shop'));
});

test('a service whose pods are kept out of the mesh gets no policy that nothing would enforce', () => {
  const { mesh, shop } = shopMesh({ access: 'deny-by-default' });
  const reviews = reviewsWith(shop, { enabled: false });
  expect(reviews.inMesh).toBe(false);
  ratingsOf(shop).calls(reviews);
  expect(emitted(mesh, 'AuthorizationPolicy').map(({ metadata }) => metadata.name)).not.toContain('reviews-callers');
  expect(JSON.stringify(emitted(mesh, 'Deployment').find(({ metadata }) => metadata.name === 'reviews-v1'))).toContain('"sidecar.istio.io/inject":"false"');
});

test('a waypoint is the Gateway that its namespace names', () => {
  const { mesh } = shopMesh();
  const ambient = mesh.namespace('ambient', { dataPlane: 'ambient', waypoint: 'waypoint' });
  new Waypoint(ambient, 'waypoint', { for: 'all', revision: 'prod' });
  golden('waypoint.yaml', emitted(mesh).filter(({ metadata }) => (metadata.namespace ?? metadata.name) === 'ambient'));
});

test('proxies are set up for a mesh, a namespace or a service', () => {
  const { mesh, shop } = shopMesh();
  new ProxySettings(mesh, 'proxies', { image: 'distroless' });
  new ProxySettings(shop, 'proxies', { concurrency: 0, environment: { GODEBUG: 'gctrace=1' } });
  new ProxySettings(ratingsOf(shop), 'proxies', { concurrency: 4 });
  golden('proxy-settings.yaml', emitted(mesh, 'ProxyConfig'));
  expect(findings(mesh)).toEqual([]);
});

describe('a contradiction fails at once:', () => {
  const cases: readonly (readonly [string, MeshNamespaceProps, Injection, string])[] = [
    ['a sidecar in an ambient namespace', { dataPlane: 'ambient' }, { native: true }, 'mesh/shop/reviews: versions.v1: native is of a sidecar, but namespace shop is ambient; leave it out, or take dataPlane "sidecar"'],
    ['two things of a sidecar in an ambient namespace', { dataPlane: 'ambient' }, { revision: 'a', excludeInboundPorts: [1] }, 'revision, excludeInboundPorts are of a sidecar'],
    ['injection where the namespace forbids it', { dataPlane: 'none' }, { enabled: true }, 'injection says enabled, but namespace shop is not in the mesh (dataPlane "none"), and Istio follows the namespace'],
    ['settings of what is not injected', {}, { enabled: false, holdUntilReady: true }, 'injection is not enabled, so nothing reads holdUntilReady'],
    ['a revision that the namespace overrules', {}, { revision: 'canary' }, 'revision "canary" is ignored, for namespace shop injects all its pods by the default revision; say enrolls: \'declared\''],
    ['a revision other than that of the namespace', { revision: 'prod' }, { revision: 'canary' }, 'injects all its pods by "prod"'],
    ['a native sidecar that does not wait', {}, { native: true, holdUntilReady: false }, 'a native sidecar starts before the application, so holdUntilReady cannot be false'],
    ['waiting, said twice', {}, { holdUntilReady: true, config: { holdApplicationUntilProxyStarts: false } }, 'holdUntilReady is true, but config.holdApplicationUntilProxyStarts is false'],
    ['a port both ways', {}, { excludeInboundPorts: [80, 81], includeInboundPorts: [80] }, 'a port cannot be past and through the proxy: 80 in excludeInboundPorts and includeInboundPorts'],
    ['a port that is none', {}, { excludeOutboundPorts: [70000] }, 'excludeOutboundPorts must be a whole number between 1 and 65535, got 70000'],
    ['a range that is none', {}, { excludeOutboundRanges: ['10.0.0.1'] }, 'excludeOutboundRanges takes addresses as CIDR, such as "10.0.0.0/8", got "10.0.0.1"'],
    ['a quantity that is none', {}, { resources: { cpu: 'half' } }, 'resources.cpu must be a quantity of Kubernetes such as "100m" or "128Mi", got "half"'],
    ['a setting of the proxy that is none', {}, { config: { concurency: 2 } as object }, 'injection.config.concurency: unknown field "concurency"; did you mean "concurrency"?'],
  ];
  test.each(cases)('%s', (_, namespace, injection, message) => {
    expect(() => reviewsWith(shopMesh({}, namespace).shop, injection)).toThrow(message);
  });

  test('an annotation that says otherwise', () => {
    expect(() => reviewsWith(shopMesh().shop, { native: true }, { 'sidecar.istio.io/nativeSidecar': 'false' })).toThrow('annotation sidecar.istio.io/nativeSidecar is "false", but injection makes it "true"');
  });

  test('versions of one service of which some are left out', () => {
    expect(() => new MeshService(shopMesh().shop, 'reviews', { port: 9080, versions: { v1: { image: 'a' }, v2: { image: 'a', injection: { enabled: false } } } })).toThrow('v2 is kept out of the mesh and the other versions are not');
  });

  test('a caller without identity', () => {
    const { shop } = shopMesh();
    expect(() => { reviewsWith(shop, { enabled: false }).calls(ratingsOf(shop)); }).toThrow('its pods are kept out of the mesh (injection.enabled false), so it has no identity');
  });

  test.each<[string, MeshNamespaceProps, string]>([
    ['declared workloads of no data plane', { dataPlane: 'none', enrolls: 'declared' }, 'enrolls \'declared\' takes services into the mesh, but dataPlane is "none"'],
    ['an injection label and ambient', { dataPlane: 'ambient', labels: { 'istio-injection': 'enabled' } }, 'the namespace asks for sidecars and for ambient mode; choose one by dataPlane'],
    ['an ambient label on a sidecar namespace', { labels: { 'istio.io/dataplane-mode': 'ambient' } }, 'the namespace asks for sidecars and for ambient mode'],
  ])('%s', (_, props, message) => {
    expect(() => shopMesh().mesh.namespace('x', props)).toThrow(message);
  });

  test('a waypoint where nothing comes through it', () => {
    const { mesh, shop } = shopMesh();
    expect(() => new Waypoint(shop, 'w')).toThrow('mesh/shop/w: a waypoint serves ambient workloads, but the dataPlane of namespace shop is "sidecar"');
    expect(() => new Waypoint(mesh.namespace('a', { dataPlane: 'ambient' }), 'w')).toThrow('namespace a uses no waypoint');
  });

  test('proxy settings that nothing reads', () => {
    const { mesh, shop } = shopMesh();
    expect(() => new ProxySettings(shop, 'p', {})).toThrow('mesh/shop/p: proxy settings that set nothing');
    expect(() => new ProxySettings(mesh.namespace('a', { dataPlane: 'ambient' }), 'p', { concurrency: 1 })).toThrow('namespace a has no sidecars to set up');
    expect(() => new ProxySettings(shop, 'q', { concurrency: 1.5 })).toThrow('concurrency must be a whole number of at least 0, got 1.5');
  });
});
