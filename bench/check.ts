import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Measured } from './check-once.ts';
import type { Figure } from './figure.ts';
import { generatedMesh } from './generated-mesh.ts';

/** What it costs to check a mesh of 10,000 services, and how that grows. */
export function check(): Figure[] {
  const [small, middle] = [measured(100), measured(1000)];
  const limit = Math.floor((8 * generatedMesh(10_000).length) / 2 ** 20) + 200;
  const large = measured(10_000);
  // That it ends at all is what is asked of this one.
  const narrow = measured(10_000, limit);
  const whole = ({ parse, model, rules }: Measured): number => parse + model + rules;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  return [
    { name: 'reading, model and rules of 10,000 services', baseline: 'that of 1,000', ratio: whole(large) / whole(middle), limit: 12, note: `${whole(large).toFixed(0)} ms for ${large.objects} objects, ${megabytes(large.yaml)}; with a heap of at most ${limit} MiB ${whole(narrow).toFixed(0)} ms` },
    { name: 'all rules, 10,000 services', baseline: 'parsing the YAML', ratio: large.rules / large.parse, limit: 1, note: `${large.rules.toFixed(0)} ms, ${large.parse.toFixed(0)} ms; the model ${large.model.toFixed(0)} ms` },
    { name: 'heap retained, 10,000 services', baseline: '6 x the YAML + 200 MB', ratio: large.heap / (6 * large.yaml + 200e6), limit: 1, note: megabytes(large.heap) },
    { name: 're-check after a change of one object, 10,000 services', baseline: 'that of 100', ratio: large.recheck / small.recheck, limit: 2, note: `${large.recheck.toFixed(2)} ms, ${small.recheck.toFixed(2)} ms` },
  ];
}

function measured(services: number, heap?: number): Measured {
  const once = join(import.meta.dirname, 'check-once.ts');
  const output = execFileSync(process.execPath, ['--expose-gc', ...(heap === undefined ? [] : [`--max-old-space-size=${heap}`]), '--import=tsx', once, String(services), ...(heap === undefined ? [] : ['once'])], { encoding: 'utf8', maxBuffer: 1 << 20 });
  return JSON.parse(output) as Measured;
}
