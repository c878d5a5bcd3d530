import { expect, test } from 'vitest';
import { metadataViolations } from '../../lib/schema/index.ts';

const paths = (metadata: unknown): string[] => metadataViolations(metadata).map(({ path }) => path);

test.each([
  ['a name', { name: 'reviews-v1.a', namespace: 'shop' }],
  ['a name that the API server finishes', { generateName: 'reviews-' }],
  ['labels and annotations', { name: 'a', labels: { app: '', 'a.b/C_d': 'v1.2' }, annotations: { 'A.b/c': 'anything: at all' } }],
  ['null, where it stands for nothing', { name: 'a', labels: { app: null }, annotations: null }],
])('the API server takes %s', (_, metadata) => {
  expect(paths(metadata)).toEqual([]);
});

test.each([
  ['no name', {}, 'metadata.name'],
  ['a name in upper case', { name: 'Reviews' }, 'metadata.name'],
  ['a number for a name', { name: 5 }, 'metadata.name'],
  ['a namespace with a dot', { name: 'a', namespace: 'b.c' }, 'metadata.namespace'],
  ['a label that YAML takes for true', { name: 'a', labels: { 'istio-injection': true } }, 'metadata.labels["istio-injection"]'],
  ['a label with a blank', { name: 'a', labels: { app: 'a b' } }, 'metadata.labels["app"]'],
  ['a long label', { name: 'a', labels: { app: 'a'.repeat(64) } }, 'metadata.labels["app"]'],
  ['a key with two slashes', { name: 'a', annotations: { 'a/b/c': '' } }, 'metadata.annotations["a/b/c"]'],
  ['labels as a list', { name: 'a', labels: [] }, 'metadata.labels'],
])('the API server refuses %s', (_, metadata, path) => {
  expect(paths(metadata)).toEqual([path]);
});
