import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { pprofOf, type Sampled } from './pprof.ts';
import { stacks } from './stacks.ts';

/** 100 times a second, as Go profiles, in microseconds. */
const interval = 10_000;

/**
 * Where this thread spends its CPU time during some seconds, as pprof. Waiting is not counted.
 *
 * @param signal - ends it early; what was measured until then is thrown away
 */
export async function cpuProfile(seconds: number, signal: AbortSignal): Promise<Buffer> {
  const session = new Session();
  session.connect();
  try {
    const startedAt = Date.now();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval });
    await session.post('Profiler.start');
    await wait(1000 * seconds, undefined, { signal });
    const { profile } = await session.post('Profiler.stop');
    return await pprofOf({
      measures: [{ type: 'samples', unit: 'count' }, { type: 'cpu', unit: 'nanoseconds' }],
      samples: samplesOf(profile),
      period: { type: 'cpu', unit: 'nanoseconds', every: 1000 * interval },
      startedAt,
      durationMillis: (profile.endTime - profile.startTime) / 1000,
    });
  } finally {
    // Ends what is being measured, too.
    session.disconnect();
  }
}

/** What V8 calls the time in which nothing runs. */
const idle = '(idle)';

function* samplesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Generator<Sampled> {
  const [root] = nodes;
  if (!root) return;
  const byId = new Map(nodes.map(node => [node.id, node]));
  const stackOf = stacks(root, ({ children = [] }) => children.flatMap(id => byId.get(id) ?? []));
  const spent = new Map<number, { count: number; nanoseconds: number }>();
  for (const [i, id] of samples.entries()) {
    const node = spent.get(id) ?? { count: 0, nanoseconds: 0 };
    node.count += 1;
    // The time until the next sample is this one's. V8 may give a negative one, when samples arrive out of order.
    node.nanoseconds += 1000 * Math.max(0, timeDeltas[i + 1] ?? interval);
    spent.set(id, node);
  }
  for (const [id, { count, nanoseconds }] of spent) {
    const node = byId.get(id);
    if (!node || node === root || node.callFrame.functionName === idle) continue;
    yield { stack: stackOf.get(node) ?? [], values: [count, nanoseconds] };
  }
}
