import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';

/** One file before it is text. */
export interface Rendered {
  /** The path of the chart that it comes from. */
  readonly chart: string;
  /** The cluster that it is for, of several. */
  readonly cluster: string | undefined;
  readonly objects: readonly KubeObject[];
}

/** What is read of an object here. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
}

/** Refuses output in which one object stands twice: the later would silently win. */
export function onlyOnce(files: ReadonlyMap<string, Rendered>, app: IConstruct): void {
  const places = new Map<string, string>();
  for (const { chart, objects } of files.values()) {
    for (const object of objects) {
      const group = object.apiVersion?.includes('/') ? object.apiVersion.split('/')[0] : '';
      const key = [group, object.kind, object.metadata?.namespace, object.metadata?.name].join(' ');
      const other = places.get(key);
      if (other !== undefined) {
        const [first = other, second = chart] = constructsOf(app, object);
        throw new Error(`${second}: ${object.kind} "${object.metadata?.name}" in namespace "${object.metadata?.namespace ?? ''}" is made by ${first} already; give one of them another name`);
      }
      places.set(key, chart);
    }
  }
}

/** The constructs that make an object of this kind and name. */
function constructsOf(app: IConstruct, { kind, metadata }: KubeObject): string[] {
  return app.node.findAll()
    .filter(construct => ApiObject.isApiObject(construct) && construct.kind === kind && construct.name === metadata?.name
      && (metadata.namespace === undefined || construct.metadata.namespace === metadata.namespace))
    .map(({ node }) => node.path);
}

/**
 * Refuses output that kubectl could not apply to an empty cluster: it reads the files of a folder by name, each from
 * top to bottom. A Namespace that is not in the output belongs to someone else, and is there.
 */
export function appliedInOrder(files: ReadonlyMap<string, Rendered>): void {
  const own = new Set<string>();
  for (const { objects } of files.values()) for (const object of objects) if (object.kind === 'Namespace') own.add(object.metadata?.name ?? '');
  const seen = new Set<string>();
  for (const path of [...files.keys()].sort(byPath)) {
    const { chart = '', objects = [] } = files.get(path) ?? {};
    for (const { kind, metadata } of objects) {
      if (kind === 'Namespace') seen.add(metadata?.name ?? '');
      const namespace = metadata?.namespace;
      if (namespace !== undefined && own.has(namespace) && !seen.has(namespace)) {
        throw new Error(`${chart}: kubectl would apply ${kind} "${metadata?.name}" (${path}) before its Namespace "${namespace}"; put it into the chart of that namespace`);
      }
    }
  }
}

/** The order in which kubectl walks a folder: by name, folder by folder. */
function byPath(a: string, b: string): number {
  const [x, y] = [a.split('/'), b.split('/')];
  for (const [i, part] of x.entries()) {
    const other = y[i];
    if (other === undefined) return 1;
    if (part !== other) return part < other ? -1 : 1;
  }
  return x.length - y.length;
}
