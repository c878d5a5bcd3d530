import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart, JsonPatch, Yaml } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MeshApp, ServiceMesh } from '../../lib/index.ts';
import { compiled } from '../compiled.ts';
import { ratingsOf, reviewsOf } from '../constructs/bookinfo-shop.ts';

const root = join(import.meta.dirname, '..', '..');
const [runApp, index] = compiled('lib/synth/run.ts', 'lib/index.ts');
let outdir = '';

beforeEach(() => { outdir = mkdtempSync(join(tmpdir(), 'meshwright-')); });
afterEach(() => { rmSync(outdir, { recursive: true }); });

function shopApp(): { app: MeshApp; mesh: ServiceMesh } {
  const app = new MeshApp({ name: 'shop', outdir });
  const mesh = new ServiceMesh(app, 'mesh', { mtls: 'STRICT' });
  const shop = mesh.namespace('shop');
  reviewsOf(shop).calls(ratingsOf(shop));
  return { app, mesh };
}

test('each chart is a file of its stage, named by its id alone', () => {
  const { app, mesh } = shopApp();
  const extra = new Chart(app, 'monitoring');
  MeshApp.assign(extra, 'platform');
  new ApiObject(extra, 'x', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } });
  app.synth();
  expect(files()).toEqual(['mesh/istio-system.k8s.yaml', 'mesh/shop.k8s.yaml', 'platform/monitoring.k8s.yaml']);

  // Neither another chart nor a dependency renames a file, as they do in a plain App.
  const another = mesh.namespace('another');
  extra.addDependency(another);
  app.synth();
  expect(files()).toEqual(['mesh/another.k8s.yaml', 'mesh/istio-system.k8s.yaml', 'mesh/shop.k8s.yaml', 'platform/monitoring.k8s.yaml']);
});

test('a file holds the bytes that cdk8s would write', () => {
  const { app, mesh } = shopApp();
  app.synth();
  const shop = mesh.node.findChild('shop') as Chart;
  expect(readFileSync(join(outdir, 'mesh/shop.k8s.yaml'), 'utf8')).toBe(Yaml.stringify(...(shop.toJson() as object[])));
});

test('every object carries the pruning label, those of plain charts too', () => {
  const { app } = shopApp();
  new ApiObject(new Chart(app, 'plain'), 'x', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } });
  app.synth();
  const objects = files().flatMap(path => Yaml.load(join(outdir, path)) as { metadata: { labels: Record<string, string> } }[]);
  expect(objects.length).toBeGreaterThan(10);
  expect(objects.filter(({ metadata }) => metadata.labels['meshwright/app'] !== 'shop')).toEqual([]);
});

test('a file of a chart that is gone goes, and what is not generated stays', () => {
  mkdirSync(join(outdir, 'mesh'));
  writeFileSync(join(outdir, 'mesh', 'gone.k8s.yaml'), 'kind: Old\n');
  writeFileSync(join(outdir, 'mesh', 'README.md'), 'mine\n');
  shopApp().app.synth();
  expect(files()).toEqual(['mesh/README.md', 'mesh/istio-system.k8s.yaml', 'mesh/shop.k8s.yaml']);
});

test('a patch of what cdk8s-plus or cdk8s import makes is in the file, by the names and values of Kubernetes', () => {
  const app = new MeshApp({ outdir });
  const chart = new Chart(app, 'plus', { disableResourceNameHashes: true });
  const service = new kplus.Service(chart, 'a', { ports: [{ port: 80 }] });
  ApiObject.of(service).addJsonPatch(JsonPatch.add('/spec/clusterIP', 'None'), JsonPatch.add('/spec/fromTheFuture', true));
  const deployment = new kplus.Deployment(chart, 'b', { containers: [{ image: 'b' }] });
  ApiObject.of(deployment).addJsonPatch(JsonPatch.replace('/spec/template/spec/containers/0/resources', { limits: { memory: '128Mi' } }));
  app.synth();
  const objects = Yaml.load(join(outdir, 'mesh/plus.k8s.yaml')) as object[];
  expect(objects).toMatchObject([
    { kind: 'Service', spec: { clusterIP: 'None', fromTheFuture: true, ports: [{ port: 80 }] } },
    { kind: 'Deployment', spec: { template: { spec: { containers: [{ resources: { limits: { memory: '128Mi' } } }] } } } },
  ]);
});

test('a patch that fits nowhere, or holds what YAML cannot, names the construct', () => {
  for (const [patch, message] of [[JsonPatch.replace('/a/b/c', 1), 'x/y: the patch "replace /a/b/c" does not fit what is there'], [JsonPatch.add('/a', undefined), 'x/y: the patch of /a gives what YAML cannot hold']] as const) {
    const app = new MeshApp({ outdir });
    new ApiObject(new Chart(app, 'x'), 'y', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }).addJsonPatch(patch);
    expect(() => app.render()).toThrow(message);
  }
});

test('a Namespace comes before all else in its file', () => {
  const app = new MeshApp({ outdir });
  const chart = new Chart(app, 'late', { namespace: 'late' });
  new ApiObject(chart, 'x', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } });
  new ApiObject(chart, 'namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'late' } });
  app.synth();
  expect((Yaml.load(join(outdir, 'mesh/late.k8s.yaml')) as { kind: string }[]).map(({ kind }) => kind)).toEqual(['Namespace', 'ConfigMap']);
});

describe('nothing is written', () => {
  const mistakes: readonly (readonly [string, (app: MeshApp, mesh: ServiceMesh) => void, string])[] = [
    ['where an object would be applied before its Namespace', app => { new ApiObject(new Chart(app, 'aaa'), 'x', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'shop' } }); }, 'aaa: kubectl would apply ConfigMap "x" (mesh/aaa.k8s.yaml) before its Namespace "shop"; put it into the chart of that namespace'],
    ['where two charts share a file', (app, mesh) => { for (const scope of [app, mesh]) new ApiObject(new Chart(scope, 'twice'), 'x', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: scope.node.id || 'app' } }); }, 'its file mesh/twice.k8s.yaml is that of'],
    ['where an object stands twice', app => { for (const id of ['a', 'b']) new ApiObject(new Chart(app, id), 'x', { apiVersion: `v1`, kind: 'ConfigMap', metadata: { name: 'x', namespace: 'default' } }); }, 'b/x: ConfigMap "x" in namespace "default" is made by a/x already; give one of them another name'],
    ['where a patch takes the pruning label away', app => { new ApiObject(new Chart(app, 'a'), 'x', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }).addJsonPatch(JsonPatch.add('/metadata/labels', { a: 'b' })); }, 'a: ConfigMap "x" has lost the label meshwright/app to a patch'],
    ['where a construct is invalid', app => { app.node.addValidation({ validate: () => ['the moon is full'] }); }, 'the moon is full'],
  ];
  test.each(mistakes)('%s', (_, run, message) => {
    const { app, mesh } = shopApp();
    app.synth();
    const before = fingerprint();
    run(app, mesh);
    expect(() => { app.synth(); }).toThrow(message);
    expect(fingerprint()).toBe(before);
  });

  test('where the name of the app is no label', () => {
    expect(() => new MeshApp({ name: 'my shop' })).toThrow('MeshApp: name is the value of the label meshwright/app');
  });

  const begin = [`import { MeshApp, MeshService, ServiceMesh } from '${index}';`, `const app = new MeshApp({ name: 'shop' });`, `const shop = new ServiceMesh(app, 'mesh').namespace('shop');`];
  const programs: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['throws', [`new MeshService(shop, 'reviews', { port: 0, versions: { v1: { image: 'a' } } });`, 'app.synth();'], /^mesh\/shop\/reviews: port must be a whole number between 1 and 65535, got 0\n {2}at .*main\.ts:4\n$/],
    ['throws no error', [`throw 'a word';`, 'app.synth();'], /^a word\n$/],
    ['throws in a callback before it writes', [`setTimeout(() => { throw new Error('late'); }, 0);`, `setTimeout(() => { app.synth(); }, 50);`], /^late\n {2}at .*main\.ts:4\n$/],
    ['throws, with a callback that would write', [`setTimeout(() => { app.synth(); }, 0);`, `throw new Error('early');`], /^early\n {2}at .*main\.ts:5\n$/],
    ['forgets a promise that fails', [`void Promise.reject(new Error('forgotten'));`, `setTimeout(() => { app.synth(); }, 50);`], /^forgotten\n {2}at .*main\.ts:4\n$/],
    ['forgets to synthesize', [], /main\.ts: a MeshApp was made and never synthesized, so nothing was written; end with app\.synth\(\)\n$/],
  ];
  test.each(programs)('where main.ts %s: one sentence with its line, a failing status, and the folder as it was', (_, lines, says) => {
    shopApp().app.synth();
    const before = fingerprint();
    // As in a project: a module, so that it shares the modules of what runs it.
    writeFileSync(join(outdir, 'package.json'), '{"type":"module"}');
    const main = join(outdir, 'main.ts');
    writeFileSync(main, [...begin, ...lines].join('\n'));
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import=tsx', runApp, main], {
      cwd: root, encoding: 'utf8', env: { ...process.env, CDK8S_OUTDIR: outdir },
    });
    expect(stderr).toMatch(says);
    expect(stdout).toBe('');
    expect(status).toBe(1);
    for (const name of ['main.ts', 'package.json']) rmSync(join(outdir, name));
    expect(fingerprint()).toBe(before);
  });
});

test('a MeshApp is an App', () => {
  expect(new MeshApp({ outdir })).toBeInstanceOf(App);
});

function files(): string[] {
  return readdirSync(outdir, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(outdir.length + 1))
    .sort();
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const path of files()) hash.update(path).update(readFileSync(join(outdir, path)));
  return hash.digest('hex');
}
