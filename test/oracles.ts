import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** What real systems do, as data; kept beside the project. */
export const oracles = join(root, process.env.MESHWRIGHT_ORACLES ?? '../shared/oracles');

/** Istio's own samples, as real input; kept beside the project. */
export const samples = join(root, process.env.MESHWRIGHT_SAMPLES ?? '../shared/samples');

/** The schema facts that imports/ is generated from; kept beside the project. */
export const crds = join(root, process.env.MESHWRIGHT_CRDS ?? '../shared/crds');

/** `test`, or a named skip where the folder is absent; with MESHWRIGHT_REQUIRE_TOOLS=1 absence is a failure. */
export function testWith(folder: string, what: string): (name: string, run: () => void | Promise<void>) => void {
  if (existsSync(folder)) return (name, run) => test(name, run);
  if (process.env.MESHWRIGHT_REQUIRE_TOOLS === '1') {
    return name => test(name, () => { throw new Error(`no ${what} at ${folder}, and MESHWRIGHT_REQUIRE_TOOLS=1 asks for them`); });
  }
  return name => test.skip(`${name} (skipped: no ${what})`);
}

/** A file of an oracle folder. */
export function oracle<Case>(path: string): readonly Case[] {
  return JSON.parse(readFileSync(join(oracles, path), 'utf8')) as Case[];
}
