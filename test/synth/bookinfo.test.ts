import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { check } from '../../lib/check/index.ts';
import { manifestOf } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';
import { samples, testWith } from '../oracles.ts';
import { testWithTool } from '../tools.ts';

const root = join(import.meta.dirname, '..', '..');

interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: unknown;
}

const mesh = walk(join(root, 'dist', 'mesh')).flatMap(path => loadAll(readFileSync(path, 'utf8')) as KubeObject[]);

describe('dist/mesh holds Bookinfo as a mesh', () => {
  test('reviews sends one request in ten to v3, and jason always', () => {
    expect(specOf('VirtualService', 'reviews')).toMatchObject({
      http: [
        { match: [{ headers: { 'end-user': { exact: 'jason' } } }], route: [{ destination: { host: 'reviews', subset: 'v3' } }] },
        { route: [{ destination: { subset: 'v1' }, weight: 90 }, { destination: { subset: 'v3' }, weight: 10 }] },
      ],
    });
  });

  test('reviews has a subset per version', () => {
    expect(specOf('DestinationRule', 'reviews')).toMatchObject({ subsets: ['v1', 'v2', 'v3'].map(version => ({ name: version, labels: { version } })) });
  });

  test('mutual TLS is strict, everywhere', () => {
    const policies = mesh.filter(({ kind }) => kind === 'PeerAuthentication');
    expect(policies.map(({ metadata }) => metadata.namespace).sort()).toEqual(['bookinfo', 'istio-ingress', 'istio-system']);
    for (const { spec } of policies) expect(spec).toEqual({ mtls: { mode: 'STRICT' } });
  });

  test('each service is open to its callers alone', () => {
    const callers = Object.fromEntries(mesh
      .filter(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name.endsWith('-callers'))
      .map(({ metadata, spec }) => [metadata.name, (spec as { rules: { from: { source: { principals: string[] } }[] }[] }).rules.flatMap(rule => rule.from.flatMap(from => from.source.principals))]));
    expect(callers).toEqual({
      'details-callers': ['cluster.local/ns/bookinfo/sa/bookinfo-productpage'],
      'ratings-callers': ['cluster.local/ns/bookinfo/sa/bookinfo-reviews'],
      'reviews-callers': ['cluster.local/ns/bookinfo/sa/bookinfo-productpage'],
      'productpage-callers': ['cluster.local/ns/istio-ingress/sa/istio-ingress'],
    });
  });

  test('the gateway binds its host for one namespace only', () => {
    const hosts = ['bookinfo/bookinfo.example.com'];
    expect(specOf('Gateway', 'ingress')).toMatchObject({ servers: [{ hosts, tls: { httpsRedirect: true } }, { hosts, tls: { mode: 'SIMPLE', credentialName: 'bookinfo-example-com' } }] });
  });

  test('a token is validated at the gateway, and required there', () => {
    expect(specOf('RequestAuthentication', 'ingress-jwt')).toMatchObject({ selector: { matchLabels: { istio: 'ingress' } }, jwtRules: [{ issuer: 'https://accounts.example.com', audiences: ['bookinfo.example.com'] }] });
    expect(specOf('AuthorizationPolicy', 'ingress-require-jwt')).toMatchObject({ action: 'DENY', rules: [{ from: [{ source: { notRequestPrincipals: ['https://accounts.example.com/*'] } }] }] });
  });

  test('jason waits for ratings, and meets their failures; nobody else does', () => {
    expect(specOf('VirtualService', 'ratings')).toMatchObject({
      http: [
        { match: [{ headers: { 'end-user': { exact: 'jason' } } }], fault: { delay: { fixedDelay: '7s' }, abort: { httpStatus: 500 } } },
        { route: [{ destination: { host: 'ratings' } }] },
      ],
    });
  });

  test('v2 of reviews gets copies, and a circuit breaks at details', () => {
    expect(specOf('VirtualService', 'reviews')).toMatchObject({ http: [{ mirrors: [{ destination: { subset: 'v2' }, percentage: { value: 5 } }] }, {}] });
    expect(specOf('DestinationRule', 'details')).toMatchObject({ trafficPolicy: { connectionPool: { tcp: { maxConnections: 100 } }, outlierDetection: { consecutive5xxErrors: 5 } } });
  });

  test('books are asked for in plain HTTP and leave as TLS', () => {
    expect(specOf('ServiceEntry', 'google-books')).toMatchObject({ hosts: ['www.googleapis.com'], ports: [{ number: 80, targetPort: 443 }] });
    expect(specOf('DestinationRule', 'google-books')).toMatchObject({ trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls: { mode: 'SIMPLE' } }] } });
  });

  test('check finds nothing wrong', () => {
    expect(check(Mesh.from(mesh.map(object => manifestOf({ ...object })))).findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  test('in the order of kubectl, no object precedes its Namespace', () => {
    const own = new Set(mesh.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name));
    const seen = new Set<string>();
    for (const { kind, metadata } of mesh) {
      if (kind === 'Namespace') seen.add(metadata.name);
      if (metadata.namespace !== undefined && own.has(metadata.namespace)) expect(seen, `${kind} ${metadata.name}`).toContain(metadata.namespace);
    }
    expect([...own].sort()).toEqual(['bookinfo', 'istio-ingress']);
  });

  test('every object has the pruning label', () => {
    expect(mesh.filter(({ metadata }) => metadata.labels?.['meshwright/app'] !== 'bookinfo')).toEqual([]);
  });
});

testWithTool('kubectl')('kubectl reads every object of every file', () => {
  for (const file of walk(join(root, 'dist'))) {
    const said = execFileSync('kubectl', ['label', '--local', '--dry-run=client', '-f', file, 'checked=yes', '-o', 'name'], { encoding: 'utf8' });
    expect(said.trim().split('\n'), file).toHaveLength(loadAll(readFileSync(file, 'utf8')).length);
  }
});

const testSamples = testWith(samples, 'samples');

testSamples('workloads are those of Istio\'s own Bookinfo, but for the differences that docs/bookinfo.md explains', () => {
  const theirs = (loadAll(readFileSync(join(samples, 'bookinfo/platform/kube/bookinfo.yaml'), 'utf8')) as (KubeObject | null)[]).filter(object => object !== null);
  const kinds = ['Deployment', 'Service', 'ServiceAccount'];
  const differences = new Set<string>();
  const names = (objects: readonly KubeObject[]): string[] => objects.filter(({ kind }) => kinds.includes(kind)).map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
  expect(names(mesh)).toEqual(names(theirs));
  for (const object of theirs) {
    const ours = mesh.find(({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name);
    compare(object, ours, object.kind, differences);
  }
  const explained = [...readFileSync(join(root, 'docs/bookinfo.md'), 'utf8').matchAll(/^\| `([^`]+)` \|/gm)].map(([, path]) => path);
  expect([...differences].sort()).toEqual(explained.sort());
});

/** Collects the paths at which two values differ; lists whose items have names are compared by name. */
function compare(theirs: unknown, ours: unknown, path: string, differences: Set<string>): void {
  if (Array.isArray(theirs) && Array.isArray(ours) && theirs.length === ours.length) {
    const byName = (list: readonly unknown[]): unknown[] => [...list].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const [x, y] = [byName(theirs), byName(ours)];
    x.forEach((item, i) => { compare(item, y[i], `${path}[]`, differences); });
  } else if (isRecord(theirs) && isRecord(ours)) {
    for (const key of new Set([...Object.keys(theirs), ...Object.keys(ours)])) compare(theirs[key], ours[key], `${path}.${key}`, differences);
  } else if (JSON.stringify(theirs) !== JSON.stringify(ours)) {
    differences.add(path);
  }
}

function keyOf(item: unknown): string {
  return isRecord(item) ? String(item.name ?? item.containerPort ?? item.port) : String(item);
}

function isRecord(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function specOf(kind: string, name: string): unknown {
  return mesh.find(object => object.kind === kind && object.metadata.name === name)?.spec;
}

/** The files of a folder as kubectl walks them. */
function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
}
