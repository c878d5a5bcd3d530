import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readPaths, OriginsKept } from '../../lib/files/index.ts';
import { compiled } from '../compiled.ts';

const root = join(import.meta.dirname, '..', '..');
const [runApp, index] = compiled('lib/synth/run.ts', 'lib/index.ts');
// Inside the project, where node_modules can be found, and ignored by git.
mkdirSync(join(root, 'build'), { recursive: true });
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(root, 'build', 'synth-'));
  // A project of its own, whose node_modules keeps what made its documents.
  mkdirSync(join(folder, 'node_modules'));
});
afterEach(() => { rmSync(folder, { recursive: true }); });

/** Runs `npm run synth` on a program that routes to `host`. */
function synth(host: string, props = '', more = ''): { readonly stdout: string; readonly stderr: string; readonly status: number | null } {
  writeFileSync(join(folder, 'main.ts'), `import { ApiObject } from 'cdk8s';
import { Match, MeshApp, MeshService, Route, ServiceMesh } from '${index}';
interface Nothing { readonly type: string }
const app = new MeshApp({ name: 'shop', outdir: '${folder}/dist', ${props} });
const shop = new ServiceMesh(app, 'mesh').namespace('shop');
new MeshService(shop, 'ratings', { port: 9080, versions: { v1: { image: 'a' } } });
MeshService.existing(shop, 'payments', { namespace: 'finance', port: 8443 });
new ApiObject(shop, 'route', {
  apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'route' },
  spec: { hosts: ['old.example.com'], http: [{ route: [{ destination: { host: '${host}' } }] }] },
});
${more}
app.synth();
export const nothing: Nothing = { type: '' };
`);
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import=tsx', runApp, join(folder, 'main.ts')], { cwd: root, encoding: 'utf8' });
  return { stdout, stderr: stderr.replaceAll(folder, '.').replaceAll(relative(root, folder), '.'), status };
}

test('what constructs warn of is said, and stops nothing', () => {
  const orders = "const orders = new MeshService(shop, 'orders', { port: 9080, versions: { v1: { image: 'a' } } });\nnew Route(orders, 'buy', { match: [Match.method('POST')], retries: { attempts: 2, on: ['5xx'] } });";
  expect(synth('ratings', '', orders)).toMatchObject({ stderr: expect.stringContaining('warning: mesh/shop/orders/buy: retries on 5xx may do the work of POST twice') as string, status: 0 });
});

test('an error stops the write: it is said with its construct and the line that made it, and the folder is as it was', () => {
  expect(synth('ratings')).toMatchObject({ stderr: '', status: 0 });
  const before = fingerprint();
  const { stderr, status } = synth('ratngs');
  expect(stderr).toContain('mesh/shop/route at ./main.ts:8:1: IST0101 the host "ratngs" is no Service or ServiceEntry that namespace shop can see');
  expect(stderr).toContain('in VirtualService shop/route at spec.http[0].route[0].destination.host, ./dist/mesh/shop.k8s.yaml:');
  expect(stderr).toContain('nothing was written: 1 finding stops the synth');
  expect(status).toBe(1);
  expect(fingerprint()).toBe(before);
});

describe('what stops is chosen', () => {
  test('with failOn: never, all is said and written', () => {
    const { stderr, status } = synth('ratngs', 'failOn: \'never\'');
    expect(stderr).toMatch(/^error: mesh\/shop\/route at .*main\.ts:8:1: IST0101/);
    expect(status).toBe(0);
    expect(readdirSync(join(folder, 'dist/mesh'))).toContain('shop.k8s.yaml');
  });

  test.each(['failOn: \'unchecked\'', 'skip: [\'IST0101\']'])('with %s, nothing is said', props => {
    expect(synth('ratngs', props)).toMatchObject({ stderr: '', status: 0 });
  });

  test('a rule that is none cannot be skipped', () => {
    expect(synth('ratings', 'skip: [\'IST01\']').stderr).toContain('MeshApp: skip names no rule: "IST01"; see meshwright rules');
  });
});

describe('what belongs to others is known', () => {
  test('from the code, where it is an existing service', () => {
    expect(synth('payments.finance.svc.cluster.local')).toMatchObject({ stderr: '', status: 0 });
  });

  test('from YAML beside the app', () => {
    writeFileSync(join(folder, 'others.yaml'), 'apiVersion: v1\nkind: Service\nmetadata: { name: cart, namespace: shop }\nspec: { ports: [{ port: 80, name: http }] }\n');
    expect(synth('cart', `beside: ['${folder}/others.yaml']`)).toMatchObject({ stderr: '', status: 0 });
    expect(synth('cart', `beside: ['${folder}/nowhere.yaml']`).stderr).toContain('beside: cannot read ./nowhere.yaml: no such file or directory');
  });
});

test('what made each document is kept, for whoever reads the file as it was written', () => {
  synth('ratings');
  const { texts } = readPaths([join(folder, 'dist/mesh/shop.k8s.yaml')]);
  const [source] = texts;
  if (!source) throw new Error('nothing was written');
  const origins = new OriginsKept();
  const made = origins.of(source.file, source.text).map(origin => `${origin?.construct ?? ''} ${origin?.madeAt?.replace(relative('', folder), '.') ?? ''}`);
  expect(made).toContain('mesh/shop/route ./main.ts:8:1');
  expect(made).toContain('mesh/shop/ratings/destination-rule ./main.ts:6:1');
  expect(made).toHaveLength(source.text.split(/^---$/m).length);
  expect(origins.of(source.file, `${source.text}# changed\n`)).toEqual([]);
});

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.yaml')).sort()) hash.update(name).update(readFileSync(join(folder, 'dist', name)));
  return hash.digest('hex');
}
