import { expect, test } from 'vitest';
import { Canary, Match, type MeshService, Mirror, Path, Route, To } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { ratingsOf, reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);

test('several copies go to a version and to another service, by percent', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  new Canary(reviews, 'v3', { from: 'v1', to: 'v3', pin: [Match.header('end-user').exact('jason')] });
  new Mirror(reviews, 'shadow', { to: 'v2', percent: 5 });
  new Mirror(reviews, 'other', { to: To.service(ratingsOf(shop), { port: 9080 }), percent: 0.5 });
  golden('several.yaml', emitted(mesh, 'VirtualService'));
  expect(findings(mesh)).toEqual([]);
});

test('only what is asked for is copied, and it goes where it would go', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  new Mirror(reviews, 'shadow', { to: 'v2', match: [Path.prefix('/api/'), Match.method('GET')] });
  new Route(reviews, 'jason', { match: [[Match.header('end-user').exact('jason'), Path.prefix('/api/v1/')]], to: 'v3' });
  new Route(reviews, 'old', { match: [Path.prefix('/old/')], to: To.redirect({ path: '/' }) });
  golden('some.yaml', emitted(mesh, 'VirtualService'));
  expect(findings(mesh)).toEqual([]);
});

test.each([
  ['to an unknown version', { to: 'v9' }, 'mesh/shop/reviews/m: to is "v9", which is no version of reviews'],
  ['of more than everything', { to: 'v2', percent: 101 }, 'percent must be 0, or between 0.0001 and 100, got 101'],
  ['with headers', { to: To.version('v2', { requestHeaders: { set: { a: 'b' } } }) }, 'a copy is sent as it is, so requestHeaders of its destination would do nothing'],
])('a mirror %s is an error', (_, props, message) => {
  expect(() => new Mirror<string>(reviewsOf(shopMesh().shop) as MeshService, 'm', props)).toThrow(message);
});

test('a mirror to the service itself, which would answer each request twice, is an error', () => {
  const reviews = reviewsOf(shopMesh().shop);
  expect(() => new Mirror(reviews, 'm', { to: To.service(reviews) })).toThrow('mesh/shop/reviews/m: the copies would go to the service that gets the requests');
});

test('a mirror of what nobody can tell apart is an error that names both', () => {
  const { app, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  new Route(reviews, 'r', { match: [Path.regex('/a.*')], to: 'v2' });
  new Mirror(reviews, 'm', { to: 'v3', match: [Path.regex('.*/b')] });
  expect(() => app.render()).toThrow('mesh/shop/reviews/m: nobody can tell which requests it shares with mesh/shop/reviews/r');
});
