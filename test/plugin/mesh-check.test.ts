import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MeshCheck } from '../../lib/plugin/index.ts';

const root = join(import.meta.dirname, '..', '..');
let project = '';
let packed = '';

// The package as it would be published, unpacked where neither cdk8s nor constructs can be found.
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'meshwright-plugin-'));
  packed = join(project, 'plugins', 'node_modules', 'meshwright');
  mkdirSync(packed, { recursive: true });
  run('npx', ['tsc', '-p', 'tsconfig.build.json', '--outDir', join(project, 'built', 'build'), '--incremental', 'false'], root);
  run(process.execPath, ['lib/generate/copy-facts.js', join(project, 'built', 'build')], root);
  run('cp', ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', join(project, 'built')], root);
  const name = run('npm', ['pack', '--ignore-scripts', '--pack-destination', project], join(project, 'built')).trim().split('\n').at(-1) ?? '';
  run('tar', ['-xzf', join(project, name), '--strip-components=1', '-C', packed], project);
  for (const dependency of ['@marcbachmann', 'commander', 'js-yaml', 'argparse', 'picocolors', 're2js', 'tinyglobby', 'fdir', 'picomatch', 'yaml']) {
    symlinkSync(join(root, 'node_modules', dependency), join(project, 'plugins', 'node_modules', dependency));
  }
  mkdirSync(join(project, 'app'));
  symlinkSync(join(root, 'node_modules'), join(project, 'app', 'node_modules'));
}, 240_000);
afterAll(() => { rmSync(project, { recursive: true, force: true }); });

function synth(plugin: string, host: string, properties = '{}'): { readonly output: string; readonly status: number | null } {
  const app = join(project, 'app');
  writeFileSync(join(app, 'main.mjs'), `import { ApiObject, App, Chart } from 'cdk8s';
const app = new App();
new ApiObject(new Chart(app, 'shop', { namespace: 'shop' }), 'route', { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'route' },
  spec: { hosts: ['old.example.com'], http: [{ ${host === '' ? 'directResponse: { status: 200 }' : `route: [{ destination: { host: '${host}' } }]`} }] } });
app.synth();\n`);
  writeFileSync(join(app, 'cdk8s.yaml'), `language: typescript\napp: node main.mjs\nvalidations:\n  - package: ${plugin}\n    version: 0.1.0\n    class: MeshCheck\n    properties: ${properties}\n`);
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, 'node_modules/cdk8s-cli/bin/cdk8s'), 'synth', '--check-upgrade=false'], { cwd: app, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
  return { output: `${stdout}${stderr}`, status };
}

describe('in stock cdk8s synth, from an install without cdk8s', () => {
  test('an error fails the synth, with its construct, file and line', () => {
    const { output, status } = synth(packed, 'nowhere');
    expect(output).toContain('IST0101 destination-unknown (error)');
    expect(output).toContain('Construct Path: shop/route');
    expect(output).toMatch(/Manifest Path: dist\/shop\.k8s\.yaml:\d+:\d+/);
    expect(output).toContain('the host "nowhere" is no Service or ServiceEntry that namespace shop can see');
    expect(status).toBe(2);
  });

  test('what is well passes', () => {
    const { output, status } = synth(packed, '');
    expect(output).toContain('Validations ended succesfully');
    expect(status).toBe(0);
  });

  test('properties choose what fails', () => {
    expect(synth(packed, 'nowhere', '{ skip: [IST0101] }').status).toBe(0);
  });
});

test.each([
  [{ failOn: 'sometimes' as 'error' }, 'MeshCheck: failOn must be one of error, warning, info, got "sometimes"'],
  [{ skip: ['IST01'] }, 'MeshCheck: skip names no rule: "IST01"; see meshwright rules'],
])('%j is refused', (properties, message) => {
  expect(() => new MeshCheck(properties)).toThrow(message);
});

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', npm_config_loglevel: 'error' } });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed (${status}):\n${stdout}\n${stderr}`);
  return stdout;
}
