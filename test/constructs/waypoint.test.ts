import { describe, expect, test } from 'vitest';
import {
  AccessLogs, Allow, Caller, Deny, JwtIssuer, type MeshNamespace, type MeshNamespaceProps, MeshService, type MeshServiceProps, ProxyCode, ProxyExtension, RequireJwt, Waypoint, waypointUpgradePlan,
  type WaypointUpgrade,
} from '../../lib/index.ts';
import { expectMesh } from '../../lib/testing/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { ratingsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);

const service = (namespace: MeshNamespace, name: string, more: Partial<MeshServiceProps<'v1'>> = {}): MeshService<'v1'> =>
  new MeshService(namespace, name, { port: 9080, versions: { v1: { image: `${name}:1` } }, ...more });

test('a waypoint of another namespace admits those that use it, and their workloads let it in', () => {
  const { app, mesh, shop } = shopMesh({ access: 'deny-by-default' }, { dataPlane: 'ambient', waypoint: 'infra/gate' });
  new Waypoint(mesh.namespace('infra', { dataPlane: 'none' }), 'gate', { name: 'gate', from: ['shop'], for: 'all' });
  const ratings = ratingsOf(shop);
  service(shop, 'reviews').calls(ratings, { methods: ['GET'] });
  new Deny(shop, 'nine', { from: 'anyone', to: [{ paths: ['/9'] }] });
  golden('elsewhere.yaml', emitted(mesh).filter(({ kind, metadata }) => kind !== 'Deployment' && kind !== 'ServiceAccount' && metadata.namespace !== 'istio-system'));
  expect(findings(mesh)).toEqual([]);
  const asked = expectMesh(app);
  asked.request('GET http://ratings:9080/', { from: 'shop/reviews-v1' }).toReach('ratings');
  asked.request('POST http://ratings:9080/', { from: 'shop/reviews-v1' }).toBeDenied({ status: 403 });
  asked.request('GET http://ratings:9080/9', { from: 'shop/reviews-v1' }).toBeDenied({ status: 403 });
  asked.request('GET http://reviews:9080/', { from: 'shop/ratings-v1' }).toBeDenied({ status: 403 });
});

test('a service has a waypoint of its own, or none, and its pods another: policies follow', () => {
  const { app, mesh, shop } = shopMesh({ access: 'deny-by-default' }, { dataPlane: 'ambient', waypoint: 'gate' });
  new Waypoint(shop, 'gate');
  new Waypoint(shop, 'heavy', { name: 'heavy' });
  new Waypoint(shop, 'pods', { name: 'pods', for: 'workload' });
  const reviews = service(shop, 'reviews', { waypoint: 'heavy' });
  const store = service(shop, 'store', { waypoint: 'none', versions: { v1: { image: 'store:1', injection: { waypoint: 'pods' } } } });
  ratingsOf(shop).calls(reviews, { methods: ['GET'] });
  reviews.calls(store);
  mesh.namespace('stranger');
  new Deny(shop, 'blocked', { from: [Caller.namespace('stranger')] });
  golden('by-service.yaml', emitted(mesh).filter(({ kind, metadata }) => ['Service', 'Deployment', 'AuthorizationPolicy'].includes(kind) && metadata.namespace === 'shop'));
  expect(findings(mesh).filter(finding => !finding.includes('namespace stranger'))).toEqual([]);
  const asked = expectMesh(app);
  asked.request('GET http://reviews:9080/', { from: 'shop/ratings-v1' }).toReach('reviews');
  asked.request('POST http://reviews:9080/', { from: 'shop/ratings-v1' }).toBeDenied({ status: 403 });
  asked.request('GET http://store:9080/', { from: 'shop/ratings-v1' }).toBeDenied();
  expect(() => { ratingsOf(mesh.namespace('other')).calls(store, { methods: ['GET'] }); }).toThrow('mesh/shop/store is ambient without a waypoint');
});

test('a mesh-wide rule reaches the waypoint that a single service uses', () => {
  const { mesh, shop } = shopMesh({}, { dataPlane: 'ambient' });
  new Deny(mesh, 'blocked', { from: [Caller.ip('192.0.2.0/24')] });
  service(shop, 'reviews', { waypoint: 'gate' });
  expect(emitted(mesh, 'AuthorizationPolicy').map(({ metadata }) => metadata.name)).toEqual(['denied', 'denied-waypoints']);
});

test('gateways may go past the waypoint of an open namespace', () => {
  const { mesh } = shopMesh({}, { dataPlane: 'ambient', waypoint: 'gate', ingressUsesWaypoint: false });
  expect(emitted(mesh, 'Namespace')[0]?.metadata.labels).toEqual({ 'istio.io/dataplane-mode': 'ambient', 'istio.io/use-waypoint': 'gate' });
});

describe('from one waypoint to another', () => {
  const at = (waypoint: string, waypointUpgrade?: WaypointUpgrade): ReturnType<typeof shopMesh> => {
    const made = shopMesh({ access: 'deny-by-default' }, { dataPlane: 'ambient', waypoint, waypointUpgrade });
    new Waypoint(made.shop, 'gate', { revision: waypointUpgrade ? '1-29-6' : '1-30-3' });
    const ratings = ratingsOf(made.shop);
    service(made.shop, 'reviews').calls(ratings, { methods: ['GET'] });
    new Deny(made.shop, 'nine', { from: 'anyone', to: [{ paths: ['/9'] }] });
    return made;
  };
  const upgrade = (step: WaypointUpgrade['step']): WaypointUpgrade => ({ to: 'gate-2', revision: '1-30-3', step, first: ['ratings'] });

  test.each(waypointUpgradePlan.map(({ step }) => step))('%s: requests end the same', step => {
    const { app, mesh } = at('gate', upgrade(step));
    golden(`upgrade-${step}.yaml`, emitted(mesh).filter(({ kind, metadata }) => !['Deployment', 'ServiceAccount'].includes(kind) && metadata.namespace !== 'istio-system'));
    expect(findings(mesh)).toEqual([]);
    const asked = expectMesh(app);
    asked.request('GET http://ratings:9080/', { from: 'shop/reviews-v1' }).toReach('ratings');
    asked.request('GET http://ratings:9080/9', { from: 'shop/reviews-v1' }).toBeDenied({ status: 403 });
    asked.request('POST http://ratings:9080/', { from: 'shop/reviews-v1' }).toBeDenied({ status: 403 });
  });

  test('the last step is the same as without an upgrade', () => {
    expect(at('gate', upgrade('remove-old')).app.synthYaml()).toBe(at('gate-2').app.synthYaml());
  });
});

describe('a mistake fails at once:', () => {
  const ambient: MeshNamespaceProps = { dataPlane: 'ambient', waypoint: 'gate' };
  const cases: readonly (readonly [string, MeshNamespaceProps, string])[] = [
    ['a waypoint with too many parts', { ...ambient, waypoint: 'a/b/c' }, 'mesh/shop: waypoint must be a name, or "namespace/name", got "a/b/c"'],
    ['an upgrade of nothing', { dataPlane: 'ambient', waypointUpgrade: { to: 'b', step: 'move-all' } }, 'mesh/shop: waypointUpgrade takes another waypoint in the place of one, but the namespace names none'],
    ['an upgrade to itself', { ...ambient, waypointUpgrade: { to: 'gate', step: 'move-all' } }, 'mesh/shop: waypointUpgrade goes from waypoint "gate" to itself'],
    ['an upgrade of another\'s', { ...ambient, waypoint: 'infra/gate', waypointUpgrade: { to: 'b', step: 'move-all' } }, 'waypoint infra/gate stands in namespace infra, so waypointUpgrade belongs there'],
    ['a step that is none', { ...ambient, waypointUpgrade: { to: 'b', step: 'move-sme' as 'move-some' } }, '"move-sme" is no step of an upgrade; did you mean "move-some"?'],
    ['some that are none', { ...ambient, waypointUpgrade: { to: 'b', step: 'move-some' } }, 'waypointUpgrade is at move-some, but first names no service'],
    ['gateways past a closed waypoint', { ...ambient, access: 'deny-by-default', ingressUsesWaypoint: false }, 'mesh/shop: with ingressUsesWaypoint false gateways go past the waypoint, and workloads let in the waypoint alone'],
    ['gateways and no waypoint', { dataPlane: 'ambient', ingressUsesWaypoint: false }, 'mesh/shop: ingressUsesWaypoint is about the waypoint of the namespace, and it has none'],
  ];
  test.each(cases)('%s', (_, props, message) => {
    expect(() => shopMesh({}, props)).toThrow(message);
  });

  test('a waypoint for a service or pods with sidecars, or moved at the same time', () => {
    const { mesh, shop } = shopMesh();
    expect(() => service(shop, 'a', { waypoint: 'gate' })).toThrow('mesh/shop/a: waypoint "gate" serves ambient workloads, but the dataPlane of namespace shop is "sidecar"');
    expect(() => service(shop, 'b', { versions: { v1: { image: 'b:1', injection: { waypoint: 'gate' } } } })).toThrow('mesh/shop/b: versions.v1: waypoint "gate" serves ambient workloads');
    const moving = mesh.namespace('moving', { ...ambient, waypointUpgrade: { to: 'gate-2', step: 'move-some', first: ['c'] } });
    expect(() => service(moving, 'c', { waypoint: 'heavy' })).toThrow('it asks for waypoint "heavy", and the waypointUpgrade of namespace moving moves it to "gate-2"');
  });

  test('a waypoint that nothing could use, or of one name twice', () => {
    const { mesh, shop } = shopMesh({}, { ...ambient, waypoint: 'infra/gate' });
    expect(() => new Waypoint(shop, 'w')).toThrow('mesh/shop/w: namespace shop uses waypoint infra/gate, so nothing would come through one here');
    const other = mesh.namespace('other', ambient);
    new Waypoint(other, 'w');
    expect(() => new Waypoint(other, 'x', { name: 'gate' })).toThrow('mesh/other/x: mesh/other/w makes waypoint other/gate already');
  });

  test('what is said of a namespace whose waypoint stands in another', () => {
    const { shop } = shopMesh({}, { ...ambient, waypoint: 'infra/gate' });
    expect(() => new ProxyExtension(shop, 'auth', { code: ProxyCode.wasm(`oci://registry.example.com/auth@sha256:${'a'.repeat(64)}`) })).toThrow('waypoint infra/gate takes what is said of its own namespace or of single services');
    expect(() => new AccessLogs(shop, 'logs', {})).toThrow('waypoint infra/gate takes what is said of its own namespace or of single services');
  });
});

describe('the synth fails where a waypoint does not serve who uses it:', () => {
  const refused = (props: MeshNamespaceProps, declare: (shop: MeshNamespace) => void, message: string): void => {
    const { app, shop } = shopMesh({}, { dataPlane: 'ambient', ...props });
    declare(shop);
    expect(() => app.render()).toThrow(message);
  };
  const infra = (shop: MeshNamespace, props: ConstructorParameters<typeof Waypoint>[2]): Waypoint => new Waypoint(shop.mesh.namespace('infra', { dataPlane: 'ambient' }), 'gate', props);

  test('one of an unknown name', () => {
    refused({ waypoint: 'infra/gat' }, shop => { infra(shop, { name: 'gate', from: 'all' }); }, 'mesh/shop: there is no waypoint infra/gat; did you mean "gate"?');
  });

  test('one that does not admit the namespace', () => {
    refused({ waypoint: 'infra/gate' }, shop => { infra(shop, { name: 'gate', from: ['stock'] }); }, 'mesh/shop: waypoint infra/gate (mesh/infra/gate) does not admit namespace shop; say from: [\'shop\'] there');
  });

  test('one that serves no services, where requests to them have policies', () => {
    refused({ waypoint: 'gate' }, shop => {
      new Waypoint(shop, 'gate', { for: 'workload' });
      new Allow(ratingsOf(shop), 'reads', { from: [Caller.namespace('shop')], to: [{ methods: ['GET'] }] });
    }, 'waypoint shop/gate (mesh/shop/gate) is for "workload", so what goes to services does not come through it; say for: \'service\' or \'all\' there');
  });

  test('one for services, asked for by pods', () => {
    refused({ waypoint: 'gate' }, shop => {
      new Waypoint(shop, 'gate');
      service(shop, 'ratings', { versions: { v1: { image: 'ratings:1', injection: { waypoint: 'gate' } } } });
    }, 'mesh/shop/ratings: versions.v1: waypoint shop/gate (mesh/shop/gate) is for "service", so what goes to pods does not come through it');
  });

  test('one that takes no request without a grant, for those who have none', () => {
    refused({ waypoint: 'infra/gate' }, shop => {
      new Waypoint(shop.mesh.namespace('infra', { dataPlane: 'ambient', waypoint: 'gate', access: 'deny-by-default' }), 'gate', { from: 'all' });
    }, 'mesh/shop: waypoint infra/gate takes no request without a grant');
  });

  test('what only a waypoint keeps, said of a namespace where a service does without', () => {
    refused({ waypoint: 'gate' }, shop => {
      service(shop, 'ratings', { waypoint: 'none' });
      new Deny(shop, 'nine', { from: 'anyone', to: [{ paths: ['/9'] }] });
    }, 'the rule is for the whole namespace, and ratings in it uses no waypoint: ztunnel does not see paths');
    refused({ waypoint: 'gate' }, shop => {
      service(shop, 'ratings', { waypoint: 'none' });
      new RequireJwt(shop, 'jwt', { issuers: [JwtIssuer.of('https://accounts.example.com', { audiences: ['shop'], forwardOriginalToken: true })] });
    }, 'ratings uses no waypoint, and ztunnel reads no tokens');
  });

  test('a rule that would shut out the waypoint of a single service', () => {
    refused({}, shop => {
      service(shop, 'reviews', { waypoint: 'gate' });
      new Allow(shop, 'friends', { from: [Caller.namespace('web')] });
    }, 'it holds at workloads too, which would then not let in waypoint shop/gate of some services here');
  });

  test('an upgrade that begins with a service that is none', () => {
    refused({ waypoint: 'gate', waypointUpgrade: { to: 'gate-2', step: 'move-some', first: ['ratngs'] } }, shop => { ratingsOf(shop); }, 'waypointUpgrade.first names "ratngs", which is no service of namespace shop; it has ratings');
  });
});
