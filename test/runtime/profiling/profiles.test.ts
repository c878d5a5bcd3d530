import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defineService, type ProfilingProps } from '../../../lib/runtime/contract/index.ts';
import { type Listening, Profiles } from '../../../lib/runtime/profiling/index.ts';
import { testWith } from '../../oracles.ts';

let profiles: Profiles;
let server: Listening;
const contract = (profiling: ProfilingProps): ReturnType<typeof defineService> => defineService({ name: 'shop', port: 8080, profiling });

beforeEach(async () => {
  profiles = new Profiles(contract({ maxSeconds: 5 }));
  server = await profiles.serve({ port: 0 });
});
afterEach(async () => {
  profiles.close();
  await server.close(0);
});

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`http://127.0.0.1:${server.port}${path}`, init);

/** Keeps this thread busy, a little at a time, until it is told to stop. */
function work(): () => void {
  let stopped = false;
  const turn = (): void => {
    hotFunction();
    if (!stopped) setImmediate(turn);
  };
  turn();
  return () => { stopped = true; };
}

function hotFunction(): number {
  let sum = 0;
  const until = performance.now() + 15;
  while (performance.now() < until) for (let i = 0; i < 10_000; i += 1) sum += Math.sqrt(i);
  return sum;
}

const hoard: string[][] = [];
function hoardingFunction(): void {
  for (let i = 0; i < 200; i += 1) hoard.push(Array.from({ length: 10_000 }, (_, at) => `${i} ${at}`));
}

interface Read {
  readonly profile: Profile;
  /** Each measure of each function, where it was innermost. */
  readonly self: ReadonlyMap<string, readonly number[]>;
  /** The first measure of all samples that have a function on their stack. */
  readonly under: (name: string) => number;
  readonly types: readonly string[];
}

async function read(response: Response): Promise<Read> {
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
  const profile = Profile.decode(gunzipSync(await response.arrayBuffer()));
  const text = (at: number | bigint | undefined): string => profile.stringTable.strings[Number(at)] ?? '';
  const names = new Map(profile.location.map(({ id, line }) => [Number(id), text(profile.function.find(({ id }) => Number(id) === Number(line[0]?.functionId))?.name)]));
  const self = new Map<string, number[]>();
  for (const { locationId, value } of profile.sample) {
    const name = names.get(Number(locationId[0])) ?? '';
    self.set(name, value.map((part, i) => Number(part) + (self.get(name)?.[i] ?? 0)));
  }
  const under = (name: string): number => profile.sample
    .filter(({ locationId }) => locationId.some(id => names.get(Number(id)) === name))
    .reduce((sum, { value }) => sum + Number(value[0]), 0);
  return { profile, self, under, types: profile.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`) };
}

test('a CPU profile under load names the function that is hot', async () => {
  const stop = work();
  const { self, types, profile } = await read(await get('/debug/pprof/profile?seconds=1'));
  stop();
  expect(types).toEqual(['samples/count', 'cpu/nanoseconds']);
  const [[hottest, [samples, nanoseconds] = []] = []] = [...self].sort(([, a], [, b]) => (b[1] ?? 0) - (a[1] ?? 0));
  expect(hottest).toBe('hotFunction');
  expect(samples).toBeGreaterThan(10);
  expect(nanoseconds).toBeGreaterThan(Number(profile.period) * 10);
  const [{ filename = 0 } = {}] = profile.function.filter(({ name }) => profile.stringTable.strings[Number(name)] === 'hotFunction');
  expect(profile.stringTable.strings[Number(filename)]).toMatch(/profiles\.test\.ts$/);
});

test('time in which nothing runs is not counted', async () => {
  const { self } = await read(await get('/debug/pprof/profile?seconds=0.5'));
  expect([...self.keys()]).not.toContain('(idle)');
  expect([...self.keys()]).not.toContain('(root)');
});

test('a heap profile names the function whose allocations are still in use', async () => {
  hoardingFunction();
  const { under, types } = await read(await get('/debug/pprof/heap'));
  expect(types).toEqual(['inuse_space/bytes']);
  // 2 million strings, of which one allocation in half a megabyte is seen.
  expect(under('hoardingFunction')).toBeGreaterThan(10_000_000);
  hoard.length = 0;
});

const go = (process.env.PATH ?? '').split(delimiter).map(folder => join(folder, 'go')).find(path => existsSync(path)) ?? '/usr/local/go/bin/go';
testWith(go, 'go')('go tool pprof reads both profiles, and names the hot function', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'meshwright-pprof-'));
  try {
    const stop = work();
    writeFileSync(join(folder, 'cpu.pb.gz'), Buffer.from(await (await get('/debug/pprof/profile?seconds=1')).arrayBuffer()));
    stop();
    hoardingFunction();
    writeFileSync(join(folder, 'heap.pb.gz'), Buffer.from(await (await get('/debug/pprof/heap')).arrayBuffer()));
    hoard.length = 0;
    const top = (name: string): string => execFileSync(go, ['tool', 'pprof', '-top', join(folder, name)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(top('cpu.pb.gz')).toMatch(/^Type: cpu$/m);
    expect(top('cpu.pb.gz').split('\n').find(line => /\d%\s+hotFunction/.test(line))).toBeDefined();
    expect(top('heap.pb.gz')).toMatch(/^Type: inuse_space$/m);
    expect(top('heap.pb.gz')).toContain('hoardingFunction');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('a request is refused in a sentence', () => {
  test.each(['0', '-1', '5.1', '1e9', 'x', '', '99999999999999999999', 'NaN', 'Infinity'])('for %j seconds', async seconds => {
    const response = await get(`/debug/pprof/profile?seconds=${seconds}`);
    expect([response.status, await response.text()]).toEqual([400, `seconds must be a number above 0, at most 5, got ${JSON.stringify(seconds)}\n`]);
  });

  test('while another profile is made', async () => {
    const first = get('/debug/pprof/profile?seconds=1');
    let second = await get('/debug/pprof/heap');
    while (second.status === 200) second = await get('/debug/pprof/heap');
    expect([second.status, await second.text()]).toEqual([409, 'another profile is being made; ask again when it is done\n']);
    expect((await first).status).toBe(200);
    expect((await get('/debug/pprof/heap')).status).toBe(200);
  });

  test('for another path, or another method', async () => {
    expect((await get('/debug/pprof/goroutine')).status).toBe(404);
    expect((await get('/')).status).toBe(404);
    const response = await get('/debug/pprof/heap', { method: 'POST' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
  });
});

test.each(['//', 'http://', '/%', '*', '/debug/pprof/profile?seconds=1&seconds=%'])('a request for %s does no harm', async path => {
  const status = await new Promise(resolve => {
    request({ port: server.port, path }, response => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', resolve).end();
  });
  expect([200, 400, 404]).toContain(status);
  expect((await get('/debug/pprof/heap')).status).toBe(200);
});

test('who hangs up ends the profile, so that the next one can be made', async () => {
  await new Promise<void>(resolve => {
    const asked = request({ port: server.port, path: '/debug/pprof/profile?seconds=5' }).on('error', () => { resolve(); });
    asked.end();
    setTimeout(() => { asked.destroy(); }, 100);
  });
  let response = await get('/debug/pprof/profile?seconds=0.1');
  // The server hears of it a moment later.
  while (response.status === 409) response = await get('/debug/pprof/profile?seconds=0.1');
  expect(response.status).toBe(200);
});

test('profiles are served to this machine only, unless told otherwise', () => {
  expect(server.host).toBe('127.0.0.1');
});

test('profiles that are not enabled are not there', async () => {
  const off = new Profiles(contract({ enabled: false }));
  await expect(off.serve({ port: 0 })).rejects.toThrow('profiles of shop are off; enable them in its contract, with profiling: {}');
  server.server.removeAllListeners('request').on('request', off.page);
  expect((await get('/debug/pprof/heap')).status).toBe(404);
});

test('once it is closed, allocations are no longer watched', async () => {
  profiles.close();
  const response = await get('/debug/pprof/heap');
  expect([response.status, await response.text()]).toEqual([500, 'allocations are no longer watched\n']);
});
