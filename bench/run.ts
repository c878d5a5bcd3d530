// `npm run bench [NAME…]`: every figure as a ratio to its baseline; exit status 1 when one exceeds its limit.
import type { Figure } from './figure.ts';
import { auditing } from './audit.ts';
import { check } from './check.ts';
import { crowded } from './crowded.ts';
import { jwt } from './jwt.ts';
import { runtime } from './runtime.ts';
import { simulating } from './simulate.ts';
import { types } from './types.ts';

const benches: Readonly<Record<string, () => Figure[] | Promise<Figure[]>>> = { types, check, crowded, jwt, runtime, simulate: simulating, audit: auditing };

const wanted = process.argv.slice(2);
const unknown = wanted.find(name => !(name in benches));
if (unknown !== undefined) {
  console.error(`npm run bench: no bench is called "${unknown}"; there are ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}

for (const [name, measure] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const figure of await measure()) {
    const over = figure.limit !== undefined && figure.ratio > figure.limit;
    if (over) process.exitCode = 1;
    const limit = figure.limit === undefined ? '' : ` (limit ${Number(figure.limit.toFixed(2))}${over ? ', EXCEEDED' : ''})`;
    console.log(`${name}: ${figure.name}: ${figure.ratio.toFixed(2)} x ${figure.baseline}${limit}; ${figure.note}`);
  }
}
