import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Canary, IngressGateway, Match, MeshService, type MeshService as Service, Path } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { ratingsOf, reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);

test('a canary takes ten percent unless told otherwise', () => {
  const { mesh, shop } = shopMesh();
  new Canary(reviewsOf(shop), 'v3', { from: 'v1', to: 'v3' });
  golden('ten-percent.yaml', emitted(mesh, 'VirtualService'));
});

test('pinned requests meet the canary first, by header, by cookie, and by both', () => {
  const { mesh, shop } = shopMesh();
  new Canary(reviewsOf(shop), 'v3', {
    from: 'v1',
    to: 'v3',
    percent: 25,
    pin: [
      Match.header('End-User').exact('jason'),
      Match.cookie('beta').present(),
      [Match.header('x-region').prefix('eu-'), Match.cookie('plan').exact('a.b')],
    ],
  });
  golden('pinned.yaml', emitted(mesh, 'VirtualService'));
});

test('a canary at 0 percent sends everything to stable', () => {
  const { mesh, shop } = shopMesh();
  new Canary(reviewsOf(shop), 'v3', { from: 'v1', to: 'v3', percent: 0 });
  expect(shares(mesh)).toEqual({ v1: 100, v3: 0 });
});

test('the split is the same inside the mesh and at the gateway', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  new Canary(reviews, 'v3', { from: 'v1', to: 'v3', pin: [Match.header('end-user').exact('jason')] });
  const ingress = new IngressGateway(shop, 'ingress', { hosts: ['shop.example.com'] });
  ingress.exposes(reviews, { paths: [Path.prefix('/reviews/')] });
  golden('at-the-gateway.yaml', emitted(mesh, 'VirtualService'));
});

test('shares always add up to a hundred', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 100 }), percent => {
    const { mesh, shop } = shopMesh();
    new Canary(reviewsOf(shop), 'v3', { from: 'v1', to: 'v3', percent });
    expect(shares(mesh)).toEqual({ v1: 100 - percent, v3: percent });
  }), { numRuns: 30 });
});

test('a cookie pin takes the cookie wherever it stands in the header, and no other', () => {
  const { test: pinned } = Match.cookie('plan').exact('a+b');
  const pattern = new RegExp(`^(?:${'value' in pinned ? pinned.value : ''})$`);
  for (const header of ['plan=a+b', 'x=1; plan=a+b', 'x=1; plan=a+b; y=2', 'plan=a+b;y=2']) expect(header).toMatch(pattern);
  for (const header of ['plan=aab', 'myplan=a+b', 'x=plan=a+b', 'plan=a+bc', '']) expect(header).not.toMatch(pattern);
});

describe('a mistake fails at once, with the construct path', () => {
  const cases: readonly (readonly [string, (reviews: Service<'v1' | 'v2' | 'v3'>) => void, string])[] = [
    ['a weight above a hundred', reviews => new Canary(reviews, 'c', { from: 'v1', to: 'v3', percent: 101 }), 'mesh/shop/reviews/c: percent must be a whole number between 0 and 100, got 101'],
    ['a weight below zero', reviews => new Canary(reviews, 'c', { from: 'v1', to: 'v3', percent: -1 }), 'mesh/shop/reviews/c: percent must be a whole number between 0 and 100, got -1'],
    ['half a percent', reviews => new Canary(reviews, 'c', { from: 'v1', to: 'v3', percent: 0.5 }), 'mesh/shop/reviews/c: percent must be a whole number between 0 and 100, got 0.5'],
    ['no number', reviews => new Canary(reviews, 'c', { from: 'v1', to: 'v3', percent: NaN }), 'got NaN'],
    ['a version unknown to JavaScript', reviews => new Canary<string>(reviews, 'c', { from: 'v1', to: 'v9' }), 'mesh/shop/reviews/c: to is "v9", which is no version of reviews; it has "v1", "v2", "v3"'],
    ['one version twice', reviews => new Canary(reviews, 'c', { from: 'v1', to: 'v1' }), 'mesh/shop/reviews/c: from and to are both "v1"; a canary needs two versions'],
    ['two canaries on one service', reviews => { new Canary(reviews, 'a', { from: 'v1', to: 'v2' }); new Canary(reviews, 'b', { from: 'v1', to: 'v3' }); }, 'mesh/shop/reviews/b: the requests of this service are divided by mesh/shop/reviews/a already; remove one of the two'],
    ['one id twice', reviews => { new Canary(reviews, 'a', { from: 'v1', to: 'v2' }); new Canary(reviews, 'a', { from: 'v1', to: 'v3' }); }, 'mesh/shop/reviews/a: mesh/shop/reviews has a construct "a" already'],
    ['an empty pin', reviews => new Canary(reviews, 'c', { from: 'v1', to: 'v3', pin: [[]] }), 'an empty pin would send every request'],
    ['one header twice in a pin', reviews => new Canary(reviews, 'c', { from: 'v1', to: 'v3', pin: [[Match.header('a').exact('1'), Match.header('A').exact('2')]] }), 'mesh/shop/reviews/c: pin: a match tests header "a" twice'],
    ['a header that is none', () => Match.header('end user'), 'Match.header: "end user" is no header name'],
    ['a cookie that is none', () => Match.cookie('a;b'), 'Match.cookie: "a;b" is no cookie name'],
  ];
  test.each(cases)('%s', (_, run, message) => {
    expect(() => { run(reviewsOf(shopMesh().shop)); }).toThrow(message);
  });

  test('a canary of a service that another team owns', () => {
    const theirs = MeshService.existing(shopMesh().shop, 'cart', { namespace: 'carts', port: 80, versions: ['v1', 'v2'] });
    expect(() => new Canary(theirs, 'c', { from: 'v1', to: 'v2' }))
      .toThrow('mesh/shop/cart: cart belongs to the owners of namespace carts, so routing by mesh/shop/cart/c is theirs to declare');
  });

  test('a version of a service that has only others', () => {
    expect(() => new Canary(ratingsOf(shopMesh().shop) as Service, 'c', { from: 'v1', to: 'v2' })).toThrow('to is "v2", which is no version of ratings; it has "v1"');
  });
});

function shares(mesh: Parameters<typeof emitted>[0]): Record<string, number | undefined> {
  const [service] = emitted(mesh, 'VirtualService');
  const { http } = service?.spec as { http: { route: { destination: { subset: string }; weight: number }[] }[] };
  return Object.fromEntries((http.at(-1)?.route ?? []).map(({ destination, weight }) => [destination.subset, weight]));
}
