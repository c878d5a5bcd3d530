import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart, Testing } from 'cdk8s';
import { loadAll } from 'js-yaml';
import { describe, expect } from 'vitest';
import { oracle, oracles, samples, testWith } from '../oracles.ts';
import { typeCheck } from '../typescript.ts';
import { everyClass } from './every-class.ts';

interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
}

interface RealObject {
  readonly id: string;
  readonly object: KubeObject;
}

interface ValidationCase {
  readonly id: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
  readonly spec: object;
  readonly effectiveValid: boolean;
  readonly expand?: unknown;
}

interface SchemaCase extends RealObject {
  readonly valid: boolean;
}

describe('objects of the real systems', () => {
  const testOracles = testWith(oracles, 'oracles');
  const testSamples = testWith(samples, 'samples');

  testOracles('every object that the schema accepts compiles as a literal, and constructs', () => {
    accepts(oracle<SchemaCase>('schema/cases.json').filter(({ valid }) => valid));
  });

  testOracles('every object that schema and webhook accept compiles as a literal, and constructs', () => {
    const cases = oracle<ValidationCase>('validation/cases.json').filter(({ effectiveValid, expand }) => effectiveValid && !expand);
    accepts(cases.map(({ id, apiVersion, kind, metadata, spec }) => ({ id, object: { apiVersion, kind, metadata, spec } })));
  });

  testSamples('every sample of an imported kind compiles as a literal, and constructs', () => {
    const files = readdirSync(samples, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.yaml')).sort();
    accepts(files.flatMap(path =>
      loadAll(readFileSync(join(samples, path), 'utf8'))
        .filter((document): document is KubeObject => isObject(document) && everyClass.has(className(document)))
        .map((object, i) => ({ id: `${path.replace(/[^a-z0-9]+/gi, '-')}-${i}`, object }))));
  });

  testOracles('every object that the schema refuses fails to compile, or throws at construction with its path', () => {
    const cases = oracle<SchemaCase>('schema/cases.json').filter(({ valid }) => !valid);
    const messages = typeCheck(new Map(cases.map(({ id, object }) => [id, program(object)])));
    const silent = cases.filter(({ id, object }) => messages.get(id)?.length === 0 && !/\n {2}[a-z]+[\w.[\]"]*: /.test(refusal(object)));
    expect(silent.map(({ id }) => id)).toEqual([]);
  });
});

function accepts(cases: readonly RealObject[]): void {
  expect(cases.length).toBeGreaterThan(10);
  const messages = typeCheck(new Map(cases.map(({ id, object }) => [id, program(object)])));
  const refused = cases.flatMap(({ id, object }) => {
    const found = [...(messages.get(id) ?? []), refusal(object)].filter(message => message !== '');
    return found.length > 0 ? [`${id}: ${found.join('\n')}\n${JSON.stringify(object)}`] : [];
  });
  expect(refused).toEqual([]);
}

/** The object as a TypeScript program that constructs it. */
function program(object: KubeObject): string {
  const { apiVersion, kind, ...props } = object;
  return `import { Chart, Testing } from 'cdk8s';
import { ${kind} } from 'meshwright/imports/${groupOf(apiVersion)}';
new ${kind}(new Chart(Testing.app(), 'test'), 'object', ${JSON.stringify(props, null, 2)});
`;
}

/** What the constructor says, or nothing. */
function refusal(object: KubeObject): string {
  const { apiVersion: _, kind: __, ...props } = object;
  const type = everyClass.get(className(object));
  if (!type) return `no class for ${className(object)}`;
  try {
    const chart = new Chart(Testing.app(), 'test');
    const made = new type(chart, 'object', props);
    const [json] = Testing.synth(chart) as KubeObject[];
    const { metadata: ___, ...rest } = json ?? {};
    expect(rest, 'what is synthesized is what was given').toEqual({ ...type.GVK, ...withoutMetadata(props) });
    expect(made.kind).toBe(object.kind);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function withoutMetadata(props: object): object {
  const { metadata: _, status: __, ...rest } = props as { metadata?: object; status?: object };
  return rest;
}

function isObject(document: unknown): document is KubeObject {
  return typeof document === 'object' && document !== null && 'apiVersion' in document && 'kind' in document;
}

function className({ apiVersion, kind }: KubeObject): string {
  return `${groupOf(apiVersion)}/${kind}`;
}

function groupOf(apiVersion: string): string {
  return apiVersion.split('/')[0] ?? '';
}
