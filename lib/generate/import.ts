// `npm run import` writes imports/ again; with --check it only says whether what is there is what would be written.
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readOverlay } from './overlay.ts';
import { generateImports } from './imports.ts';
import { readKinds, readSources } from './sources.ts';

const root = join(import.meta.dirname, '..', '..', 'imports');

/** The files of imports/ that are written by hand. */
const byHand = new Set(['sources.yaml', 'overlay.yaml', 'README.md', 'custom-resource.ts', 'duration.ts', 'patch.ts', 'refusal.ts']);

async function main(check: boolean): Promise<void> {
  const folder = process.env.MESHWRIGHT_CRDS;
  const sources = await readSources(join(root, 'sources.yaml'));
  const kinds = (await Promise.all(sources.map(source => readKinds(source, folder)))).flat();
  const files = generateImports(kinds, await readOverlay(join(root, 'overlay.yaml')));
  const stale = (await listing(root)).filter(path => !files.has(path) && !byHand.has(path));
  if (check) return report(files, stale);
  for (const [path, text] of files) await replace(join(root, path), text);
  for (const path of stale) await rm(join(root, path));
  console.log(`wrote ${files.size} files for ${kinds.length} kinds to imports/`);
}

async function report(files: ReadonlyMap<string, string>, stale: readonly string[]): Promise<void> {
  const different = [...stale];
  for (const [path, text] of files) {
    const current = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (current !== text) different.push(path);
  }
  if (different.length > 0) throw new Error(`imports/ is not what \`npm run import\` writes: ${different.sort().join(', ')}; run it and commit`);
  console.log(`imports/ is fresh: ${files.size} files`);
}

async function listing(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

async function replace(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

main(process.argv.includes('--check')).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
});
