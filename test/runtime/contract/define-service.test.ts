import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defineService, type ServiceProps } from '../../../lib/runtime/contract/index.ts';
import { goldens } from '../../golden.ts';

const golden = goldens(import.meta.url);

test('a name and a port say everything else', () => {
  golden('smallest.json', `${JSON.stringify(defineService({ name: 'product-page', port: 9080 }), null, 2)}\n`);
});

test('a contract says all that it can say', () => {
  golden('everything.json', `${JSON.stringify(defineService({
    name: 'cart',
    version: '1.4.0',
    port: [{ port: 80, targetPort: 8080 }, { port: 9090, protocol: 'grpc' }],
    routes: ['/carts', '/carts/{id}', '/static/*'],
    metrics: {
      port: 9100,
      path: '/prometheus',
      buckets: [0.1, 1],
      own: {
        orders: { kind: 'counter', help: 'Orders placed.', labels: ['currency'] },
        basket_items: { kind: 'histogram', help: 'Items in a basket.', buckets: [1, 10, 100] },
        open_baskets: { kind: 'gauge', help: 'Baskets that are open.' },
      },
      process: false,
      endpointLimit: 20,
    },
    health: { livePath: '/healthz', readyPath: '/ready' },
    tracing: { propagation: 'w3c+b3', samplingPercent: 12.5, collector: 'http://collector.observability:4318/' },
    logs: { level: 'debug', fields: { traceId: 'traceId' }, redact: ['card'] },
    token: { issuer: 'https://users.example.com', audience: ['shop', 'cart'], jwksUri: 'http://users.shop:8080/.well-known/jwks.json', plainHttp: true, algorithm: 'RS256' },
    profiling: { port: 6061, maxSeconds: 30 },
  }), null, 2)}\n`);
});

test('a contract is frozen to its last value, and what it was made of is not', () => {
  const props = { name: 'a', port: [{ port: 80 }], routes: ['/a'], logs: { redact: ['pin'] } };
  const contract = defineService(props);
  expect(() => { (contract.metrics.requests as { name: string }).name = 'b'; }).toThrow(TypeError);
  expect(() => { (contract.routes as string[]).push('/b'); }).toThrow(TypeError);
  props.routes.push('/b');
  props.logs.redact.push('c');
  props.port.push({ port: 81 });
  expect([contract.routes, contract.logs.redact, contract.ports.length]).toEqual([['/a'], ['pin'], 1]);
});

test('a contract is data: it survives JSON', () => {
  const contract = defineService({ name: 'a', port: 80, token: { issuer: 'i', audience: 'a', jwksUri: 'https://a.example/jwks' }, tracing: { collector: 'http://c:4318' } });
  expect(JSON.parse(JSON.stringify(contract))).toEqual(contract);
});

test('routes and own metrics are known to the compiler', () => {
  const { routes, metrics } = defineService({ name: 'a', port: 80, routes: ['/a/{id}'], metrics: { own: { orders: { kind: 'counter', help: 'Orders.' } } } });
  const route: '/a/{id}' | undefined = routes[0];
  expect([route, metrics.own.orders.name]).toEqual(['/a/{id}', 'a_orders_total']);
  // @ts-expect-error there is no such metric
  expect(metrics.own.baskets).toBeUndefined();
});

test('every Service name gives metric names that Prometheus takes, and no two names the same', () => {
  const name = fc.stringMatching(/^[a-z](?:[-a-z0-9]{0,20}[a-z0-9])?$/);
  fc.assert(fc.property(name, name, (a, b) => {
    const [first, second] = [defineService({ name: a, port: 80 }), defineService({ name: b, port: 80 })];
    expect(first.metrics.requests.name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
    expect(first.metrics.requests.name === second.metrics.requests.name).toBe(a === b);
  }));
});

describe('what cannot be is refused at once:', () => {
  const own = (key: string, props: object): Partial<ServiceProps> => ({ metrics: { own: { [key]: { kind: 'counter', help: 'h', ...props } } } });
  const cases: readonly (readonly [string, Partial<ServiceProps>, string])[] = [
    ['a name that is no DNS label', { name: 'My_Service' }, 'defineService: name must be a DNS label'],
    ['a port out of range', { port: 70000 }, 'contract of a: port must be a whole number between 1 and 65535, got 70000'],
    ['no port', { port: [] }, 'contract of a: a service needs a port, got none'],
    ['two ports of one number', { port: [{ port: 80 }, { port: 80, name: 'b' }] }, 'contract of a: ports has 80 twice'],
    ['two ports of one name', { port: [{ port: 80 }, { port: 81 }] }, 'contract of a: names of ports has "http" twice'],
    ['metrics where requests come in', { port: 8000 }, 'contract of a: the port of metrics is 8000, as is the port of http; give each its own'],
    ['profiles where metrics are', { profiling: { port: 8000 } }, 'the port of profiling is 8000, as is the port of metrics'],
    ['a probe where metrics are', { health: { livePath: '/metrics' } }, 'the path of health.livePath is /metrics, as is the path of metrics'],
    ['a route that does not begin', { routes: ['carts'] }, 'contract of a: routes[0] must begin with "/", got "carts"'],
    ['a route in the words of Express', { routes: ['/carts/:id'] }, 'routes[0] writes a parameter in braces, as in "{id}", got "/carts/:id"'],
    ['a star inside', { routes: ['/a/*/b'] }, 'routes[0] may have "*" only as its last segment'],
    ['half a parameter', { routes: ['/a/x{id}'] }, 'routes[0] has segments that are text, "{name}" or a last "*"'],
    ['a parameter twice', { routes: ['/{id}/{id}'] }, 'routes[0] names a parameter twice'],
    ['a query', { routes: ['/a?b'] }, 'routes[0] is a path, without "?", "#" or spaces'],
    ['a route twice', { routes: ['/a', '/a'] }, 'routes has "/a" twice'],
    ['buckets that shrink', { metrics: { buckets: [1, 0.5] } }, 'metrics.buckets must be numbers that grow, at least one, got [1,0.5]'],
    ['a metric name in camel case', own('myOrders', {}), 'metrics.own.myOrders must be a name of lower-case letters'],
    ['a metric that is there already', own('requests', {}), 'names of metrics has "a_requests_total" twice'],
    ['a metric that takes a series of a histogram', own('response_time_seconds_count', { kind: 'gauge' }), 'names of metrics has "a_response_time_seconds_count" twice'],
    ['buckets of a counter', own('orders', { buckets: [1] }), 'metrics.own.orders is a counter, which has no buckets'],
    ['a label that is none', own('orders', { labels: ['a-b'] }), 'metrics.own.orders.labels must be letters, digits and "_"'],
    ['a label that histograms keep', own('sizes', { kind: 'histogram', labels: ['le'] }), 'metrics.own.sizes.labels has "le"'],
    ['more than all', { tracing: { samplingPercent: 101 } }, 'tracing.samplingPercent must be between 0 and 100, got 101'],
    ['no number', { tracing: { samplingPercent: NaN } }, 'tracing.samplingPercent must be between 0 and 100, got NaN'],
    ['a collector without a scheme', { tracing: { collector: 'collector:4318' } }, 'tracing.collector must be an http or https URL, got "collector:4318"'],
    ['a password', { tracing: { collector: 'http://u:p@collector:4318' } }, 'tracing.collector must carry no user or password'],
    ['an empty issuer', { token: { issuer: '', audience: 'a' } }, 'token.issuer must not be empty'],
    ['no audience', { token: { issuer: 'i', audience: [] } }, 'token.audience must name at least one audience'],
    ['keys over plain HTTP, without a word', { token: { issuer: 'i', audience: 'a', jwksUri: 'HTTP://users.shop/jwks' } }, 'token.jwksUri is not https, so whoever sits between can give keys of their own'],
    ['a token that lives no second', { token: { issuer: 'i', audience: 'a', lifetimeSeconds: 0 } }, 'token.lifetimeSeconds must be a whole number of at least 1, got 0'],
  ];
  test.each(cases)('%s', (_, props, message) => {
    expect(() => defineService({ name: 'a', port: 80, ...props })).toThrow(message);
  });
});
