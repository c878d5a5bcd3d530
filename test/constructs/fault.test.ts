import { Duration } from 'cdk8s';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Canary, ExternalService, Fault, type FaultProps, Match, MeshService, Path, Route } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { ratingsOf, reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);
const jason = [Match.header('end-user').exact('jason')];
afterEach(() => { vi.useRealTimers(); });

test('one user waits and fails, everybody else does not', () => {
  const { mesh, shop } = shopMesh();
  const ratings = ratingsOf(shop);
  new Fault(ratings, 'slow', { match: jason, delay: Duration.seconds(7) });
  new Fault(ratings, 'broken', { match: jason, abort: 500, abortPercent: 50 });
  golden('one-user.yaml', emitted(mesh, 'VirtualService'));
  expect(findings(mesh)).toEqual([]);
});

test('a fault holds for its part of every route, before the rest of it', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  new Canary(reviews, 'v3', { from: 'v1', to: 'v3' });
  new Route(reviews, 'api', { match: [Path.prefix('/api/')], to: 'v2' });
  new Fault(reviews, 'broken', { match: jason, abort: 'UNAVAILABLE' });
  golden('over-routes.yaml', emitted(mesh, 'VirtualService'));
  expect(findings(mesh)).toEqual([]);
});

test('routes that fail whole may stay behind the fault, so that it can be taken out by hand', () => {
  const { mesh, shop } = shopMesh();
  const ratings = ratingsOf(shop);
  new Route(ratings, 'api', { match: [Path.prefix('/api/')], to: 'v1' });
  new Fault(ratings, 'broken', { match: [Path.prefix('/api/')], abort: 500, keepsRoutes: true });
  expect(emitted(mesh, 'VirtualService')[0]?.spec).toMatchObject({ http: [{ match: [{ uri: { prefix: '/api/' } }], fault: {} }, { match: [{ uri: { prefix: '/api/' } }] }, { route: [{}] }] });
  expect(findings(mesh)).toEqual([expect.stringContaining('IST0130 VirtualService ratings spec.http[1]')]);
});

test('a service outside can fail as well', () => {
  const { mesh, shop } = shopMesh();
  new Fault(new ExternalService(shop, 'api', { hosts: ['api.example.com'], port: 80 }), 'down', { abort: 503 });
  expect(emitted(mesh, 'VirtualService')[0]?.spec).toMatchObject({ http: [{ fault: { abort: { httpStatus: 503, percentage: { value: 100 } } } }] });
});

describe('a fault ends', () => {
  const render = (today: string): (() => unknown) => {
    vi.useFakeTimers();
    vi.setSystemTime(new Date(today));
    const { app, shop } = shopMesh();
    new Fault(ratingsOf(shop), 'broken', { abort: 500, until: '2030-06-30' });
    return () => app.render();
  };
  test('not on its last day', () => {
    expect(render('2030-06-30T23:59:59Z')).not.toThrow();
  });
  test('and the synth fails from the day after', () => {
    expect(render('2030-07-01T00:00:00Z')).toThrow('[mesh/shop/ratings/broken] the fault was to end on 2030-06-30; remove it, or give it another day');
  });
});

describe('a mistake fails at once, with the construct path', () => {
  const cases: readonly (readonly [string, FaultProps, string])[] = [
    ['a fault that does nothing', {}, 'mesh/shop/ratings/f: a fault delays or aborts, got neither'],
    ['a share of no delay', { abort: 500, delayPercent: 5 }, 'delayPercent is of nothing; give delay as well'],
    ['a share of no abort', { delay: Duration.seconds(1), abortPercent: 5 }, 'abortPercent is of nothing; give abort as well'],
    ['a status that is none', { abort: 42 }, 'abort must be a status between 200 and 600, got 42'],
    ['a share above all', { abort: 500, abortPercent: 200 }, 'abortPercent must be 0, or between 0.0001 and 100, got 200'],
    ['no time', { delay: Duration.millis(0) }, 'delay must be a whole number of milliseconds, at least 1, got 0 ms'],
    ['a day that is none', { abort: 500, until: '2030-02-30' }, 'until must be a day as 2026-12-31, got "2030-02-30"'],
  ];
  test.each(cases)('%s', (_, props, message) => {
    expect(() => new Fault(ratingsOf(shopMesh().shop), 'f', props)).toThrow(message);
  });

  test('two faults that delay the same requests name both', () => {
    const { app, shop } = shopMesh();
    const ratings = ratingsOf(shop);
    new Fault(ratings, 'a', { delay: Duration.seconds(1) });
    new Fault(ratings, 'b', { match: jason, delay: Duration.seconds(2) });
    expect(() => app.render()).toThrow('mesh/shop/ratings/b: it and mesh/shop/ratings/a both delay the same requests; remove one of the two');
  });

  test('a fault beside retries names both, whichever comes first', () => {
    const { shop } = shopMesh();
    const api = new MeshService(shop, 'api', { port: 80, versions: { v1: { image: 'a' } }, retries: { attempts: 2 } });
    expect(() => new Fault(api, 'f', { abort: 500 })).toThrow('mesh/shop/api/f: mesh/shop/api has requests of the same service tried again');
    const ratings = ratingsOf(shop);
    new Fault(ratings, 'f', { abort: 500 });
    expect(() => new Route(ratings, 'r', { match: jason, retries: { attempts: 1 } })).toThrow('mesh/shop/ratings/f: mesh/shop/ratings/r has requests of the same service tried again');
  });
});
