// `npm run docs` writes docs/reference/ again; with --check it only says whether what is there is what would be written.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { rules, securityChecklist } from '../check/index.ts';
import { writeFolder } from '../files/index.ts';
import { checklistPage } from './checklist-page.ts';
import { fieldsPage } from './fields-page.ts';
import { kindsPage } from './kinds-page.ts';
import { referencePage } from './reference.ts';
import { rulesPage } from './rules-page.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'docs', 'reference');

const runtimeModules = ['runtime', ...['contract', 'tracing', 'metrics', 'logging', 'profiling', 'jwt'].map(name => `runtime/${name}`)];

async function pages(): Promise<ReadonlyMap<string, string>> {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), path => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const entry = join(root, 'lib', 'index.ts');
  const runtime = runtimeModules.map(name => ({ name, entry: join(root, 'lib', name, 'index.ts') }));
  const program = ts.createProgram([entry, ...runtime.map(module => module.entry)], options);
  return new Map([
    ['constructs.md', referencePage('Reference: constructs and synth', entry, program)],
    ...runtime.map(module => [`${module.name.replace('/', '-')}.md`, referencePage(`Reference: meshwright/${module.name}`, module.entry, program)] as const),
    ['fields.md', await fieldsPage(join(root, 'imports', 'facts', 'networking.istio.io.js'), join(root, '__snapshots__', 'constructs'))],
    ['rules.md', rulesPage(rules)],
    ['audit.md', checklistPage(securityChecklist, rules)],
    ['imports.md', await kindsPage(join(root, 'imports', 'facts'))],
  ]);
}

async function main(check: boolean): Promise<void> {
  const wanted = await pages();
  if (!check) {
    writeFolder(folder, wanted, { owns: path => path.endsWith('.md') });
    console.log(`wrote ${wanted.size} pages to docs/reference/`);
    return;
  }
  const present = existsSync(folder) ? readdirSync(folder) : [];
  const different = [...new Set([...present, ...wanted.keys()])].filter(name => !present.includes(name) || readFileSync(join(folder, name), 'utf8') !== wanted.get(name));
  if (different.length > 0) throw new Error(`docs/reference/ is not what \`npm run docs\` writes: ${different.join(', ')}; run it and commit`);
  console.log(`docs/reference/ is fresh: ${wanted.size} pages`);
}

main(process.argv.includes('--check')).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
});
