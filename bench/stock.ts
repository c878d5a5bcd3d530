// What stock `cdk8s import` makes of the facts that imports/ is made of.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

interface Facts {
  readonly group: string;
  readonly kinds: Readonly<Record<string, {
    readonly plural: string;
    readonly scope: string;
    readonly versions: Readonly<Record<string, { readonly storage: boolean; readonly schema: object }>>;
  }>>;
}

/**
 * Writes the TypeScript of stock `cdk8s import` into a folder, a module a group.
 *
 * `versions`: `served` as stock does it, `one` when it is given just the version that imports/ has.
 */
export async function stockImport(folder: string, versions: 'served' | 'one'): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const crds = join(folder, 'crds.yaml');
  const groups = readdirSync(join(root, 'imports', 'facts')).filter(name => name.endsWith('.js'));
  const facts = await Promise.all(groups.map(async name => (await import(join(root, 'imports', 'facts', name)) as { facts: Facts }).facts));
  // JSON is YAML. Without the separator stock reads only the last document.
  writeFileSync(crds, facts.flatMap(group => definitions(group, versions)).map(crd => JSON.stringify(crd)).join('\n---\n'));
  execFileSync(process.execPath, [
    join(root, 'node_modules', 'cdk8s-cli', 'bin', 'cdk8s'), 'import', crds,
    '--language', 'typescript', '--output', folder, '--save=false', '--check-upgrade=false',
  ], { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder });
}

function definitions({ group, kinds }: Facts, wanted: 'served' | 'one'): object[] {
  return Object.entries(kinds).map(([kind, { plural, scope, versions }]) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: { kind, plural },
      versions: Object.entries(versions)
        .filter(([name]) => wanted === 'served' || name === best(Object.keys(versions)))
        .map(([name, { storage, schema }]) => ({ name, served: true, storage, schema: { openAPIV3Schema: schema } })),
    },
  }));
}

/** v1 where it exists, else the most stable one, as imports/ chooses. */
function best(names: readonly string[]): string | undefined {
  const rank = (name: string): number => (/^v\d+$/.test(name) ? 0 : name.includes('beta') ? 1 : 2);
  return [...names].sort((a, b) => rank(a) - rank(b) || b.localeCompare(a, 'en', { numeric: true }))[0];
}
