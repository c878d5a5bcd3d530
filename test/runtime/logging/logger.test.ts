import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from 'vitest';
import { defineService } from '../../../lib/runtime/contract/index.ts';
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

test('a value that ends in itself is written all the same', () => {
  const { log, lines } = logOf();
  const loop: Record<string, unknown> = { name: 'loop' };
  loop.self = loop;
  log.info({ loop });
  expect(JSON.stringify(lines[0])).toContain('deeper than 10');
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
