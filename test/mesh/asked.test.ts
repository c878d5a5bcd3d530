import { describe, expect, test } from 'vitest';
import { manifestOf, type Manifest } from '../../lib/manifest/index.ts';
import { indexes, Mesh, type Service } from '../../lib/mesh/index.ts';

function namespace(name: string, ambient: boolean): Manifest {
  return manifestOf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: ambient ? { 'istio.io/dataplane-mode': 'ambient' } : {} } });
}

function service(name: string, selector: Readonly<Record<string, string>> = {}): Manifest {
  return manifestOf({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec: { selector } });
}

function deployment(name: string, space: string, labels: Readonly<Record<string, string>>): Manifest {
  return manifestOf({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: space }, spec: { template: { metadata: { labels } } } });
}

describe('who asks whether there is any', () => {
  const [plain, one, other] = [namespace('plain', false), namespace('one', true), namespace('other', true)];
  const isTouched = (before: Mesh, after: Mesh): boolean => before.reads(() => { before.hasAt(indexes.sayingAmbient, ''); }).some(read => after.difference?.touched?.has(read));
  const of = (mesh: Mesh): boolean => mesh.hasAt(indexes.sayingAmbient, '');

  test('is touched by the first there', () => {
    const mesh = Mesh.from([plain]);
    expect(of(mesh)).toBe(false);
    const after = mesh.with({ put: [one] });
    expect([of(after), isTouched(mesh, after)]).toEqual([true, true]);
  });

  test('is not touched by another, nor when one of two goes', () => {
    const mesh = Mesh.from([plain, one]);
    expect(of(mesh)).toBe(true);
    const two = mesh.with({ put: [other] });
    expect(isTouched(mesh, two)).toBe(false);
    const again = two.with({ remove: two.namespaces.filter(({ name }) => name === 'one') });
    expect([of(again), isTouched(two, again)]).toEqual([true, false]);
  });

  test('is touched by the last that goes', () => {
    const mesh = Mesh.from([plain, one]);
    expect(of(mesh)).toBe(true);
    const after = mesh.with({ remove: mesh.namespaces.filter(({ name }) => name === 'one') });
    expect([of(after), isTouched(mesh, after)]).toEqual([false, true]);
  });
});

test.each([
  ['no selector has', { app: 'a' }, { tier: 'x' }, []],
  ['one selector has', { app: 'a' }, { tier: 'x', app: 'b' }, [['app', 'b']]],
  ['several selectors have, in their order', { app: 'a', tier: 'x' }, { tier: 'x', role: 'r', app: 'b' }, [['tier', 'x'], ['app', 'b']]],
])('labels of a name that %s', (_, selectors, labels, expected) => {
  const mesh = Mesh.from(Object.entries(selectors).map(([key, text]) => service(key, { [key]: text })));
  const named = (): unknown => mesh.labelsNamedIn(indexes.servicesSelecting.names, new Map(Object.entries(labels)));
  expect(named()).toEqual(expected);
  mesh.reads(() => { expect(named()).toEqual(expected); });
});

describe('what a query answers about an object', () => {
  const counting = (): { readonly query: (mesh: Mesh, on: Service) => readonly string[]; readonly asked: () => number } => {
    let count = 0;
    return { query: (mesh, on) => { count++; return mesh.workloadsOf(on).map(({ name }) => name); }, asked: () => count };
  };
  const mesh = Mesh.from([service('reviews', { app: 'reviews' }), deployment('reviews-v1', 'shop', { app: 'reviews' })]);
  const [on] = mesh.services;
  if (!on) throw new Error('there is no Service');

  test('is asked once, and kept', () => {
    const { query, asked } = counting();
    expect([mesh.about(query, on), mesh.about(query, on), asked()]).toEqual([['reviews-v1'], ['reviews-v1'], 1]);
  });

  test('is asked again while what is asked is remembered, so that nothing is missed', () => {
    const { query, asked } = counting();
    mesh.about(query, on);
    const reads = mesh.reads(() => { mesh.about(query, on); });
    expect([reads, asked()]).toEqual([['workload label shop app=reviews'], 2]);
  });

  test('is not kept for a mesh with a change', () => {
    const { query } = counting();
    mesh.about(query, on);
    expect(mesh.with({ put: [deployment('reviews-v2', 'shop', { app: 'reviews' })] }).about(query, on)).toEqual(['reviews-v1', 'reviews-v2']);
  });
});

describe('the workloads that a selector takes', () => {
  const labels = (i: number): Readonly<Record<string, string>> => ({ app: `app-${i % 3}`, version: `v${i % 2}` });
  const workloads = (space: string, count: number): Manifest[] => Array.from({ length: count }, (_, i) => deployment(`d${String(i).padStart(3, '0')}`, space, labels(i)));
  const mesh = Mesh.from([...workloads('many', 60), ...workloads('few', 30)]);
  const selector = new Map([['app', 'app-1'], ['version', 'v1']]);

  test.each([['many', 10], ['few', 5]])('are the same however many a namespace has: %s', (space, count) => {
    const taken = mesh.workloadsSelectedBy(selector, space);
    expect(taken).toEqual(mesh.workloadsIn(space).filter(({ podLabels }) => podLabels.get('app') === 'app-1' && podLabels.get('version') === 'v1'));
    expect(taken).toHaveLength(count);
    let remembered: unknown;
    mesh.reads(() => { remembered = mesh.workloadsSelectedBy(selector, space); });
    expect(remembered).toEqual(taken);
  });

  test('are those of the namespace that is asked for, each time', () => {
    expect([mesh.workloadsSelectedBy(selector, 'few').length, mesh.workloadsSelectedBy(selector, 'nowhere').length, mesh.workloadsSelectedBy(selector, 'few').length]).toEqual([5, 0, 5]);
  });
});
