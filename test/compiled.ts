import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll } from 'vitest';

const root = join(import.meta.dirname, '..');
const folders: string[] = [];
afterAll(() => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }); });

/**
 * Programs of this repository, by their paths in it, compiled for processes of their own: one that compiles as it loads
 * takes five times as long to start. They stand inside the project, where packages are found, until the test file ends, and share
 * the modules that several of them import.
 */
export function compiled<const Programs extends readonly string[]>(...programs: Programs): { readonly [Program in keyof Programs]: string } {
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build', 'test-'));
  // One test runs it as somebody else.
  chmodSync(folder, 0o755);
  folders.push(folder);
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  buildSync({
    entryPoints: programs.map(program => join(root, program)), outbase: root, outdir: folder, absWorkingDir: root, tsconfig: join(root, 'tsconfig.json'),
    bundle: true, splitting: true, chunkNames: 'lib/chunks/[name]-[hash]', platform: 'node', format: 'esm', packages: 'external', logLevel: 'error',
  });
  return programs.map(program => join(folder, program.replace(/\.ts$/, '.js'))) as { readonly [Program in keyof Programs]: string };
}
