/** One file before it is text. */
export interface Rendered {
  /** The path of the chart that it comes from. */
  readonly chart: string;
  readonly objects: readonly object[];
}

interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

/** Refuses output in which one object stands twice: the later would silently win. */
export function onlyOnce(files: ReadonlyMap<string, Rendered>): void {
  const places = new Map<string, string>();
  for (const { chart, objects } of files.values()) {
    for (const object of objects as readonly KubeObject[]) {
      const group = object.apiVersion?.includes('/') ? object.apiVersion.split('/')[0] : '';
      const key = [group, object.kind, object.metadata?.namespace, object.metadata?.name].join(' ');
      const other = places.get(key);
      if (other !== undefined) {
        throw new Error(`${chart}: ${object.kind} "${object.metadata?.name}" in namespace "${object.metadata?.namespace ?? ''}" stands in ${other} already; give one of them another name`);
      }
      places.set(key, chart);
    }
  }
}

/**
 * Refuses output that kubectl could not apply to an empty cluster: it reads the files of a folder by name, each from
 * top to bottom. A Namespace that is not in the output belongs to someone else, and is there.
 */
export function appliedInOrder(files: ReadonlyMap<string, Rendered>): void {
  const own = new Set<string>();
  for (const { objects } of files.values()) for (const object of objects as readonly KubeObject[]) if (object.kind === 'Namespace') own.add(object.metadata?.name ?? '');
  const seen = new Set<string>();
  for (const path of [...files.keys()].sort(byPath)) {
    const { chart = '', objects = [] } = files.get(path) ?? {};
    for (const { kind, metadata } of objects as readonly KubeObject[]) {
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
