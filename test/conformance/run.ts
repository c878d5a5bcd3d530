// `npm run conformance [-- --oracles DIR --json]`: every oracle case; exit status 1 when one fails that is not excepted with its reason.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { excepted } from './excepted.ts';
import { suites } from './suites.ts';

const args = process.argv.slice(2);
const at = args.indexOf('--oracles');
const folder = (at === -1 ? undefined : args[at + 1]) ?? process.env.MESHWRIGHT_ORACLES ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'oracles');
if (!existsSync(folder)) {
  console.error(`there are no oracles at ${folder}; name their folder with --oracles`);
  process.exit(2);
}

const outcomes = Object.fromEntries(Object.entries(suites).map(([name, run]) => [name, run(folder)]));
if (args.includes('--json')) {
  console.log(JSON.stringify(outcomes, undefined, 2));
} else {
  for (const [name, { passed, failed, skipped, failures }] of Object.entries(outcomes)) {
    console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
    for (const { id, reason } of failures) console.log(`  ${id}: ${reason}${id in excepted ? `\n    excepted: ${excepted[id] ?? ''}` : ''}`);
  }
}
if (Object.values(outcomes).some(({ failures }) => failures.some(({ id }) => !(id in excepted)))) process.exitCode = 1;
