import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeLeftovers, replaceFile } from '../../lib/files/index.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshwright-'));
  path = join(folder, 'a.json');
});
afterEach(() => { rmSync(folder, { recursive: true }); });

test('a file is made with its permissions, and replaced', () => {
  replaceFile(path, 'one', { mode: 0o600 });
  replaceFile(path, 'two', { mode: 0o600 });
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['a.json']);
});

test('what cannot be replaced stays, and nothing is left beside it', () => {
  mkdirSync(path);
  expect(() => { replaceFile(path, 'one', { mode: 0o600 }); }).toThrow(/^cannot write .*a\.json: /);
  expect(readdirSync(folder)).toEqual(['a.json']);
});

test('what killed runs left is removed, and nothing else', () => {
  for (const name of ['.a.json.tmp-0a1b', '.b.json.tmp-0a1b', 'a.json']) writeFileSync(join(folder, name), '');
  removeLeftovers(path);
  expect(readdirSync(folder)).toEqual(['.b.json.tmp-0a1b', 'a.json']);
});
