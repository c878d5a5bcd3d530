import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterAll, describe, expect } from 'vitest';
import { samples, testWith } from '../oracles.ts';

const examples = join(import.meta.dirname, '..', '..', 'examples', 'bookinfo');
const output = mkdtempSync(join(tmpdir(), 'meshwright-examples-'));
afterAll(() => { rmSync(output, { recursive: true, force: true }); });
const testSamples = testWith(samples, 'samples');

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: { readonly host?: string };
}

const names = readdirSync(examples).map(name => basename(name, '.ts')).filter(name => name !== 'services');

testSamples('every file of networking has an example', () => {
  expect([...names].sort()).toEqual(readdirSync(join(samples, 'bookinfo/networking')).map(name => basename(name, '.yaml')).sort());
});

describe('an example emits what the sample has:', () => {
  for (const name of names) {
    testSamples(name, async () => {
      const ours = await synthesize(name);
      const theirs = withSubsets(sample(name));
      expect(sorted(ours.map(comparable))).toEqual(sorted(theirs.map(comparable)));
      // The samples name a namespace only where it is not that of the services.
      for (const { kind, metadata } of theirs.filter(object => object.metadata.namespace !== undefined)) {
        expect(ours.filter(object => object.kind === kind).map(object => object.metadata.namespace)).toContain(metadata.namespace);
      }
    });
  }
});

async function synthesize(name: string): Promise<Resource[]> {
  const folder = join(output, name);
  process.env.CDK8S_OUTDIR = folder;
  try {
    await import(join(examples, `${name}.ts`));
  } finally {
    delete process.env.CDK8S_OUTDIR;
  }
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.yaml')).flatMap(path => loadAll(readFileSync(join(folder, path), 'utf8')) as Resource[]);
}

function sample(name: string): Resource[] {
  const text = readFileSync(join(samples, 'bookinfo/networking', `${name}.yaml`), 'utf8');
  return (loadAll(text) as (Resource | null)[]).filter(object => object !== null);
}

/** The objects of a sample, with the rules of destination-rule-all.yaml for hosts whose subsets it only refers to. */
function withSubsets(objects: readonly Resource[]): Resource[] {
  const ruled = new Set(objects.filter(({ kind }) => kind === 'DestinationRule').map(({ spec }) => spec.host));
  const referred = new Set([...JSON.stringify(objects).matchAll(/"host":"([^"]+)","subset":/g)].map(([, host]) => host));
  return [...objects, ...sample('destination-rule-all').filter(({ spec }) => referred.has(spec.host) && !ruled.has(spec.host))];
}

function comparable({ apiVersion, kind, spec }: Resource): object {
  return { apiVersion, kind, spec };
}

function sorted(objects: readonly object[]): object[] {
  const key = (object: object): string => JSON.stringify(object, (_, value: unknown) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value));
  return [...objects].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
