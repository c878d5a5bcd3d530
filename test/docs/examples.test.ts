import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Yaml } from 'cdk8s';
import { afterAll, describe, expect, test } from 'vitest';
import { goldenPage } from '../golden.ts';
import { examples } from './examples.ts';

const root = join(import.meta.dirname, '..', '..');
// Inside the project, where `meshwright` is its source, and ignored by git.
mkdirSync(join(root, 'build'), { recursive: true });
const temporary = mkdtempSync(join(root, 'build', 'docs-'));
const output = mkdtempSync(join(tmpdir(), 'meshwright-docs-'));
afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
  rmSync(output, { recursive: true, force: true });
});

interface Resource { readonly kind: string; readonly metadata: { readonly name: string } }

test('there are examples to run', () => {
  expect(examples.length).toBeGreaterThan(9);
});

describe('an example of the docs runs, and synthesizes what its page shows:', () => {
  test.each(examples)('$page $number', async ({ page, number, code }) => {
    const objects = await synthesize(`${page.replaceAll(/\W/g, '-')}-${number}`, code);
    const text = readFileSync(join(root, page), 'utf8');
    // The block of YAML that follows the program, if one does, begins with the objects that it shows.
    const after = text.slice(text.indexOf(code) + code.length);
    const shown = /^```\n\n```yaml\n(# [^\n]*)\n.*?```/s.exec(after);
    if (!shown?.[1]) return;
    const wanted = shown[1].slice(2).split(' · ').map(name => named(objects, name));
    const block = `\`\`\`\n\n\`\`\`yaml\n${shown[1]}\n${Yaml.stringify(...wanted)}\`\`\``;
    goldenPage(page, text.replace(`${code}${shown[0]}`, () => `${code}${block}`));
  });
});

function named(objects: readonly Resource[], wanted: string): Resource {
  const [kind, name] = wanted.split(' ');
  const found = objects.find(object => object.kind === kind && object.metadata.name === name);
  if (!found) throw new Error(`no ${wanted} among ${objects.map(object => `${object.kind} ${object.metadata.name}`).join(', ')}`);
  return found;
}

async function synthesize(name: string, code: string): Promise<Resource[]> {
  const program = join(temporary, `${name}.ts`);
  const folder = join(output, name);
  writeFileSync(program, code);
  process.env.CDK8S_OUTDIR = folder;
  try {
    await import(program);
  } finally {
    delete process.env.CDK8S_OUTDIR;
  }
  // One that asks a mesh instead holds its own assertions.
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.k8s.yaml'))
    .flatMap(path => Yaml.load(join(folder, path)) as Resource[]);
}
