import { Duration } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { Delegate, type DelegateProps, ExternalService, Fault, IngressGateway, Match, MeshService, Mirror, Path, Route, To, type ServiceMesh } from '../../lib/index.ts';
import { expectMesh } from '../../lib/testing/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { ratingsOf, reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);
const under = [Path.prefix('/reviews/photos/')];

function photosOf(mesh: ServiceMesh): MeshService<'v1' | 'v2'> {
  return new MeshService(mesh.namespace('photo-team'), 'photos', { port: [{ port: 80 }, { port: 81, name: 'admin' }], versions: { v1: { image: 'a' }, v2: { image: 'b' } } });
}

test('one team\'s routes lead to those of another, for whoever may call the one', () => {
  const { mesh, shop } = shopMesh({ access: 'deny-by-default' });
  const reviews = reviewsOf(shop);
  const service = photosOf(mesh);
  const photos = new Delegate(service.namespace, 'photo-routes', { service, timeout: Duration.seconds(3), retries: { attempts: 0 }, exportTo: ['shop'] });
  new Route(photos, 'large', { match: [[Path.prefix('/reviews/photos/large/'), Match.header('x').present()]], to: 'v2' });
  new Route(photos, 'rest', { to: [To.version('v1', { percent: 90 }), To.version('v2', { percent: 10 })] });
  new Fault(photos, 'broken', { match: [Match.header('end-user').exact('jason')], abort: 503 });
  new Mirror(photos, 'copy', { to: 'v2', percent: 1 });
  new Route(reviews, 'photos', { match: under, to: To.delegate(photos) });
  ratingsOf(shop).calls(reviews);
  golden('photos.yaml', emitted(mesh).filter(({ kind, metadata }) => kind === 'VirtualService' || (kind === 'AuthorizationPolicy' && metadata.name === 'photos-callers')));
  expect(findings(mesh)).toEqual([]);
});

test('requests come where the delegate says, in the mesh and through a gateway', () => {
  const { app, mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  const service = photosOf(mesh);
  const photos = new Delegate(service.namespace, 'photo-routes', { service });
  new Route(photos, 'large', { match: [Path.prefix('/reviews/photos/large/')], to: 'v2' });
  new Route(reviews, 'photos', { match: under, to: To.delegate(photos) });
  new IngressGateway(mesh.namespace('edge'), 'ingress', { hosts: ['a.com'] }).exposes(reviews, { paths: [Path.prefix('/reviews/')] });
  ratingsOf(shop).calls(reviews);
  const asked = expectMesh(app);
  asked.request('GET http://reviews.shop:9080/reviews/photos/large/1', { from: 'shop/ratings' }).toReach('photos.photo-team', { subset: 'v2' });
  asked.request('GET http://reviews.shop:9080/reviews/photos/1', { from: 'shop/ratings' }).toReach('photos.photo-team');
  asked.request('GET http://reviews.shop:9080/reviews/1', { from: 'shop/ratings' }).toReach('reviews.shop');
  expect(gatewayRoutes(mesh)).toEqual([{ match: [{ uri: { prefix: '/reviews/photos/' } }], delegate: { name: 'photo-routes', namespace: 'photo-team' } }, { match: [{ uri: { prefix: '/reviews/' } }], route: [{ destination: { host: 'reviews' } }] }]);
});

function gatewayRoutes(mesh: ServiceMesh): unknown {
  return (emitted(mesh, 'VirtualService').find(({ metadata }) => metadata.name === 'reviews-ingress')?.spec as { http: unknown }).http;
}

test('what the delegate sends on is let in there as well', () => {
  const { mesh, shop } = shopMesh();
  const [reviews, ratings] = [reviewsOf(shop), ratingsOf(shop)];
  const photos = new Delegate(shop, 'photos', { service: reviews });
  new Route(reviews, 'photos', { match: under, to: To.delegate(photos) });
  new Route(photos, 'rated', { match: [Path.exact('/reviews/photos/rated')], to: To.service(ratings) });
  new MeshService(shop, 'page', { port: 80, versions: { v1: { image: 'a' } } }).calls(reviews);
  expect(emitted(mesh, 'AuthorizationPolicy').map(({ metadata }) => metadata.name)).toEqual(['reviews-callers', 'ratings-callers']);
});

test('what is delegated may be answered outside', () => {
  const { mesh, shop } = shopMesh();
  const cdn = new ExternalService(shop, 'cdn', { hosts: ['cdn.example.com'], port: 80 });
  const photos = new Delegate(shop, 'photos', { service: cdn });
  new Route(reviewsOf(shop), 'photos', { match: under, to: To.delegate(photos) });
  expect(emitted(mesh, 'VirtualService').find(({ metadata }) => metadata.name === 'photos')?.spec).toEqual({ http: [{ route: [{ destination: { host: 'cdn.example.com' } }] }] });
  expect(findings(mesh)).toEqual([]);
});

describe('a mistake is an error that names both', () => {
  const delegate = (props: Partial<DelegateProps<'v1'>> = {}): { photos: Delegate<'v1'>; reviews: ReturnType<typeof reviewsOf>; app: ReturnType<typeof shopMesh>['app'] } => {
    const { app, shop, mesh } = shopMesh();
    return { app, reviews: reviewsOf(shop), photos: new Delegate(mesh.namespace('team'), 'photos', { service: ratingsOf(shop), ...props }) };
  };

  test.each([
    ['a path elsewhere', [Path.prefix('/photos/')], 'no match on the path'],
    ['an expression, where there is a path', [Path.regex('/reviews/photos/[0-9]+')], 'no match on the path'],
    ['a path in any spelling', [Path.ignoreCase(Path.prefix('/reviews/photos/a'))], 'no match on the case of the path'],
  ])('a route that Istio would drop: %s', (_, match, message) => {
    const { app, photos, reviews } = delegate();
    new Route(photos, 'r', { match, to: 'v1' });
    new Route(reviews, 'photos', { match: under, to: To.delegate(photos) });
    expect(() => app.render()).toThrow(`[mesh/team/photos] mesh/team/photos/r: its route can never match: Istio puts ${message} together with that of mesh/shop/reviews/photos`);
  });
  test('one that is kept from who leads to it', () => {
    const { photos, reviews } = delegate({ exportTo: ['other'] });
    expect(() => new Route(reviews, 'photos', { match: under, to: To.delegate(photos) })).toThrow('mesh/shop/reviews/photos: mesh/team/photos is not shown to namespace shop');
  });
  test('a delegate that delegates again', () => {
    const { photos } = delegate();
    expect(() => new Route(photos, 'r', { match: under, to: To.delegate('more') })).toThrow('mesh/team/photos/r: a delegate cannot delegate again');
  });
  test('a route of a delegate for one place', () => {
    const { photos } = delegate();
    expect(() => new Route(photos, 'r', { match: [Match.inMesh()], to: 'v1' })).toThrow('mesh/team/photos/r: routes of a delegate hold where the route holds that leads to them');
    expect(() => new Fault(photos, 'f', { match: [Match.inMesh()], abort: 500 })).toThrow('mesh/team/photos/f: routes of a delegate hold');
  });
  test('a version that is none, and a port that is none', () => {
    const { photos } = delegate();
    expect(() => new Route<string>(photos as Delegate, 'r', { to: 'v9' })).toThrow('mesh/team/photos/r: to is "v9", which is no version of ratings');
    expect(() => delegate({ port: 1 })).toThrow('mesh/team/photos: ratings has no HTTP port 1; it has 9080 (http)');
  });
});
