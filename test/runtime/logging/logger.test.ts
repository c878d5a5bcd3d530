import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from 'vitest';
import { defineService } from '../../../lib/runtime/contract/index.ts';
import { listen } from '../../../lib/runtime/http/server.ts';
import { createLogger, type Logger } from '../../../lib/runtime/logging/index.ts';
import { Tracing } from '../../../lib/runtime/tracing/index.ts';

const cart = defineService({ name: 'cart', version: '1.2.3', port: 80, logs: { redact: ['card_number'] } });

function logOf(contract = cart): { log: Logger; lines: Record<string, unknown>[]; text: () => string } {
  const written: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const log = createLogger(contract, { destination: { write: line => { written.push(line); lines.push(JSON.parse(line) as Record<string, unknown>); } } });
  return { log, lines, text: () => written.join('') };
}

afterEach(() => { delete process.env.LOG_LEVEL; });

test('a line is JSON with its level, time, service and message', () => {
  const { log, lines } = logOf();
  log.warn({ items: 2 }, 'slow');
  expect(lines).toEqual([{ level: 'warn', time: lines[0]?.time, service: 'cart', version: '1.2.3', items: 2, message: 'slow' }]);
  expect(lines[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

test('a line has the trace, the span and the request that it was written in, under the names of the contract', async () => {
  const tracing = new Tracing(defineService({ name: 'cart', port: 80 }), { signals: [] });
  const { log, lines } = logOf(defineService({ name: 'cart', port: 80, logs: { fields: { traceId: 'traceId' } } }));
  const parent = tracing.extractContext({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, 'x-request-id': 'r-1' });
  const span = tracing.withSpan('x', { parent }, inside => {
    log.info('inside');
    return inside.spanContext().spanId;
  });
  log.info('outside');
  await tracing.stop();
  expect(lines[0]).toMatchObject({ traceId: 'a'.repeat(32), span_id: span, request_id: 'r-1' });
  expect(Object.keys(lines[1] ?? {})).toEqual(['level', 'time', 'service', 'version', 'message']);
});

describe('never written are', () => {
  const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl';
  const cases: readonly (readonly [string, (log: Logger) => void])[] = [
    ['an authorization header', log => { log.info({ headers: { Authorization: 'Bearer s3cret-value' } }); }],
    ['cookies', log => { log.info({ headers: { cookie: 'id=s3cret-value', 'set-cookie': ['id=s3cret-value'] } }); }],
    ['tokens under their names, deep down', log => { log.info({ a: [{ b: { access_token: 's3cret-value', refreshToken: 's3cret-value', 'ID-TOKEN': { raw: 's3cret-value' } } }] }); }],
    ['what a child is bound to', log => { log.child({ request: { authorization: 's3cret-value' } }).info('x'); }],
    ['fields that the contract names', log => { log.info({ cardNumber: 's3cret-value' }); }],
    ['a token inside a message', log => { log.info(`got ${jwt} from alice`); }],
    ['a bearer inside a text', log => { log.info({ line: 'authorization: Bearer s3cret-value' }); }],
    ['basic credentials inside a text', log => { log.info('Basic s3cret-value='); }],
    ['a token inside an error', log => { log.error(Object.assign(new Error(`bad ${jwt}`), { token: 's3cret-value' })); }],
    ['what an error carries about', log => { log.error(Object.assign(new Error('x'), { config: { headers: { Authorization: 's3cret-value' } } })); }],
    ['what caused an error', log => { log.error({ failure: new Error('x', { cause: new Error('Bearer s3cret-value') }) }); }],
    ['a token in a query', log => { log.info({ url: '/a?b=1&access_token=s3cret-value#c' }); }],
    ['a token in a message', log => { log.info('GET /a?ACCESS-TOKEN=s3cret-value HTTP/1.1'); }],
    ['a parameter that the contract names', log => { log.info('/a?cardNumber=s3cret-value'); }],
    ['a field of a form', log => { log.info({ body: 'user=alice&password=s3cret-value&x=y' }); }],
    ['a token in a URL that is an object', log => { log.info({ url: new URL('http://a/?token=s3cret-value') }); }],
    ['the password of a URL', log => { log.info({ database: 'postgres://shop:s3cret-value@db:5432/shop' }); }],
    ['headers written as text', log => { log.info('Cookie: a=b; sid=s3cret-value'); }],
    ['headers and values by turns', log => { log.info({ rawHeaders: ['Authorization', 'Digest s3cret-value'] }); }],
    ['what toJSON gives', log => { log.info({ x: { toJSON: () => ({ password: 's3cret-value' }) } }); }],
  ];
  test.each(cases)('%s', (_, write) => {
    const { log, lines, text } = logOf();
    write(log);
    expect(lines).toHaveLength(1);
    expect(text()).toContain('[redacted]');
    expect(text()).not.toMatch(/s3cret-value|c2lnbmF0dXJl/);
  });

  test('while all else is, and what was given stays as it was', () => {
    const { log, lines } = logOf();
    const given = { user: 'alice', tokens: 3, basic: 'plan', token: 'x', when: new Date(0), list: [1, null, undefined] };
    log.info(given);
    expect(lines[0]).toMatchObject({ user: 'alice', tokens: 3, basic: 'plan', token: '[redacted]', when: '1970-01-01T00:00:00.000Z', list: [1, null, null] });
    expect(given.token).toBe('x');
  });
});

test('an error keeps its type, message and stack, whatever else it carries and whatever it is called', () => {
  const { log, lines } = logOf();
  log.error(Object.assign(new RangeError('too many'), { code: 'E_MANY', token: 'x' }));
  log.warn({ reason: new RangeError('too many', { cause: new Error('of them') }) }, 'retried');
  expect(lines[0]).toMatchObject({ message: 'too many', err: { type: 'RangeError', message: 'too many', code: 'E_MANY', token: '[redacted]' } });
  expect(lines[0]?.err).toMatchObject({ stack: expect.stringContaining('logger.test.ts') as string });
  expect(lines[1]).toMatchObject({ message: 'retried', reason: { type: 'RangeError', message: 'too many: of them' } });
});

test('a request and a response are written in short, under any name', async () => {
  const { log, lines } = logOf();
  const server = await listen({
    what: 'shop', port: 0, host: '127.0.0.1',
    handler: createServer((request, response) => {
      response.setHeader('set-cookie', 'a=s3cret-value').writeHead(201).end();
      log.info({ incoming: request, deep: { response } });
    }),
  });
  await (await fetch(`http://127.0.0.1:${server.port}/a?token=s3cret-value&b=1`, { headers: { authorization: 's3cret-value' } })).text();
  await server.close();
  expect(lines[0]).toMatchObject({
    incoming: { method: 'GET', url: '/a?token=[redacted]&b=1', headers: { authorization: '[redacted]' } },
    deep: { response: { statusCode: 201, headers: { 'set-cookie': '[redacted]' } } },
  });
  expect(JSON.stringify(lines)).not.toContain('s3cret-value');
});

describe('what has no end is written as far as it goes', () => {
  test('a value that holds itself', () => {
    const { log, lines } = logOf();
    const loop: Record<string, unknown> = { name: 'loop' };
    loop.self = loop;
    log.info({ loop });
    expect(lines[0]).toMatchObject({ loop: { name: 'loop', self: '[circular]' } });
  });

  test('a deep value', () => {
    const { log, text } = logOf();
    let deep = {};
    for (let i = 0; i < 10_000; i += 1) deep = { deep };
    log.info(deep);
    expect(text()).toContain('[deeper than 10]');
  });

  test('a value that says the same again and again', () => {
    const { log, text } = logOf();
    let wide: object = { a: 1 };
    for (let i = 0; i < 8; i += 1) wide = Array.from({ length: 20 }, () => wide);
    log.info({ wide });
    expect(text()).toContain('[more than 1000 objects]');
    expect(text().length).toBeLessThan(100_000);
  });
});

describe('the level', () => {
  test('can be changed while the service runs, for children too', () => {
    const { log, lines } = logOf();
    const child = log.child({ part: 'a' });
    child.debug('unheard');
    log.level = 'debug';
    child.debug('heard');
    child.child({}).debug('heard');
    log.level = 'error';
    child.info('unheard');
    expect(lines.map(({ message }) => message)).toEqual(['heard', 'heard']);
  });

  test('is that of the environment before that of the contract, if it is one', () => {
    process.env.LOG_LEVEL = 'Debug';
    expect(logOf().log.level).toBe('debug');
    process.env.LOG_LEVEL = 'loud';
    expect(logOf().log.level).toBe('info');
  });

  test('keeps no child alive', async () => {
    const { log } = logOf();
    const children = Array.from({ length: 10_000 }, () => new WeakRef(log.child({ a: 1 })));
    await setTimeout(1);
    setFlagsFromString('--expose_gc');
    (runInNewContext('gc') as () => void)();
    expect(children.filter(child => child.deref()).length).toBeLessThan(100);
  });
});
