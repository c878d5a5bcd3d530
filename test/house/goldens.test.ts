import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { goldenFolder } from '../golden.ts';

const root = join(import.meta.dirname, '..', '..');

test('every folder of golden files belongs to a test file that claims them', () => {
  const owners = new Set(
    readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.test.ts') && readFileSync(join(root, 'test', path), 'utf8').includes('goldens(import.meta.url)'))
      .map(path => goldenFolder(join('test', path))),
  );
  const files = existsSync(join(root, '__snapshots__'))
    ? readdirSync(join(root, '__snapshots__'), { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
    : [];
  expect(files.length).toBeGreaterThan(0);
  const strays = files.map(entry => join(entry.parentPath, entry.name).slice(root.length + 1)).filter(path => !owners.has(join(path, '..')));
  expect(strays).toEqual([]);
});
