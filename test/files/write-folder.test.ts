import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeFolder } from '../../lib/files/index.ts';

let top = '';
beforeEach(() => { top = mkdtempSync(join(tmpdir(), 'meshwright-')); });
afterEach(() => { rmSync(top, { recursive: true }); });

const path = (name: string): string => join(top, 'dist', name);
const write = (files: Record<string, string>): void => { writeFolder(join(top, 'dist'), new Map(Object.entries(files))); };

test('files are written, folders and all', () => {
  write({ 'a/b/c.k8s.yaml': 'c', 'd.k8s.yaml': 'd' });
  expect(contents()).toEqual({ 'a/b/c.k8s.yaml': 'c', 'd.k8s.yaml': 'd' });
});

test('generated files that are no more go, with the folders that they leave empty; others stay', () => {
  write({ 'a/b/c.k8s.yaml': 'c', 'd.k8s.yaml': 'd' });
  writeFileSync(path('mine.txt'), 'mine');
  write({ 'd.k8s.yaml': 'd' });
  expect(contents()).toEqual({ 'd.k8s.yaml': 'd', 'mine.txt': 'mine' });
  expect(existsSync(path('a'))).toBe(false);
});

test('a file that is as it should be is left alone', () => {
  write({ 'a.k8s.yaml': 'a' });
  const { ino } = statSync(path('a.k8s.yaml'));
  write({ 'a.k8s.yaml': 'a' });
  expect(statSync(path('a.k8s.yaml')).ino).toBe(ino);
});

test('a folder that is a link is written through', () => {
  mkdirSync(join(top, 'real'));
  symlinkSync(join(top, 'real'), join(top, 'dist'));
  write({ 'a.k8s.yaml': 'a' });
  expect(readFileSync(join(top, 'real', 'a.k8s.yaml'), 'utf8')).toBe('a');
});

describe('a failure leaves the folder as it was', () => {
  test.each(['../outside.k8s.yaml', '/etc/outside.k8s.yaml', 'a/../../outside.k8s.yaml', '.'])('for the path %s', name => {
    write({ 'a.k8s.yaml': 'a' });
    expect(() => { write({ 'b.k8s.yaml': 'b', [name]: 'x' }); }).toThrow('is not a path inside');
    expect(contents()).toEqual({ 'a.k8s.yaml': 'a' });
  });

  test('for a file whose name is a folder', () => {
    write({ 'a.k8s.yaml': 'a' });
    mkdirSync(path('z.k8s.yaml'));
    writeFileSync(path('z.k8s.yaml/x'), 'x');
    expect(() => { write({ 'a.k8s.yaml': 'changed', 'new/b.k8s.yaml': 'b', 'z.k8s.yaml': 'z' }); }).toThrow(/^cannot write .*dist: .*; it is as it was$/);
    expect(contents()).toEqual({ 'a.k8s.yaml': 'a', 'z.k8s.yaml/x': 'x' });
    expect(existsSync(path('new'))).toBe(false);
  });

  test('for a file that stands where a folder should', () => {
    write({ 'a.k8s.yaml': 'a' });
    expect(() => { write({ 'b.k8s.yaml': 'b', 'a.k8s.yaml/c.k8s.yaml': 'c' }); }).toThrow('cannot write');
    expect(contents()).toEqual({ 'a.k8s.yaml': 'a' });
  });

  test.skipIf(process.getuid?.() === 0)('for a folder that cannot be written (root can)', () => {
    write({ 'a.k8s.yaml': 'a' });
    chmodSync(join(top, 'dist'), 0o500);
    expect(() => { write({ 'b.k8s.yaml': 'b' }); }).toThrow('permission denied');
    chmodSync(join(top, 'dist'), 0o700);
    expect(contents()).toEqual({ 'a.k8s.yaml': 'a' });
  });
});

test('what is written is what is read, whatever came before', () => {
  const files = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}(\/[a-z]{1,3}){0,2}$/).map(name => `${name}.k8s.yaml`), fc.string(), { maxKeys: 6 });
  fc.assert(fc.property(files, files, (first, second) => {
    write(first);
    write(second);
    expect(contents()).toEqual({ ...second });
  }), { numRuns: 100 });
});

function contents(): Record<string, string> {
  if (!existsSync(join(top, 'dist'))) return {};
  return Object.fromEntries(readdirSync(join(top, 'dist'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .map(file => [file.slice(join(top, 'dist').length + 1), readFileSync(file, 'utf8')]));
}
