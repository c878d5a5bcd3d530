import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { backEnds, served } from '../constructs/install/installed.ts';
import { goldenPage } from '../golden.ts';

const page = 'docs/install.md';

test('the guide says what each back end emits', () => {
  const rows = Object.entries(backEnds).map(([name, backEnd]) => {
    const sidecars = served({}, { backEnd, cni: true, tags: ['prod'], ingressGateways: [{ name: 'istio-ingress' }], egressGateways: [{ name: 'istio-egress' }] });
    const ambient = served({}, { backEnd, profile: 'ambient' });
    return `| ${name} | ${kindsOf(sidecars.app.render())} | ${kindsOf(ambient.app.render())} |`;
  });
  const table = ['', '| back end | sidecars | ambient mode |', '|---|---|---|', ...rows, ''].join('\n');
  const text = readFileSync(join(import.meta.dirname, '..', '..', page), 'utf8');
  expect(text).toMatch(/<!-- emitted -->\n[^]*<!-- \/emitted -->/);
  goldenPage(page, text.replace(/(<!-- emitted -->\n)[^]*(<!-- \/emitted -->)/, (_, from: string, to: string) => `${from}${table}\n${to}`));
});

/** How many objects of each kind a folder holds. */
function kindsOf(files: ReadonlyMap<string, string>): string {
  const folders = new Map<string, Map<string, number>>();
  for (const [path, text] of files) {
    const [folder = ''] = path.split('/');
    const counts = folders.get(folder) ?? new Map<string, number>();
    folders.set(folder, counts);
    for (const { kind } of loadAll(text) as { kind: string }[]) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...folders].map(([folder, counts]) => `\`${folder}/\` ${[...counts].map(([kind, count]) => `${kind}${count > 1 ? ` ×${count}` : ''}`).join(', ')}`).join('<br>');
}
