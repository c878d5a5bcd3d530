import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
let project = '';

/** Every path that the package can be imported by. */
const paths = Object.keys((JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, unknown> }).exports)
  .filter(path => path !== './package.json')
  .flatMap(path => (path === './imports/*' ? readdirSync(join(root, 'imports')).filter(name => name.endsWith('.ts')).map(name => `./imports/${name.replace(/\.ts$/, '')}`) : [path]))
  .map(path => path.replace('.', 'meshwright'));

// The package as it would be published, unpacked into a project of its own that borrows our node_modules.
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'meshwright-package-'));
  // Whether it compiles is asked by `npm run types`; here it is to be had.
  run('npx', ['tsc', '-p', 'tsconfig.build.json', '--outDir', join(project, 'built', 'build'), '--incremental', 'false', '--noCheck'], root);
  run(process.execPath, ['lib/generate/copy-facts.js', join(project, 'built', 'build')], root);
  for (const name of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']) writeFileSync(join(project, 'built', name), readFileSync(join(root, name)));
  const packed = run('npm', ['pack', '--ignore-scripts', '--pack-destination', project], join(project, 'built')).trim().split('\n').at(-1) ?? '';
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, 'meshwright'), { recursive: true });
  run('tar', ['-xzf', join(project, packed), '--strip-components=1', '-C', join(modules, 'meshwright')], project);
  for (const name of readdirSync(join(root, 'node_modules'))) if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  writeFileSync(join(project, 'package.json'), '{"type":"module"}\n');
}, 240_000);

afterAll(() => { rmSync(project, { recursive: true, force: true }); });

test('it holds what was compiled, and no source, test or local path', () => {
  const files = readdirSync(join(project, 'node_modules', 'meshwright'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(join(project, 'node_modules', 'meshwright').length + 1));
  expect(files.filter(path => !/^build\/|^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path))).toEqual([]);
  expect(files).toContain('build/lib/index.js');
  expect(files).toContain('build/imports/facts/networking.istio.io.js');
  expect(files.filter(path => path.includes('lib/generate/'))).toEqual([]);
});

test('expect of jest asks a mesh, and counts it as an assertion', () => {
  writeFileSync(join(project, 'mesh.test.js'), `
import { expect as runners, test } from '@jest/globals';
import { meshOf, withMeshes } from 'meshwright/testing';

const expect = withMeshes(runners);
const mesh = meshOf(JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop', labels: { app: 'web', 'sidecar.istio.io/inject': 'true' } }, spec: {} })
  + '\\n---\\n' + JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }] } }));

test('reaches', () => {
  expect.assertions(2);
  expect(mesh).request('GET http://web/', { from: 'shop/web' }).toReach('web');
  expect(1 + 1).toBe(2);
});

test('fails', () => { expect(mesh).request('GET http://web/', { from: 'shop/web' }).toReach('cart'); });
`);
  writeFileSync(join(project, 'jest.config.json'), '{ "testMatch": ["<rootDir>/mesh.test.js"], "transform": {}, "roots": ["<rootDir>"], "cache": false }\n');
  const { stderr } = spawnSync(process.execPath, ['--experimental-vm-modules', join(root, 'node_modules', 'jest', 'bin', 'jest.js'), '--config', 'jest.config.json', '--ci'], { cwd: project, encoding: 'utf8' });
  expect(stderr).toContain('Tests:       1 failed, 1 passed, 2 total');
  expect(stderr).toContain('expected the request to reach cart, but:');
}, 120_000);

test('every export path loads', () => {
  expect(paths.length).toBeGreaterThan(15);
  writeFileSync(join(project, 'load.js'), `for (const name of ${JSON.stringify(paths)}) await import(name);\nconsole.log('loaded');\n`);
  expect(run(process.execPath, ['load.js'], project)).toBe('loaded\n');
});

describe('in a service that has neither cdk8s nor constructs', () => {
  // Everything else of ours is there, so that what is loaded is loaded by choice.
  const loaded = (name: string): string[] => {
    const folder = join(project, 'service');
    const modules = join(folder, 'node_modules');
    if (!existsSync(modules)) {
      mkdirSync(modules, { recursive: true });
      for (const name of readdirSync(join(project, 'node_modules'))) {
        if (!['cdk8s', 'cdk8s-cli', 'cdk8s-plus-28', 'constructs', 'meshwright'].includes(name)) symlinkSync(join(root, 'node_modules', name), join(modules, name));
      }
      // Not a link: from its real place it would find what this project lacks.
      cpSync(join(project, 'node_modules', 'meshwright'), join(modules, 'meshwright'), { recursive: true });
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
      writeFileSync(join(folder, 'hooks.js'), `
        import { appendFileSync } from 'node:fs';
        export const load = (url, context, next) => { appendFileSync('urls.txt', url + '\\n'); return next(url, context); };`);
      writeFileSync(join(folder, 'load.js'), `
        import { createRequire, register } from 'node:module';
        import { readFileSync, writeFileSync } from 'node:fs';
        writeFileSync('urls.txt', '');
        register('./hooks.js', import.meta.url);
        await import(process.argv[2]);
        const files = [...Object.keys(createRequire(import.meta.url).cache), ...readFileSync('urls.txt', 'utf8').split('\\n')];
        const names = files.flatMap(file => file.split('node_modules/').slice(-1)).filter((name, i) => files[i].includes('node_modules/')).map(name => name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/'));
        console.log(JSON.stringify([...new Set(names)].sort()));`);
    }
    return JSON.parse(run(process.execPath, ['load.js', name], folder)) as string[];
  };
  const ownLibrary: Readonly<Record<string, RegExp>> = {
    'meshwright/runtime/contract': /^$/,
    'meshwright/runtime/metrics': /^prom-client$/,
    'meshwright/runtime/tracing': /^@opentelemetry\/[\w-]+$/,
    'meshwright/runtime/logging': /^pino$/,
    'meshwright/runtime/jwt': /^(jsonwebtoken|jose)$/,
    'meshwright/runtime/profiling': /^pprof-format$/,
  };

  test.each(Object.entries(ownLibrary))('%s loads only its own library', (name, library) => {
    const names = loaded(name).filter(other => other !== 'meshwright');
    const roots = names.filter(other => library.test(other));
    expect(names.filter(other => !withDependencies(roots).has(other))).toEqual([]);
    expect(roots.length > 0).toBe(library.source !== '^$');
  });

  test('meshwright/runtime loads no library of a helper that the contract does not enable', () => {
    const names = loaded('meshwright/runtime');
    expect(names).toEqual(expect.arrayContaining(['@opentelemetry/api', 'pino', 'prom-client']));
    expect(names.filter(name => /^(jsonwebtoken|jose|pprof-format|cdk8s.*|constructs)$/.test(name))).toEqual([]);
  });

  test('check and mesh load none of them', () => {
    for (const name of ['meshwright/check', 'meshwright/mesh']) expect(loaded(name).filter(other => Object.values(ownLibrary).some(library => library.test(other)))).toEqual([]);
  });
});

test('a chart synthesizes with the packed package', () => {
  writeFileSync(join(project, 'app.js'), `
    import { Canary, MeshApp, MeshService, ServiceMesh } from 'meshwright';
    const app = new MeshApp({ name: 'packed' });
    const shop = new ServiceMesh(app, 'mesh', { mtls: 'STRICT' }).namespace('shop');
    const reviews = new MeshService(shop, 'reviews', { port: 9080, versions: { v1: { image: 'a' }, v2: { image: 'b' } } });
    new Canary(reviews, 'v2', { from: 'v1', to: 'v2' });
    app.synth();`);
  run(process.execPath, ['app.js'], project);
  expect(readFileSync(join(project, 'dist/mesh/shop.k8s.yaml'), 'utf8')).toContain('weight: 90');
});

describe('in stock cdk8s synth, from an install without cdk8s', () => {
  const plugins = (): string => join(project, 'plugins', 'node_modules');
  const packed = (): string => join(plugins(), 'meshwright');
  beforeAll(() => {
    mkdirSync(plugins(), { recursive: true });
    // Not a link: from its real place it would find cdk8s.
    cpSync(join(project, 'node_modules', 'meshwright'), packed(), { recursive: true });
    for (const dependency of ['@marcbachmann', 'commander', 'js-yaml', 'argparse', 'picocolors', 're2js', 'tinyglobby', 'fdir', 'picomatch', 'yaml']) {
      symlinkSync(join(root, 'node_modules', dependency), join(plugins(), dependency));
    }
    mkdirSync(join(project, 'stock'));
    symlinkSync(join(root, 'node_modules'), join(project, 'stock', 'node_modules'));
  });

  test('an error fails the synth, with its construct, file and line', () => {
    const { output, status } = synth(packed(), 'nowhere');
    expect(output).toContain('IST0101 destination-unknown (error)');
    expect(output).toContain('Construct Path: shop/route');
    expect(output).toMatch(/Manifest Path: dist\/shop\.k8s\.yaml:\d+:\d+/);
    expect(output).toContain('the host "nowhere" is no Service or ServiceEntry that namespace shop can see');
    expect(status).toBe(2);
  });

  test('what is well passes', () => {
    const { output, status } = synth(packed(), '');
    expect(output).toContain('Validations ended succesfully');
    expect(status).toBe(0);
  });

  test('properties choose what fails', () => {
    expect(synth(packed(), 'nowhere', '{ skip: [IST0101] }').status).toBe(0);
  });
});

test('publint finds nothing to say', () => {
  expect(run('npx', ['publint', '--strict', join(project, 'node_modules', 'meshwright')], root)).toContain('All good!');
});

describe('its types are read', () => {
  const consumer = `
    import { Duration } from 'cdk8s';
    import { Canary, Match, MeshApp, MeshService, ServiceMesh } from 'meshwright';
    import { VirtualService, StringMatch } from 'meshwright/imports/networking.istio.io';
    import { facts } from 'meshwright/imports/facts/networking.istio.io';
    ${paths.map((path, i) => `import * as module${i} from '${path}';`).join('\n    ')}
    const shop = new ServiceMesh(new MeshApp(), 'mesh').namespace('shop');
    const reviews = new MeshService(shop, 'reviews', { port: 9080, versions: { v1: { image: 'a' }, v2: { image: 'b' } }, timeout: Duration.seconds(1) });
    new Canary(reviews, 'v2', { from: 'v1', to: 'v2', pin: [Match.header('a').present()] });
    // @ts-expect-error v9 is no version of reviews
    new Canary(reviews, 'v9', { from: 'v1', to: 'v9' });
    VirtualService.manifest({ spec: { hosts: ['a'], http: [{ match: [{ uri: StringMatch.exact('/') }], redirect: { uri: '/b' } }] } });
    export const all: readonly unknown[] = [facts.kinds.VirtualService.plural, ${paths.map((_, i) => `module${i}`).join(', ')}];
  `;
  test.each(['typescript-5.9', 'typescript', 'typescript-7'])('by %s', compiler => {
    const folder = join(project, compiler);
    mkdirSync(folder);
    writeFileSync(join(folder, 'consumer.ts'), consumer);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
      compilerOptions: { module: 'nodenext', target: 'es2022', strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: false, types: ['node'] },
      files: ['consumer.ts'],
    }));
    const { bin } = JSON.parse(readFileSync(join(root, 'node_modules', compiler, 'package.json'), 'utf8')) as { bin: { tsc: string } };
    const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules', compiler, bin.tsc), '-p', folder], { encoding: 'utf8' });
    // Other people's declarations are theirs to mend.
    const ours = stdout.split('\n').filter(line => /error TS/.test(line) && (line.includes('consumer.ts') || line.includes('node_modules/meshwright/')));
    expect(ours).toEqual([]);
  });
});

/** Runs stock `cdk8s synth` on an app that routes to a host, checked by a plugin. */
function synth(plugin: string, host: string, properties = '{}'): { readonly output: string; readonly status: number | null } {
  const app = join(project, 'stock');
  writeFileSync(join(app, 'main.mjs'), `import { ApiObject, App, Chart } from 'cdk8s';
const app = new App();
new ApiObject(new Chart(app, 'shop', { namespace: 'shop' }), 'route', { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'route' },
  spec: { hosts: ['old.example.com'], http: [{ ${host === '' ? 'directResponse: { status: 200 }' : `route: [{ destination: { host: '${host}' } }]`} }] } });
app.synth();\n`);
  writeFileSync(join(app, 'cdk8s.yaml'), `language: typescript\napp: node main.mjs\nvalidations:\n  - package: ${plugin}\n    version: 0.1.0\n    class: MeshCheck\n    properties: ${properties}\n`);
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, 'node_modules/cdk8s-cli/bin/cdk8s'), 'synth', '--check-upgrade=false'], { cwd: app, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
  return { output: `${stdout}${stderr}`, status };
}

/** Packages with what they depend on. */
function withDependencies(names: readonly string[], known = new Set<string>()): ReadonlySet<string> {
  for (const name of names.filter(name => !known.has(name))) {
    known.add(name);
    const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { dependencies?: Record<string, string> };
    withDependencies(Object.keys(dependencies), known);
  }
  return known;
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', npm_config_loglevel: 'error' } });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed (${status}):\n${stdout}\n${stderr}`);
  return stdout;
}
