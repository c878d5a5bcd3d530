import yaml from 'js-yaml';
import { documents } from './documents.ts';
import type { KubernetesObject, Limits, Manifest, Origin, Problem, Reading, SourceText } from './manifest.ts';
import { kubernetesScalars } from './scalars.ts';

/**
 * Reads a text as Kubernetes reads it: YAML of several documents, JSON, Lists. A document that cannot be read is a
 * problem with its line; the others are still read. Never throws.
 */
export function readManifests(source: SourceText, limits: Limits = {}): Reading {
  const manifests: Manifest[] = [];
  const problems: Problem[] = [];
  const text = source.text.startsWith('\uFEFF') ? source.text.slice(1) : source.text;
  // Only an alias makes a value larger than its text; looking costs less than most documents' aliases would.
  const aliased = text.includes('&');
  const whole = parse(text, limits);
  if (whole.failed === undefined) {
    // Reading the text as a whole is much faster than document by document.
    for (const [document, value] of whole.values.entries()) take(source, document, value, aliased ? limits : undefined, () => lineOf(text, document), manifests, problems);
    return { manifests, problems };
  }
  for (const [document, part] of documents(text).entries()) {
    const { values, failed } = parse(part.text, limits);
    if (failed) problems.push({ file: source.file, severity: 'error', message: failed.message, line: part.line + failed.line, column: failed.column });
    else for (const value of values) take(source, document, value, aliased ? limits : undefined, () => part.line + 1, manifests, problems);
  }
  return { manifests, problems };
}

interface Failure {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

function parse(text: string, limits: Limits): { readonly values: readonly unknown[]; readonly failed?: Failure } {
  const values: unknown[] = [];
  const options = { schema: kubernetesScalars, maxDepth: limits.depth ?? 1000, maxTotalMergeKeys: 100_000 };
  try {
    yaml.loadAll(text, value => { values.push(value); }, options);
    return { values: values.filter(value => value !== null && value !== undefined) };
  } catch (error) {
    return { values: [], failed: failure(text, error) };
  }
}

/** Says in plain words what js-yaml says. */
function failure(text: string, error: unknown): Failure {
  if (!(error instanceof yaml.YAMLException)) return { line: 1, column: 1, message: 'the text is too large or too deep to be read' };
  // The types promise a mark; a NUL byte is refused before there is one.
  const mark = error.mark as yaml.Mark | undefined;
  const nul = text.indexOf('\0');
  if (nul !== -1) {
    const before = text.slice(0, nul);
    return { line: before.split('\n').length, column: nul - before.lastIndexOf('\n'), message: 'there is a NUL byte; is this a text?' };
  }
  const reason = error.reason;
  const message = reason === 'duplicated mapping key'
    ? `the key ${JSON.stringify(keyAt(text, mark?.position))} stands twice; remove one of them`
    : /^nesting exceeded maxDepth/.test(reason) ? 'the document is nested too deeply'
      : /tab characters/.test(reason) ? 'there is a tab in the indentation; use spaces' : reason;
  return { line: (mark?.line ?? 0) + 1, column: (mark?.column ?? 0) + 1, message };
}

function keyAt(text: string, position: number | undefined): string {
  return /^[^\n:]*/.exec(text.slice(position ?? 0, (position ?? 0) + 200))?.[0].trim() ?? '';
}

function take(
  source: SourceText, document: number, value: unknown, limits: Limits | undefined, line: () => number, manifests: Manifest[], problems: Problem[],
): void {
  const problem = (severity: Problem['severity'], message: string): void => {
    problems.push({ file: source.file, severity, message, line: line(), column: 1 });
  };
  if (limits) {
    const most = limits.values ?? 2_000_000;
    const size = written(value, most);
    if (size === 'cyclic') return void problem('error', 'the document contains itself through an alias');
    if (size > most) return void problem('error', `the document has more than ${most} values once its aliases are written out`);
  }
  if (!isRecord(value)) return void problem('error', `the document is ${Array.isArray(value) ? 'a list' : `the plain value ${shown(value)}`}, not a Kubernetes object`);
  collect(value, { source, document, prefix: '' }, problem, manifests);
}

function collect(value: Record<string, unknown>, origin: Origin, problem: (severity: Problem['severity'], message: string) => void, manifests: Manifest[]): void {
  const { apiVersion, kind, items } = value;
  if (typeof apiVersion === 'string' && apiVersion !== '' && typeof kind === 'string' && kind !== '') {
    if (!kind.endsWith('List') || !Array.isArray(items)) {
      manifests.push({ object: value as KubernetesObject, origin });
      return;
    }
    for (const [i, item] of items.entries()) {
      if (isRecord(item)) collect(withTypeOf(kind, apiVersion, item), { ...origin, prefix: `${origin.prefix === '' ? '' : `${origin.prefix}.`}items[${i}]` }, problem, manifests);
      else problem('error', `items[${i}] of the ${kind} is ${shown(item)}, not an object`);
    }
    return;
  }
  const at = origin.prefix === '' ? 'the document' : origin.prefix;
  if (apiVersion === undefined && kind === undefined) problem('warning', `${at} is no Kubernetes object: it has neither apiVersion nor kind; passed over`);
  else problem('error', `${at} is no Kubernetes object: ${kind === undefined ? 'it has no kind' : apiVersion === undefined ? 'it has no apiVersion' : 'apiVersion and kind must be text'}`);
}

/** The items of a `FooList` may leave out what the list says. */
function withTypeOf(listKind: string, apiVersion: string, item: Record<string, unknown>): Record<string, unknown> {
  if (listKind === 'List' || (item.kind !== undefined && item.apiVersion !== undefined)) return item;
  return { apiVersion, kind: listKind.slice(0, -'List'.length), ...item };
}

/** How many values there are with aliases written out, each shared part counted once and then known. */
function written(value: unknown, most: number): number | 'cyclic' {
  const sizes = new Map<object, number>();
  const open = new Set<object>();
  const stack: { readonly node: object; readonly children: readonly unknown[]; next: number; size: number }[] = [];
  const enter = (node: object): void => { open.add(node); stack.push({ node, children: Object.values(node), next: 0, size: 1 }); };
  if (typeof value !== 'object' || value === null) return 1;
  enter(value);
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    if (top.next === top.children.length || top.size > most) {
      stack.pop();
      open.delete(top.node);
      sizes.set(top.node, top.size);
      const above = stack.at(-1);
      if (above) above.size += top.size;
      continue;
    }
    const child = top.children[top.next++];
    if (typeof child !== 'object' || child === null) top.size++;
    else if (open.has(child)) return 'cyclic';
    else if (sizes.has(child)) top.size += sizes.get(child) ?? 0;
    else enter(child);
  }
  return sizes.get(value) ?? 1;
}

function lineOf(text: string, document: number): number {
  return (documents(text)[document]?.line ?? 0) + 1;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
