import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check, recheck, rules, type Rule } from '../../lib/check/index.ts';
import { manifestOf, readManifests, type Manifest } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';
import { samples, testWith } from '../oracles.ts';
import { told } from './told.ts';

const now = new Date('2026-01-01T00:00:00Z');

/** The rules with nothing that keeps them from looking. */
const always: readonly Rule[] = rules.map(rule => ('when' in rule ? { ...rule, when: () => true } : rule));

function manifestsOf(text: string): readonly Manifest[] {
  return readManifests({ file: 'a.yaml', text }).manifests;
}

function expectSame(manifests: readonly Manifest[], what: string): void {
  const mesh = Mesh.from(manifests, { now });
  expect(check(mesh, { rules }), what).toEqual(check(mesh, { rules: always }));
}

const examples = rules.flatMap(({ name, examples: { bad, good } }) => [bad, good].map((text, i) => ({ what: `the ${i === 0 ? 'bad' : 'good'} example of ${name}`, text })));

describe('a rule that is asked at a glance first says what it says when it looks at everything', () => {
  test('many rules are asked at a glance', () => {
    expect(rules.filter(rule => 'when' in rule).length).toBeGreaterThan(40);
  });

  test('of every example', () => {
    for (const { what, text } of examples) expectSame(manifestsOf(text), what);
  });

  test('of examples together', () => {
    fc.assert(fc.property(fc.subarray(examples, { minLength: 2, maxLength: 8 }), together => {
      expectSame(manifestsOf(together.map(({ text }) => text).join('\n---\n')), together.map(({ what }) => what).join(', '));
    }), { numRuns: 60 });
  });

  testWith(samples, 'samples')('of every sample, and of all together', () => {
    const files = readdirSync(samples, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.yaml')).sort();
    const each = files.map(file => manifestsOf(readFileSync(join(samples, file), 'utf8')));
    each.forEach((manifests, i) => { expectSame(manifests, files[i] ?? ''); });
    expectSame(each.flat(), 'all');
  });
});

const service = (name: string, namespace = 'shop'): string => `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: { selector: { app: ${name} }, ports: [{ name: http, port: 9080 }] }`;
const deployment = (name: string): string => `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name}, namespace: shop }\nspec: { template: { metadata: { labels: { app: ${name} } } } }`;
const routes = (name: string, more: string): string => `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: ${name}, namespace: shop }\nspec: { hosts: [${name}], http: [{ route: [{ destination: { host: ${name} } }]${more} }] }`;

test('the first ambient Namespace has VirtualServices checked again', () => {
  const mesh = Mesh.from(manifestsOf([service('reviews'), routes('reviews', ', timeout: 2s')].join('\n---\n')), { now });
  const before = check(mesh, { remember: true });
  expect(before.findings.map(({ name }) => name)).not.toContain('route-without-waypoint');
  const ambient = mesh.with({ put: [manifestOf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { 'istio.io/dataplane-mode': 'ambient' } } })] });
  const after = recheck(before, ambient);
  expect(after).toEqual(check(ambient));
  expect(after.findings.map(({ name }) => name)).toContain('route-without-waypoint');
});

describe('a caller that gives up too early is told of', () => {
  const calls = 'apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: { name: reviews, namespace: shop }\nspec: { workloadSelector: { labels: { app: reviews } }, egress: [{ hosts: [./ratings.shop.svc.cluster.local] }] }';
  const around = [service('reviews'), deployment('reviews'), service('ratings'), calls, routes('reviews', ', timeout: 2s')];

  test('when the mesh config says how long a try may take', () => {
    const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata: { mesh: "defaultHttpRetryPolicy: { attempts: 2, perTryTimeout: 500ms }" }';
    // Both end by the tries of the mesh then, unless the callee says a longer one.
    expect(told('MW0322', ...around, routes('ratings', ', retries: { attempts: 1, perTryTimeout: 3s }'), config)).toHaveLength(1);
    expect(told('MW0322', ...around, routes('ratings', ''), config)).toEqual([]);
  });

  test('when the route that has no end is for another proxy', () => {
    const split = (match: string): string => `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: ratings, namespace: shop }\nspec: { hosts: [ratings], http: [{ match: [${match}], route: [{ destination: { host: ratings } }] }, { timeout: 5s, route: [{ destination: { host: ratings } }] }] }`;
    expect(told('MW0322', ...around, split('{ sourceNamespace: elsewhere }'))).toHaveLength(1);
    expect(told('MW0322', ...around, split('{ gateways: [mesh] }'))).toEqual([]);
    expect(told('MW0322', ...around, split('{ uri: { prefix: /a } }'))).toEqual([]);
  });

  test('when a delegate says how long it may take', () => {
    const root = 'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: ratings, namespace: shop }\nspec: { hosts: [ratings], http: [{ delegate: { name: leaf } }] }';
    const leaf = 'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: leaf, namespace: shop }\nspec: { http: [{ timeout: 5s, route: [{ destination: { host: ratings } }] }] }';
    expect(told('MW0322', ...around, root, leaf)).toHaveLength(1);
  });

  test('when the first call that has an end is put in, and no more when it is gone', () => {
    const mesh = Mesh.from(manifestsOf(around.filter(text => !text.includes('timeout')).join('\n---\n')), { now });
    const steps = [routes('reviews', ', timeout: 2s'), routes('ratings', ''), routes('ratings', ', timeout: 5s')].flatMap(manifestsOf);
    let last = check(mesh, { remember: true });
    let changed = mesh;
    for (const put of steps) {
      changed = changed.with({ put: [put] });
      last = recheck(last, changed);
      expect(last).toEqual(check(changed));
    }
    expect(last.findings.map(({ code }) => code)).toContain('MW0322');
    const gone = changed.with({ remove: changed.virtualServices.filter(({ name }) => name === 'ratings') });
    expect(recheck(last, gone)).toEqual(check(gone));
    expect(recheck(last, gone).findings.map(({ code }) => code)).not.toContain('MW0322');
  });
});
