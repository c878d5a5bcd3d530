import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Yaml } from 'cdk8s';
import { afterAll, beforeEach, expect, type RunnerTask } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Golden files are written only when asked for, by `npm run test:update`. */
const updating = process.env.MESHWRIGHT_UPDATE === '1';

/** The folder of golden files that a test file owns: `test/constructs/canary.test.ts` has `__snapshots__/constructs/canary`. */
export function goldenFolder(testFile: string): string {
  return join('__snapshots__', relative('test', testFile).replace(/\.test\.ts$/, ''));
}

/**
 * Compares text with golden files. Each test file owns a folder; at its end, a file there that no test claimed fails it.
 *
 * @example
 * const golden = goldens(import.meta.url);
 * test('…', () => golden('ten-percent.yaml', objects));
 */
export function goldens(testUrl: string): (name: string, value: string | readonly object[]) => void {
  const testFile = relative(root, fileURLToPath(testUrl));
  const folder = join(root, goldenFolder(testFile));
  const claimed = new Set<string>();

  let skipped = false;
  beforeEach(({ task }) => {
    // With `-t`, tests that do not run claim nothing.
    skipped ||= task.file.tasks.some(isSkipped);
  });
  afterAll(() => {
    if (skipped) return;
    const unclaimed = existsSync(folder) ? readdirSync(folder).filter(name => !claimed.has(name)) : [];
    if (updating) for (const name of unclaimed) rmSync(join(folder, name));
    else expect(unclaimed, `no test in ${testFile} claims these files of ${relative(root, folder)}; run npm run test:update`).toEqual([]);
  });

  return (name, value) => {
    const text = typeof value === 'string' ? value : Yaml.stringify(...value);
    const path = join(folder, name);
    expect(claimed, `two tests claim ${name}`).not.toContain(name);
    claimed.add(name);
    if (updating) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return;
    }
    expect(existsSync(path), `${relative(root, path)} is missing; look at the output and run npm run test:update`).toBe(true);
    expect(text, basename(path)).toBe(readFileSync(path, 'utf8'));
  };
}

function isSkipped(task: RunnerTask): boolean {
  return task.mode === 'skip' || (task.type === 'suite' && task.tasks.some(isSkipped));
}

/** Compares text with a page of docs/ that the tests write, with `npm run test:update`. */
export function goldenPage(path: string, text: string): void {
  if (updating) writeFileSync(join(root, path), text);
  expect(text, `${path} is not what the tests find; run npm run test:update`).toBe(readFileSync(join(root, path), 'utf8'));
}
