import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stockImport } from '../../bench/stock.ts';
import { examples } from '../docs/examples.ts';
import { goldenPage } from '../golden.ts';
import { typeCheck } from '../typescript.ts';
import { mistakes, type Mistake } from './mistakes.ts';
import { programs } from './programs.ts';

const root = join(import.meta.dirname, '..', '..');
// Inside the project, so that what is imported finds cdk8s.
const stock = mkdtempSync(join(root, 'node_modules', '.stock-'));
afterAll(() => { rmSync(stock, { recursive: true, force: true }); });

/** Fields that stock renames: what is wrong for Istio is right for stock, and the other way round. */
const renamed = new Map([['a misspelt outlier detection', 'that is its spelling, and `consecutive5xxErrors` is an error']]);

const level1 = mistakes.filter(({ code }) => code.includes('meshwright/imports/'));

/** All at once: what every program imports is by far the most of the work. */
let messages: ReadonlyMap<string, readonly string[]> = new Map();
beforeAll(async () => {
  await stockImport(stock, 'one');
  for (const name of readdirSync(stock).filter(file => file.endsWith('.ts'))) {
    const path = join(stock, name);
    writeFileSync(path, enumsAsUnions(readFileSync(path, 'utf8')));
  }
  messages = typeCheck(new Map([
    ...mistakes.map(({ code }, i) => [`mistake-${i}`, code] as const),
    ...programs.map(({ code }, i) => [`program-${i}`, code] as const),
    ...examples.map(({ code }, i) => [`example-${i}`, code] as const),
    ['stock-control', asStock(`import { VirtualService } from 'meshwright/imports/networking.istio.io';\nVirtualService.manifest({ spec: { hosts: ['a'] } });`)] as const,
    ...level1.map(({ code }, i) => [`stock-${i}`, asStock(code)] as const),
  ]));
}, 400_000);

describe('a program compiles:', () => {
  test.each(programs.map(({ title }, i) => ({ title, i })))('$title', ({ i }) => {
    expect(messages.get(`program-${i}`)).toEqual([]);
  });
});

describe('an example of the docs compiles:', () => {
  test.each(examples.map((example, i) => ({ ...example, i })))('$page $number', ({ i }) => {
    expect(messages.get(`example-${i}`)).toEqual([]);
  });
});

describe('a program does not compile, and the message says why:', () => {
  test.each(mistakes.map(({ title, says }, i) => ({ title, says, i })))('$title', ({ says, i }) => {
    expect(messages.get(`mistake-${i}`)?.join('\n')).toContain(says);
  });
});

test('the page compares every mistake with the types of stock cdk8s import', () => {
  expect(messages.get('stock-control')).toEqual([]);
  const rows = level1.map((mistake, i) => ({ mistake, stock: messages.get(`stock-${i}`) ?? [] }));
  goldenPage('docs/mistakes.md', page(rows, mistakes.filter(mistake => !level1.includes(mistake))));
});

/** The same program, with the names of stock. */
function asStock(code: string): string {
  return code
    .replaceAll(/from 'meshwright\/imports\/([^']+)'/g, (_, group: string) => `from './${relative(join(root, 'test', 'virtual'), join(stock, `${group}.ts`))}'`)
    .replaceAll(/\b(HTTP|GRPC|TLS|TCP|UDP)Route\b/g, (_, protocol: string) => `${protocol.charAt(0)}${protocol.slice(1).toLowerCase()}Route`);
}

/** Stock takes members of enums where we take their values; as unions they take the same notation. */
function enumsAsUnions(text: string): string {
  return text.replaceAll(/export enum (\w+) \{([^}]*)\}/g, (_, name: string, body: string) => `export type ${name} = ${[...body.matchAll(/= (".*?"|\d+),/g)].map(([, value]) => value).join(' | ')};`);
}

function page(rows: readonly { readonly mistake: Mistake; readonly stock: readonly string[] }[], intents: readonly Mistake[]): string {
  const caught = rows.filter(row => row.stock.length > 0 && !renamed.has(row.mistake.title)).length;
  return `# Mistakes that do not compile

Each of these ${rows.length + intents.length} programs is compiled in the tests, which look for the words of the second column in what the compiler says.
Stock \`cdk8s import\`, given the same facts and the same programs, refuses ${caught} of the ${rows.length} that use a generated class; its enums are read as
unions of their values here, since it takes \`Mode.STRICT\` where Istio and we say \`'STRICT'\`. Written by the tests (\`npm run test:update\`).

| mistake | Meshwright says | stock \`cdk8s import\` |
|---|---|---|
${rows.map(({ mistake, stock: messages }) => `| ${mistake.title} | ${cell(mistake.says)} | ${renamed.get(mistake.title) ?? (messages.length > 0 ? 'refused' : '**compiles**')} |`).join('\n')}

## Intents

Stock has nothing like them.

| mistake | Meshwright says |
|---|---|
${intents.map(({ title, says }) => `| ${title} | ${cell(says)} |`).join('\n')}
`;
}

function cell(text: string): string {
  return `\`\` ${text.replaceAll('|', '\\|')} \`\``;
}
