import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fieldsPage } from '../../lib/generate/fields-page.ts';

const root = join(import.meta.dirname, '..', '..');
const facts = join(root, 'imports', 'facts', 'networking.istio.io.js');
const temporary = mkdtempSync(join(tmpdir(), 'meshwright-fields-'));
afterAll(() => { rmSync(temporary, { recursive: true, force: true }); });

test('every field of the traffic kinds has an intent, or a reason to have none', async () => {
  const page = await fieldsPage(facts, join(root, '__snapshots__', 'constructs'));
  for (const kind of ['VirtualService', 'DestinationRule', 'Gateway', 'ServiceEntry', 'Sidecar']) expect(page).toContain(`## ${kind}\n`);
  const rows = page.split('\n').filter(line => line.startsWith('| `'));
  expect(rows.length).toBeGreaterThan(250);
  for (const row of rows) expect(row).toMatch(/^\| `[^`]+` \| (?:`\w+`|L1 only: .)/);
  expect(page).toContain('| `spec.http[].fault.delay.fixedDelay` | `Fault` |');
});

describe('the table is refused', () => {
  const goldens = (folder: string, yaml: string): string => {
    const path = join(temporary, folder);
    mkdirSync(join(path, 'route'), { recursive: true });
    writeFileSync(join(path, 'route', 'a.yaml'), yaml);
    return path;
  };
  test('where no golden file sets a field, with its path', async () => {
    await expect(fieldsPage(facts, goldens('few', 'kind: VirtualService\nspec: { hosts: [a] }\n'))).rejects.toThrow('VirtualService.spec.http[].timeout is set by no golden file, and has no reason');
  });
  test('where a golden file sets what is said to have no intent', async () => {
    await expect(fieldsPage(facts, goldens('stale', 'kind: VirtualService\nspec: { http: [{ match: [{ gateways: [a] }] }] }\n')))
      .rejects.toThrow('VirtualService.spec.http[].match[].gateways[] has a reason to be left out, and is set by Route');
  });
  test('where nobody knows which intent a golden file is of', async () => {
    const path = goldens('unknown', '');
    mkdirSync(join(path, 'new'));
    writeFileSync(join(path, 'new', 'b.yaml'), 'kind: Gateway\nspec: {}\n');
    await expect(fieldsPage(facts, path)).rejects.toThrow('new/b.yaml: lib/generate/field-answers.ts does not say which intent this golden file is of');
  });
});
