import { Session, type HeapProfiler } from 'node:inspector';
import { pprofOf, type Sampled } from './pprof.ts';
import { stacks } from './stacks.ts';

/** One allocation in so many bytes is remembered, as in Go. */
const interval = 512 * 1024;

/** Watches what is allocated, from when it is started until it is stopped. */
export interface HeapSampler {
  /** What was allocated since the start and is still in use, as pprof. */
  profile(): Promise<Buffer>;
  stop(): void;
}

/** Starts to sample allocations: V8 tells only of those that it saw being made. */
export function sampleHeap(): HeapSampler {
  const session = new Session();
  session.connect();
  session.post('HeapProfiler.startSampling', { samplingInterval: interval });
  const startedAt = Date.now();
  return {
    profile: async () => {
      const head = await new Promise<HeapProfiler.SamplingHeapProfileNode>((resolve, reject) => {
        session.post('HeapProfiler.getSamplingProfile', (error, given) => {
          if (error) reject(error);
          else resolve(given.profile.head);
        });
      });
      return pprofOf({
        measures: [{ type: 'inuse_space', unit: 'bytes' }],
        samples: samplesOf(head),
        period: { type: 'space', unit: 'bytes', every: interval },
        startedAt: Date.now(),
        durationMillis: Date.now() - startedAt,
      });
    },
    stop: () => { session.disconnect(); },
  };
}

function* samplesOf(head: HeapProfiler.SamplingHeapProfileNode): Generator<Sampled> {
  for (const [node, stack] of stacks(head, ({ children }) => children)) {
    if (node.selfSize > 0 && stack.length > 0) yield { stack, values: [node.selfSize] };
  }
}
