import { Duration } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import {
  Canary, ExternalService, IngressGateway, Match, type MeshService, MeshService as Service, Origin, Path, Rewrite, Route, type RouteProps, To, warnings,
} from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { ratingsOf, reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);

test('a route tests every part of a request', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  new Route(reviews, 'parts', {
    match: [
      [Path.exact('/a'), Match.header('x-a').exact('1'), Match.header('x-b').prefix('b'), Match.header('x-c').regex('c+'), Match.header('x-d').present()],
      [Path.prefix('/b/'), Match.header('x-a').absent(), Match.header('x-b').not.exact('b'), Match.header('x-c').not.prefix('c'), Match.header('x-d').not.regex('d+')],
      [Path.regex('/c/[0-9]+'), Match.query('q').exact('1'), Match.query('r').prefix('2'), Match.query('s').regex('3.'), Match.query('t').present()],
      [Path.ignoreCase(Path.exact('/D')), Match.method('GET'), Match.scheme('https'), Match.authority.exact('reviews:9080')],
      [Match.method('PUT', 'POST'), Match.authority.prefix('reviews.'), Match.port(9080)],
      [Match.authority.regex('reviews.*'), Match.source({ app: 'reviews' }), Match.namespace(shop)],
    ],
    to: 'v2',
  });
  golden('matches.yaml', emitted(mesh, 'VirtualService'));
  expect(findings(mesh)).toEqual([]);
});

test('claims are matched at gateways, where they are known', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  const ingress = new IngressGateway(shop, 'ingress', { hosts: ['shop.example.com'] });
  ingress.exposes(reviews, { paths: [Path.prefix('/reviews/')] });
  new Route(reviews, 'admins', { match: [[Match.claim('role').exact('admin'), Match.claim('realm', 'beta').absent()]], to: 'v2' });
  new Route(reviews, 'outside', { match: [[Match.gateway(ingress), Path.exact('/reviews/1')]], to: 'v3' });
  new Route(reviews, 'inside', { match: [[Match.inMesh(), Path.exact('/reviews/2')]], to: 'v1' });
  golden('places.yaml', emitted(mesh, 'VirtualService'));
});

test('requests go to versions and services by shares, each with headers of its own', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  const legacy = new Service(mesh.namespace('old'), 'legacy', { port: [{ port: 80 }, { port: 81, name: 'more' }], versions: { v1: { image: 'a' } } });
  new Route(reviews, 'split', {
    match: [Path.prefix('/split/')],
    to: [
      To.version('v1', { percent: 70, requestHeaders: { set: { 'x-version': 'v1' }, add: { 'x-seen': 'v1' }, remove: ['x-debug'] } }),
      To.version('v2', { percent: 20, responseHeaders: { set: { 'x-version': 'v2' }, add: { 'x-seen': 'v2' }, remove: ['server'] } }),
      To.service(legacy, { percent: 10, version: 'v1', port: 81 }),
    ],
  });
  golden('shares.yaml', emitted(mesh, 'VirtualService'));
  expect(findings(mesh)).toEqual([]);
});

test('whoever may call a service may come where its requests are sent', () => {
  const { mesh, shop } = shopMesh();
  const [reviews, ratings] = [reviewsOf(shop), ratingsOf(shop)];
  const page = new Service(shop, 'productpage', { port: 9080, versions: { v1: { image: 'a' } } });
  page.calls(reviews, { methods: ['GET'] });
  new Route(reviews, 'split', { to: [To.version('v1', { percent: 90 }), To.service(ratings, { percent: 10 })] });
  const callers = emitted(mesh, 'AuthorizationPolicy').map(({ metadata, spec }) => [metadata.name, (spec as { rules: { from: unknown }[] }).rules.map(rule => rule.from)]);
  const productpage = [[{ source: { principals: ['cluster.local/ns/shop/sa/productpage'] } }]];
  expect(callers).toEqual([['reviews-callers', productpage], ['ratings-callers', productpage]]);
});

test('a route redirects, answers or delegates', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  const route = (id: string, to: RouteProps<'v1'>['to']): void => { new Route<string>(reviews, id, { match: [Path.prefix(`/${id}/`)], to }); };
  route('path', To.redirect({ path: '/new', code: 308 }));
  route('prefix', To.redirect({ prefix: '/new/', authority: 'new.example.com', scheme: 'https', port: 8443 }));
  route('port', To.redirect({ scheme: 'https', port: 'FROM_PROTOCOL_DEFAULT' }));
  route('text', To.response(503, 'closed for the day'));
  route('bytes', To.response(200, Uint8Array.of(0, 255)));
  route('empty', To.response(204));
  route('delegate', To.delegate('reviews-routes', 'reviews-team'));
  golden('answers.yaml', emitted(mesh, 'VirtualService'));
});

test('a route rewrites by path, by prefix, by regular expression, and the host', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  new Route(reviews, 'path', { match: [Path.exact('/a')], rewrite: Rewrite.path('/b', { authority: 'b.example.com' }) });
  new Route(reviews, 'prefix', { match: [Path.prefix('/old/')], rewrite: Rewrite.prefix('/new/') });
  new Route(reviews, 'regex', { match: [Path.prefix('/users/')], rewrite: Rewrite.regex('/users/([0-9]+)', '/u/\\1') });
  new Route(reviews, 'authority', { match: [Path.exact('/c')], rewrite: Rewrite.authority('c.example.com') });
  golden('rewrites.yaml', emitted(mesh, 'VirtualService'));
  expect(findings(mesh)).toEqual([]);
});

test('a route says how long, how often, for which pages, and with which headers', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  new Canary(reviews, 'v3', { from: 'v1', to: 'v3' });
  new Route(reviews, 'api', {
    name: 'api',
    match: [Path.prefix('/api/')],
    requestHeaders: { set: { 'x-api': '1' }, remove: ['cookie'] },
    responseHeaders: { add: { vary: 'origin' } },
    cors: {
      origins: [Origin.exact('https://shop.example.com'), Origin.prefix('https://dev.'), Origin.regex('https://.*\\.example\\.com')],
      methods: ['GET', 'POST'],
      headers: ['x-token'],
      exposes: ['x-total'],
      credentials: true,
      maxAge: Duration.hours(24),
      unmatchedPreflights: 'IGNORE',
    },
    timeout: Duration.seconds(1),
    retries: { attempts: 3, perTryTimeout: Duration.millis(200), on: ['reset', 503], backoff: Duration.millis(50), remoteLocalities: true, ignorePreviousHosts: false },
  });
  golden('settings.yaml', emitted(mesh, 'VirtualService'));
  expect(findings(mesh)).toEqual([]);
});

test('a route for every other request keeps the split of the service', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  new Route(reviews, 'all', { timeout: Duration.seconds(3) });
  new Canary(reviews, 'v3', { from: 'v1', to: 'v3' });
  expect(emitted(mesh, 'VirtualService')[0]?.spec).toMatchObject({ http: [{ timeout: '3s', route: [{ weight: 90 }, { weight: 10 }] }] });
});

test('a route that does not say where goes as all other requests go, whichever intent says so', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  new Route(reviews, 'old', { match: [Path.prefix('/old/')], rewrite: Rewrite.prefix('/') });
  new Route(reviews, 'all', { to: 'v2' });
  expect(emitted(mesh, 'VirtualService')[0]?.spec).toMatchObject({ http: [{ route: [{ destination: { subset: 'v2' } }] }, { route: [{ destination: { subset: 'v2' } }] }] });
});

test('a service outside has routes as well', () => {
  const { mesh, shop } = shopMesh();
  const api = new ExternalService(shop, 'api', { hosts: ['api.example.com'], port: 80 });
  new Route(api, 'v1', { match: [Path.prefix('/v1/')], timeout: Duration.seconds(1) });
  expect(emitted(mesh, 'VirtualService')[0]?.spec).toMatchObject({ hosts: ['api.example.com'], http: [{ timeout: '1s' }, { route: [{ destination: { host: 'api.example.com' } }] }] });
});

describe('retries that may do work twice are warned of', () => {
  test('on a route for a method that is not idempotent', () => {
    const { mesh, shop } = shopMesh();
    new Route(reviewsOf(shop), 'buy', { match: [Match.method('POST')], retries: { attempts: 2, on: ['connect-failure', '5xx', 'reset'] } });
    expect(warnings(mesh)).toEqual(['mesh/shop/reviews/buy: retries on 5xx, reset may do the work of POST twice; retry those only on connect-failure and refused-stream']);
  });
  test('not on one for a method that is, nor on conditions that come before any work', () => {
    const { mesh, shop } = shopMesh();
    const reviews = reviewsOf(shop);
    new Route(reviews, 'get', { match: [Match.method('GET', 'PUT')], retries: { attempts: 2, on: ['5xx'] } });
    new Route(reviews, 'post', { match: [Match.method('POST')], retries: { attempts: 2, on: ['connect-failure'] } });
    expect(warnings(mesh)).toEqual([]);
  });
  test('on a service, of the methods that its callers may use', () => {
    const { app, shop } = shopMesh();
    const orders = new Service(shop, 'orders', { port: 80, versions: { v1: { image: 'a' } }, retries: { attempts: 1, on: ['gateway-error'] } });
    reviewsOf(shop).calls(orders, { methods: ['GET', 'POST'] });
    app.render();
    expect(warnings(app)).toEqual([expect.stringContaining('mesh/shop/orders: retries on gateway-error may do the work of POST twice')]);
  });
});

describe('a mistake fails at once, with the construct path', () => {
  const cases: readonly (readonly [string, RouteProps<string>, string])[] = [
    ['a version that is none', { to: 'v9' }, 'mesh/shop/reviews/r: to is "v9", which is no version of reviews; it has "v1", "v2", "v3"'],
    ['shares that make no hundred', { to: [To.version('v1', { percent: 50 }), To.version('v2', { percent: 40 })] }, 'the destinations take 90 of a hundred requests; make it 100'],
    ['a destination of several without a share', { to: [To.version('v1'), To.version('v2', { percent: 40 })] }, 'one of several destinations has no percent'],
    ['no destination', { to: [] }, '"to" is empty'],
    ['a match of nothing', { match: [] }, 'an empty match takes no request'],
    ['a match without tests', { match: [[]] }, 'a match without tests takes every request'],
    ['one header tested twice', { match: [[Match.header('a').exact('1'), Match.header('A').prefix('1')]] }, 'a match tests header "a" twice'],
    ['tests that no request passes', { match: [[Match.header('a').exact('1'), Match.header('a').absent()]] }, 'no request can pass header "a" and header "a"'],
    ['a source at a gateway', { match: [[Match.source({ app: 'a' }), Match.claim('a').present()]] }, 'no request can pass the labels of the source and claim "[a]"'],
    ['a rewrite of a prefix where none matched', { match: [Path.exact('/a')], rewrite: Rewrite.prefix('/b') }, 'each match needs Path.prefix(…)'],
    ['a rewrite of a path where a prefix matched', { match: [Path.prefix('/a')], rewrite: Rewrite.path('/b') }, 'each match needs Path.exact(…)'],
    ['a change of what is no header', { requestHeaders: { set: { ':authority': 'b' } } }, 'requestHeaders: ":authority" is no header name'],
    ['a redirect to the same place', { to: To.redirect({ code: 301 }) }, 'a redirect must lead elsewhere'],
    ['a redirect with a code that is none', { to: To.redirect({ path: '/b', code: 200 as 301 }) }, 'code must be 301, 302, 303, 307 or 308, which are all that Envoy redirects with, got 200'],
    ['a redirect to a path and a prefix', { match: [Path.prefix('/a')], to: To.redirect({ path: '/b', prefix: '/c' }) }, 'a redirect has a path or a prefix, got both'],
    ['a redirect of a prefix where none matched', { to: To.redirect({ prefix: '/b' }) }, 'each match needs Path.prefix(…)'],
    ['a timeout of a redirect', { to: To.redirect({ path: '/b' }), timeout: Duration.seconds(1) }, 'a redirect is sent nowhere, so timeout would do nothing'],
    ['a status that is none', { to: To.response(99) }, 'the status of a response must be between 200 and 600, got 99'],
    ['changes of no header', { requestHeaders: {} }, 'requestHeaders changes nothing'],
    ['one header changed twice', { requestHeaders: { set: { a: '1' }, remove: ['A'] } }, 'requestHeaders changes "a" twice'],
    ['a change of the host', { requestHeaders: { set: { Host: 'a' } } }, 'requestHeaders cannot change "host"'],
    ['no origin', { cors: { origins: [] } }, 'cors.origins is empty'],
    ['cookies for every page', { cors: { origins: [Origin.regex('.*')], credentials: true } }, 'cors lets every page send cookies'],
    ['an age in parts of seconds', { cors: { origins: [Origin.exact('https://a')], maxAge: Duration.millis(1500) } }, 'cors.maxAge must be whole seconds'],
  ];
  test.each(cases)('%s', (_, props, message) => {
    expect(() => new Route<string>(reviewsOf(shopMesh().shop) as MeshService, 'r', props)).toThrow(message);
  });

  test('two routes that divide all requests', () => {
    const reviews = reviewsOf(shopMesh().shop);
    new Route(reviews, 'a', { to: 'v1' });
    expect(() => new Route(reviews, 'b', { timeout: Duration.seconds(1) })).toThrow('mesh/shop/reviews/b: mesh/shop/reviews/a takes every request as well');
    expect(() => new Canary(reviews, 'c', { from: 'v1', to: 'v2' })).toThrow('mesh/shop/reviews/c: the requests of this service are divided by mesh/shop/reviews/a already');
  });

  test('a route of all requests beside a canary', () => {
    const reviews = reviewsOf(shopMesh().shop);
    new Canary(reviews, 'c', { from: 'v1', to: 'v2' });
    expect(() => new Route(reviews, 'a', { to: 'v1' })).toThrow('mesh/shop/reviews/a: the requests of this service are divided by mesh/shop/reviews/c already');
  });

  test('what is no regular expression', () => {
    expect(() => Path.regex('/(')).toThrow('Path.regex: "/(" is no RE2 expression');
    expect(() => Match.header('x').regex('*')).toThrow('Match: "*" is no RE2 expression');
  });

  test('a regular expression of which nobody can tell whether it is under the paths that a gateway exposes', () => {
    const { app, shop } = shopMesh();
    const reviews = reviewsOf(shop);
    new IngressGateway(shop, 'ingress', { hosts: ['a.com'] }).exposes(reviews, { paths: [Path.prefix('/reviews/')] });
    new Route(reviews, 'r', { match: [Path.regex('/.*/1')], to: 'v2' });
    expect(() => app.render()).toThrow('mesh/shop/reviews/r: its paths cannot be joined with those under which a gateway exposes the service');
  });
});

test('an expression that begins with a path that a gateway exposes is one of its routes; one that begins otherwise is none', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  new IngressGateway(mesh.namespace('edge'), 'ingress', { hosts: ['a.com'] }).exposes(reviews, { paths: [Path.prefix('/reviews/'), Path.exact('/top/1')] });
  new Route(reviews, 'number', { match: [Path.regex('/reviews/[0-9]+')], to: 'v2' });
  new Route(reviews, 'top', { match: [Path.regex('/top/.+')], to: 'v3' });
  new Route(reviews, 'admin', { match: [Path.regex('/admin/.+')], to: 'v3' });
  const [atGateway] = emitted(mesh, 'VirtualService').map(({ spec }) => (spec as { http: { match?: { uri: unknown }[] }[] }).http.map(({ match }) => match?.map(({ uri }) => uri)));
  expect(atGateway).toEqual([[{ regex: '/reviews/[0-9]+' }], [{ exact: '/top/1' }], [{ prefix: '/reviews/' }]]);
  expect(findings(mesh)).toEqual([]);
});

describe('a route that nothing could take is an error', () => {
  test('at a gateway that does not expose the service', () => {
    const { app, shop } = shopMesh();
    const [reviews, ratings] = [reviewsOf(shop), ratingsOf(shop)];
    const ingress = new IngressGateway(shop, 'ingress', { hosts: ['a.com'] });
    ingress.exposes(ratings);
    new Route(reviews, 'r', { match: [Match.gateway(ingress)], to: 'v2' });
    expect(() => app.render()).toThrow('mesh/shop/reviews/r can never match: no gateway that it asks for exposes the service');
  });
  test('by a claim, where no gateway exposes the service', () => {
    const { app, shop } = shopMesh();
    new Route(reviewsOf(shop), 'r', { match: [Match.claim('role').exact('admin')], to: 'v2' });
    expect(() => app.render()).toThrow('mesh/shop/reviews/r can never match');
  });
  test('where no port carries HTTP', () => {
    const { shop } = shopMesh();
    const props = { port: { port: 3306, protocol: 'mysql' }, versions: { v1: { image: 'a' } } } as const;
    expect(() => new Route(new Service(shop, 'db', props), 'r', { to: 'v1' })).toThrow('mesh/shop/db/r: db has no HTTP port (only mysql), so Istio sees no requests to route; route its connections with TcpRoute');
    expect(() => new Service(shop, 'slow', { ...props, timeout: Duration.seconds(1) })).toThrow('mesh/shop/slow: slow has no HTTP port');
  });
});
