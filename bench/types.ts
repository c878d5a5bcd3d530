// What type-checking all of imports/ costs, against stock `cdk8s import` of the same facts.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Figure } from './figure.ts';
import { median } from './figure.ts';
import { stockImport } from './stock.ts';

const root = join(import.meta.dirname, '..');

/** Seconds of `tsc` for all kinds, those for cdk8s alone taken off. */
export async function types(): Promise<Figure[]> {
  // Inside the project, so that both resolve the same cdk8s.
  const folder = mkdtempSync(join(root, 'node_modules', '.bench-'));
  try {
    await stockImport(join(folder, 'served'), 'served');
    await stockImport(join(folder, 'one'), 'one');
    const modules = readdirSync(join(root, 'imports')).filter(name => name.endsWith('.io.ts')).map(name => join(root, 'imports', name));
    const programs = {
      cdk8s: [],
      ours: modules,
      served: modulesOf(join(folder, 'served')),
      one: modulesOf(join(folder, 'one')),
    };
    const seconds = { cdk8s: 0, ours: 0, served: 0, one: 0 };
    for (const name of Object.keys(programs) as (keyof typeof programs)[]) {
      const config = join(folder, `${name}.json`);
      const program = join(folder, `${name}.ts`);
      writeFileSync(program, `import 'cdk8s';\n${programs[name].map(path => `import '${fromFolder(folder, path)}';\n`).join('')}`);
      // Stock output has enums and unguarded index access, which the settings of this project refuse.
      const compilerOptions = { erasableSyntaxOnly: false, noUncheckedIndexedAccess: false, exactOptionalPropertyTypes: false, noImplicitOverride: false, verbatimModuleSyntax: false };
      writeFileSync(config, JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, files: [program], include: [] }));
      seconds[name] = median([1, 2, 3].map(() => checkSeconds(config)));
    }
    const ours = seconds.ours - seconds.cdk8s;
    const note = (stock: number): string => `${ours.toFixed(2)} s against ${stock.toFixed(2)} s, cdk8s' own ${seconds.cdk8s.toFixed(2)} s taken off both`;
    return [
      { name: 'tsc of imports/', baseline: 'stock cdk8s import, every served version', ratio: ours / (seconds.served - seconds.cdk8s), limit: 0.5, note: note(seconds.served - seconds.cdk8s) },
      { name: 'tsc of imports/', baseline: 'stock cdk8s import, one version a kind', ratio: ours / (seconds.one - seconds.cdk8s), note: note(seconds.one - seconds.cdk8s) },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** TypeScript rewrites the ending of a path only when it is relative. */
function fromFolder(folder: string, path: string): string {
  const short = relative(folder, path);
  return short.startsWith('.') ? short : `./${short}`;
}

function modulesOf(folder: string): string[] {
  return readdirSync(folder).filter(name => name.endsWith('.ts')).map(name => join(folder, name));
}

function checkSeconds(config: string): number {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const text = execFileSync(process.execPath, [tsc, '-p', config, '--diagnostics', '--strict'], { encoding: 'utf8' });
  const total = /Total time:\s+([\d.]+)s/.exec(text)?.[1];
  if (total === undefined) throw new Error(`tsc said no total time:\n${text}`);
  return Number(total);
}
