import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { defineService } from '../../lib/runtime/contract/index.ts';
import { meshRuntime, type MeshRuntimeOptions } from '../../lib/runtime/index.ts';
import { otlpReceiver } from './otlp-receiver.ts';
import { somePorts, startService } from './processes.ts';
import { freePort, until } from './prometheus.ts';

test('SIGTERM under load loses no answer, span, line of log or count', async () => {
  const collector = await otlpReceiver();
  const port = await somePorts();
  const service = await startService('test/runtime/stopping-service.ts', { STOPPING_PORT: String(port), OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  let answers = 0;
  let cut = 0;
  const load = Array.from({ length: 30 }, async (_, i) => {
    for (;;) {
      try {
        const response = await fetch(`http://127.0.0.1:${port}/work/${i}`);
        if (await response.text() === 'done') answers += 1;
        else cut += 1;
      } catch {
        // Taken no more: a service that stops refuses connections.
        return;
      }
    }
  });
  await until('there is load', () => answers > 300);
  service.kill('SIGTERM');
  const code = await service.ended;
  await Promise.all(load);
  await collector.close();

  const answered = service.lines.filter(({ message }) => message === 'answered');
  const counted = /^stopping_requests_total\{method="GET",endpoint="\/work\/\{id\}",status="200"\} (\d+)$/m.exec(service.stderr())?.[1];
  expect(cut).toBe(0);
  expect({ code, logged: answered.length, counted: Number(counted), spans: collector.spans.length }).toEqual({ code: 0, logged: answers, counted: answers, spans: answers });
  expect(service.stderr()).toContain('stopping_concurrent_requests{endpoint="/work/{id}"} 0');
  expect(new Set(answered.map(({ span_id }) => span_id))).toEqual(new Set(collector.spans.map(({ spanId }) => spanId)));
});

test.each([['takes them', 'take', ['last work']], ['hangs', 'hang', []]] as const)('SIGTERM sends the spans of a service that only traces, and ends it, where the collector %s', async (_, behaviour, spans) => {
  const collector = await otlpReceiver();
  collector.behaviour = behaviour;
  const service = await startService('test/runtime/only-tracing.ts', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  service.kill('SIGTERM');
  const code = await service.ended;
  await collector.close();
  expect([code, collector.requests, collector.spans.map(({ name }) => name)]).toEqual([0, 1, spans]);
});

describe('a runtime', () => {
  async function contractOf(extra: object = {}): Promise<ReturnType<typeof defineService>> {
    return defineService({ name: 'cart', port: await freePort(), metrics: { port: await freePort(), process: false }, ...extra });
  }
  const quiet: MeshRuntimeOptions = { signals: [], logTo: { write: () => undefined } };
  const status = async (port: number, path: string): Promise<number | string> => fetch(`http://127.0.0.1:${port}${path}`).then(answer => answer.status, () => 'refused');

  test('is alive at once, ready while it serves, and neither once it has stopped', async () => {
    const contract = await contractOf();
    const { port } = contract.metrics;
    const runtime = await meshRuntime(contract, { ...quiet, drainMillis: 100 });
    expect([await status(port, '/livez'), await status(port, '/readyz'), await status(port, '/')]).toEqual([200, 503, 404]);
    await runtime.serve(runtime.handler((_request, response) => { response.end(); }));
    expect(await status(port, '/readyz')).toBe(200);
    const stopped = runtime.stop();
    expect([await status(port, '/livez'), await status(port, '/readyz')]).toEqual([200, 503]);
    // Requests that were on their way are still answered, and told to go elsewhere.
    const late = await fetch(`http://127.0.0.1:${contract.ports[0]?.port}/`);
    expect([late.status, late.headers.get('connection')]).toEqual([200, 'close']);
    await stopped;
    expect([await status(port, '/livez'), await status(contract.ports[0]?.port ?? 0, '/')]).toEqual(['refused', 'refused']);
    await runtime.stop();
  });

  test.each([['says no', () => false], ['cannot say', () => { throw new Error('no'); }], ['rejects', () => Promise.reject(new Error('no'))]])('is not ready when the service %s', async (_, ready) => {
    const contract = await contractOf();
    const runtime = await meshRuntime(contract, { ...quiet, ready });
    await runtime.serve(runtime.handler((_request, response) => { response.end(); }));
    expect(await status(contract.metrics.port, '/readyz')).toBe(503);
    await runtime.stop();
  });

  test('does what is to be done at its end, the last first, after the last request', async () => {
    const runtime = await meshRuntime(await contractOf(), quiet);
    const done: string[] = [];
    const server = await runtime.serve(runtime.handler(async (_request, response) => {
      await setTimeout(50);
      done.push('request');
      response.end();
    }));
    runtime.onStop(() => { done.push('database'); });
    runtime.onStop(() => { throw new Error('a failure does not keep the rest from stopping'); });
    runtime.onStop(() => { done.push('cache'); });
    const answer = fetch(`http://127.0.0.1:${server.port}/`);
    await until('the request is there', async () => (await runtime.metrics.text()).includes('cart_concurrent_requests{endpoint="unmatched"} 1'));
    await runtime.stop();
    expect([(await answer).status, done]).toEqual([200, ['request', 'cache', 'database']]);
  });

  test('cuts what does not end by the deadline', async () => {
    const runtime = await meshRuntime(await contractOf(), { ...quiet, deadlineMillis: 50 });
    const server = await runtime.serve(runtime.handler(() => undefined));
    const answer = fetch(`http://127.0.0.1:${server.port}/`);
    answer.catch(() => undefined);
    await until('the request is there', async () => (await runtime.metrics.text()).includes('concurrent_requests{endpoint="unmatched"} 1'));
    await runtime.stop();
    await expect(answer).rejects.toThrow();
  });

  test('says which port is taken, and leaves nothing behind', async () => {
    const first = await meshRuntime(await contractOf(), quiet);
    const port = first.operations.port;
    const contract = await contractOf({ metrics: { port } });
    await expect(meshRuntime(contract, quiet)).rejects.toMatchObject({ code: 'ERR_PORT_TAKEN', message: `metrics and probes of cart: port ${port} of 127.0.0.1 is taken; stop what listens there, or give another port` });
    const profiles = await contractOf({ profiling: { port } });
    await expect(meshRuntime(profiles, quiet)).rejects.toMatchObject({ code: 'ERR_PORT_TAKEN' });
    expect(await status(profiles.metrics.port, '/livez')).toBe('refused');
    await first.stop();
  });

  test('answers 500 to what throws, logs it, and goes on', async () => {
    const written: string[] = [];
    const runtime = await meshRuntime(await contractOf(), { ...quiet, logTo: { write: line => { written.push(line); } } });
    const server = await runtime.serve(runtime.handler(request => { if (request.url === '/bad') throw new Error('bad'); else throw new Error('worse'); }));
    expect([await status(server.port, '/bad'), await status(server.port, '/worse')]).toEqual([500, 500]);
    expect(written.filter(line => line.includes('a request failed')).map(line => /"trace_id":"[0-9a-f]{32}"/.test(line))).toEqual([true, true]);
    await runtime.stop();
  });

  test('has tokens where its contract does, and serves the keys of an issuer', async () => {
    const { Keys } = await import('../../lib/runtime/jwt/index.ts');
    const runtime = await meshRuntime(await contractOf({ token: { issuer: 'https://a.example', audience: 'a' } }), { ...quiet, keys: Keys.generated() });
    const server = await runtime.serve(runtime.handler((_request, response) => { response.end(); }));
    const jwks = await (await fetch(`http://127.0.0.1:${server.port}/.well-known/jwks.json`)).json() as { keys: unknown[] };
    expect(jwks.keys).toHaveLength(1);
    await until('the response is closed', async () => (await runtime.metrics.text()).includes('cart_requests_total{method="GET",endpoint="/.well-known/jwks.json",status="200"} 1'));
    expect(await runtime.tokens.verifyJwt(runtime.tokens.generateJwt('alice'))).toMatchObject({ sub: 'alice' });
    await runtime.stop();
    const without = await meshRuntime(await contractOf(), quiet);
    expect(() => without.tokens).toThrow('the contract of cart has no token');
    await without.stop();
  });

  test('profiles where its contract says so, on loopback', async () => {
    const contract = await contractOf({ profiling: { port: await freePort() } });
    const runtime = await meshRuntime(contract, { ...quiet, host: '127.0.0.1' });
    expect(await status(contract.profiling.port, '/debug/pprof/heap')).toBe(200);
    await runtime.stop();
    expect(await status(contract.profiling.port, '/debug/pprof/heap')).toBe('refused');
  });
});
