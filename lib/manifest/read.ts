import yaml from 'js-yaml';
import { contentLine, documents, type DocumentText } from './documents.ts';
import type { KubernetesObject, Limits, Manifest, Origin, Problem, Reading, SourceText } from './manifest.ts';
import { positionOf } from './position.ts';
import { kubernetesScalars } from './scalars.ts';
import { sizeOf } from './size.ts';
import { mayHoldTemplate, templateAt } from './template.ts';

const mostDepth = 1000;
const mostValues = 2_000_000;

/**
 * Reads a text as Kubernetes reads it: YAML of several documents, JSON, Lists. A document that cannot be read is a
 * problem with its line; the others are still read. Never throws.
 */
export function readManifests(source: SourceText, limits: Limits = {}): Reading {
  const manifests: Manifest[] = [];
  const problems: Problem[] = [];
  const text = source.text.startsWith('\uFEFF') ? source.text.slice(1) : source.text;
  // Only an alias makes a value larger than its text; looking costs less than most documents' aliases would.
  const most = text.includes('&') ? limits.values ?? mostValues : undefined;
  const templates = mayHoldTemplate(text);
  const take = (document: number, value: unknown, line: () => number): void => {
    const template = templates ? templateAt(text, value, line) : undefined;
    if (template === undefined) takeDocument(source, document, value, most, line, manifests, problems);
    else problems.push({ file: source.file, severity: 'error', line: template, column: 1, message: 'a mapping stands where a key must; is it a template {{ … }}? render it first, or quote it' });
  };
  const whole = parse(text, limits);
  if (whole.failed === undefined) {
    let parts: readonly DocumentText[] | undefined;
    // Reading the text as a whole is much faster than document by document.
    for (const [document, value] of whole.values.entries()) take(document, value, () => lineOf((parts ??= documents(text))[document]));
    return { manifests, problems };
  }
  for (const [document, part] of documents(text).entries()) {
    const { values, failed } = parse(part.text, limits);
    if (failed) problems.push({ ...failed, file: source.file, severity: 'error', line: part.line + failed.line, column: failed.column + (failed.line === 1 ? part.column : 0) });
    else for (const value of values) take(document, value, () => lineOf(part));
  }
  return { manifests, problems };
}

/** Where a text cannot be read, counted from 1, and why. */
export type Failure = Pick<Problem, 'line' | 'column' | 'message' | 'exceeds'>;

/** The values of all documents of a text, which need not be objects of Kubernetes, or where and why it cannot be read. */
export function parseDocuments(text: string): { readonly values: readonly unknown[]; readonly failed?: Failure } {
  const read = parse(text, {});
  const sizes = text.includes('&') ? read.values.map(value => sizeOf(value, mostValues)) : [];
  if (sizes.every(size => size !== 'cyclic' && size <= mostValues)) return read;
  return { values: [], failed: { line: 1, column: 1, message: `it has more than ${mostValues} values once its aliases are written out` } };
}

function parse(text: string, limits: Limits): { readonly values: readonly unknown[]; readonly failed?: Failure } {
  const illegible = illegibleAt(text);
  if (illegible) return { values: [], failed: illegible };
  const values: unknown[] = [];
  const options = { schema: kubernetesScalars, maxDepth: limits.depth ?? mostDepth, maxTotalMergeKeys: limits.values ?? mostValues };
  try {
    yaml.loadAll(text, value => { values.push(value); }, options);
    return { values: values.filter(value => value !== null && value !== undefined) };
  } catch (error) {
    return { values: [], failed: failure(text, limits, error) };
  }
}

/** A lone surrogate stands for a byte that is no UTF-8. */
function illegibleAt(text: string): Failure | undefined {
  // Node 20 has it; the types that the package is compiled with do not.
  const at = (text as string & { isWellFormed(): boolean }).isWellFormed() ? text.indexOf('\0') : text.search(/[\uD800-\uDFFF]/u);
  if (at === -1) return undefined;
  const before = text.slice(0, at);
  const message = text.charAt(at) === '\0' ? 'there is a NUL byte; is this a text?' : 'there is a byte that is not UTF-8; save the file as UTF-8';
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n'), message };
}

/** Says in plain words what js-yaml says. */
function failure(text: string, { depth = mostDepth, values = mostValues }: Limits, error: unknown): Failure {
  if (!(error instanceof yaml.YAMLException)) return { line: contentLine(text) + 1, column: 1, message: 'the document is nested too deeply to be read', exceeds: 'depth' };
  const { mark, reason } = error;
  const place = { line: mark.line + 1, column: mark.column + 1 };
  if (reason === 'duplicated mapping key') return { ...place, message: `the key ${JSON.stringify(keyAt(text, mark.position))} stands twice; remove one of them` };
  if (reason.startsWith('nesting exceeded')) return { ...place, message: `the document is nested deeper than ${depth} levels`, exceeds: 'depth' };
  if (reason.startsWith('merge keys exceeded')) return { ...place, message: `the document has more than ${values} values once its aliases are written out`, exceeds: 'values' };
  if (reason.includes('tab characters')) return { ...place, message: 'there is a tab in the indentation; use spaces' };
  return { ...place, message: reason };
}

function keyAt(text: string, position: number): string {
  return /^[^\n:]*/.exec(text.slice(position, position + 200))?.[0].trim() ?? '';
}

type Say = (severity: Problem['severity'], message: string, place?: { readonly line: number; readonly column: number }, exceeds?: keyof Limits) => void;

function takeDocument(
  source: SourceText, document: number, value: unknown, most: number | undefined, line: () => number, manifests: Manifest[], problems: Problem[],
): void {
  const say: Say = (severity, message, place = { line: line(), column: 1 }, exceeds) => {
    problems.push({ file: source.file, severity, message, ...place, ...(exceeds === undefined ? {} : { exceeds }) });
  };
  if (most !== undefined) {
    const size = sizeOf(value, most);
    if (size === 'cyclic') return void say('error', 'the document contains itself through an alias');
    if (size > most) return void say('error', `the document has more than ${most} values once its aliases are written out`, undefined, 'values');
  }
  if (!isRecord(value)) return void say('error', `the document is ${Array.isArray(value) ? 'a list' : `the plain value ${shown(value)}`}, not a Kubernetes object`);
  collect(value, { ...source.made?.[document], source, document, prefix: '' }, say, manifests);
}

function collect(value: Record<string, unknown>, origin: Origin, say: Say, manifests: Manifest[]): void {
  const { apiVersion, kind, items } = value;
  const place = (): ReturnType<typeof positionOf> | undefined => (origin.prefix === '' ? undefined : positionOf(origin, ''));
  if (typeof apiVersion === 'string' && apiVersion !== '' && typeof kind === 'string' && kind !== '') {
    if (!kind.endsWith('List') || !(Array.isArray(items) || kind === 'List')) {
      manifests.push({ object: value as KubernetesObject, origin });
      return;
    }
    if (!Array.isArray(items)) {
      // `items: null` is how Go writes a list of nothing.
      if (items !== undefined && items !== null) say('error', `the items of the List are ${shown(items)}, not a list`, place());
      return;
    }
    for (const [i, item] of items.entries()) {
      const at = { ...origin, prefix: `${origin.prefix === '' ? '' : `${origin.prefix}.`}items[${i}]` };
      if (isRecord(item)) collect(withTypeOf(kind, apiVersion, item), at, say, manifests);
      else say('error', `${at.prefix} of the ${kind} is ${shown(item)}, not an object`, positionOf(at, ''));
    }
    return;
  }
  const at = origin.prefix === '' ? 'the document' : origin.prefix;
  if (apiVersion === undefined && kind === undefined) say('warning', `${at} is no Kubernetes object: it has neither apiVersion nor kind; passed over`, place());
  else say('error', `${at} is no Kubernetes object: ${kind === undefined ? 'it has no kind' : apiVersion === undefined ? 'it has no apiVersion' : 'apiVersion and kind must be text'}`, place());
}

/** The items of a `FooList` may leave out what the list says. */
function withTypeOf(listKind: string, apiVersion: string, item: Record<string, unknown>): Record<string, unknown> {
  if (listKind === 'List' || (item.kind !== undefined && item.apiVersion !== undefined)) return item;
  return { apiVersion, kind: listKind.slice(0, -'List'.length), ...item };
}

/** The line of a document's content, counted from 1. */
function lineOf(part: DocumentText | undefined): number {
  return part ? part.line + contentLine(part.text) + 1 : 1;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
