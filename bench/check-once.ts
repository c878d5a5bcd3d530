// One measured check of a generated mesh, in a process of its own: `node --expose-gc check-once.ts SERVICES [once]`. Prints JSON.
import { check, readManifests, recheck, Mesh } from './built.ts';
import { generatedMesh, namespaceOf } from './generated-mesh.ts';
import { median } from './figure.ts';

/** What one run measured, in milliseconds and bytes. */
export interface Measured {
  readonly yaml: number;
  readonly objects: number;
  readonly findings: number;
  readonly parse: number;
  readonly model: number;
  readonly rules: number;
  /** Checking again after one VirtualService was replaced: the median. */
  readonly recheck: number;
  /** Retained after a collection, by the mesh and its report. */
  readonly heap: number;
}

function timed<Result>(run: () => Result): { readonly result: Result; readonly took: number } {
  const before = performance.now();
  const result = run();
  return { result, took: performance.now() - before };
}

function measure(services: number, twice: boolean): Measured {
  const text = generatedMesh(services);
  collect();
  const empty = process.memoryUsage().heapUsed;
  const { result: { manifests }, took: parse } = timed(() => readManifests({ file: 'mesh.yaml', text }));
  const { result: mesh, took: model } = timed(() => {
    const made = Mesh.from(manifests);
    // Entities are made when they are first asked for.
    return made.all.length > 0 ? made : made;
  });
  const { result: report, took: rules } = timed(() => check(mesh));
  let [now, last] = twice ? [mesh, check(mesh, { remember: true })] : [mesh, report];
  const times = Array.from({ length: twice ? 101 : 0 }, (_, i) => {
    const which = i % services;
    const service = now.virtualServicesByHost.at(`svc-${which}.${namespaceOf(which)}.svc.cluster.local`)[0];
    if (!service) throw new Error(`there is no VirtualService of svc-${which}`);
    const object = structuredClone(service.manifest.object);
    const start = performance.now();
    now = now.with({ put: [{ ...service.manifest, object }] });
    last = recheck(last, now);
    return performance.now() - start;
  });
  collect();
  const heap = process.memoryUsage().heapUsed - empty;
  return { yaml: text.length, objects: mesh.size, findings: report.findings.length, parse, model, rules, recheck: median(times), heap };
}

function collect(): void {
  if (!globalThis.gc) throw new Error('start node with --expose-gc');
  globalThis.gc();
}

console.log(JSON.stringify(measure(Number(process.argv[2]), process.argv[3] !== 'once')));
