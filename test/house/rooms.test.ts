import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { pure, rooms } from '../../eslint.rooms.js';

const root = join(import.meta.dirname, '..', '..');
const lib = join(root, 'lib');
const table = rooms;

interface Import {
  readonly from: string;
  readonly room: string;
  /** As written. */
  readonly specifier: string;
  /** `synth`, `l1`, `facts`, `imports`, a package, or `node:fs`. */
  readonly target: string;
  readonly typeOnly: boolean;
}

const imports = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts') && path.includes(sep))
  .flatMap(path => importsOf(join(lib, path)));

test('each room imports only the rooms and packages that the table gives it', () => {
  expect(imports.length).toBeGreaterThan(20);
  const wrong = imports.filter(({ room, target }) => {
    const allowed = table[room];
    if (!allowed) return true;
    if (target === room || target.startsWith('node:')) return false;
    return !allowed.rooms.includes(target) && !allowed.packages.some(name => target === name || new RegExp(`^${name.replace('*', '.*')}$`).test(target));
  });
  expect(wrong.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
});

test('pure rooms import no Node module', () => {
  const wrong = imports.filter(({ room, target }) => pure.includes(room) && target.startsWith('node:'));
  expect(wrong.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
});

test('no two rooms import each other, even by way of others', () => {
  const edges = new Map<string, Set<string>>();
  for (const { room, target } of imports) {
    if (target in table && target !== room) edges.set(room, (edges.get(room) ?? new Set()).add(target));
  }
  const cycle = findCycle(edges);
  expect(cycle?.join(' > ')).toBeUndefined();
});

test('the files of a room import each other one way, types aside', () => {
  const edges = new Map<string, Set<string>>();
  for (const { from, specifier, typeOnly } of imports) {
    if (!specifier.startsWith('.') || typeOnly) continue;
    const to = relative(root, join(dirname(join(root, from)), specifier));
    edges.set(from, (edges.get(from) ?? new Set()).add(to));
  }
  expect(findCycle(edges)?.join(' > ')).toBeUndefined();
});

describe('the generated classes', () => {
  test('have one door', () => {
    const doors = imports.filter(({ target }) => target === 'l1').map(({ from }) => from);
    expect([...new Set(doors)]).toEqual(['lib/constructs/l1.ts']);
  });
});

function importsOf(file: string): Import[] {
  const from = relative(root, file);
  const room = relative(lib, file).split(sep)[0] ?? '';
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement): Import[] => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) return [];
    const specifier = moduleSpecifier.text;
    const typeOnly = ts.isImportDeclaration(statement) ? isTypeOnly(statement) : statement.isTypeOnly;
    return [{ from, room, specifier, target: targetOf(file, specifier), typeOnly }];
  });
}

function isTypeOnly(statement: ts.ImportDeclaration): boolean {
  const clause = statement.importClause;
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return clause.name === undefined && named !== undefined && ts.isNamedImports(named) && named.elements.every(element => element.isTypeOnly);
}

function targetOf(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) {
    const [scope = '', name] = specifier.split('/');
    return specifier.startsWith('node:') ? specifier : scope.startsWith('@') ? `${scope}/${name}` : scope;
  }
  const path = relative(root, join(dirname(file), specifier)).split(sep);
  if (path[0] === 'lib') return path[1] ?? '';
  if (path[0] === 'imports') return path[1] === 'facts' ? 'facts' : 'l1';
  return path[0] ?? '';
}

function findCycle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of edges.get(node) ?? []) {
      const cycle = visit(next, [...path, node]);
      if (cycle) return cycle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of edges.keys()) {
    const cycle = visit(node, []);
    if (cycle) return cycle;
  }
  return undefined;
}
