import type { Figure } from './figure.ts';
import { audit, check, Mesh, readManifests } from './built.ts';
import { generatedMesh } from './generated-mesh.ts';

/** What it costs to audit a mesh, who may call what included, and to look for keys in every object. */
export function auditing(): Figure[] {
  const [small, large] = [measured(100), measured(1000)];
  return [
    { name: 'findings and matrix of 1,000 services', baseline: 'parsing the YAML', ratio: large.audit / large.parse, note: `${large.audit.toFixed(0)} ms, ${large.parse.toFixed(0)} ms; ${large.cells} cells` },
    { name: 'findings and matrix, a cell, 1,000 services', baseline: 'that of 100', ratio: large.audit / large.cells / (small.audit / small.cells), limit: 3, note: `${(large.audit / large.cells).toFixed(2)} ms, ${(small.audit / small.cells).toFixed(2)} ms` },
    { name: 'MW0440 (keys in manifests), 1,000 services', baseline: 'parsing the YAML', ratio: large.keys / large.parse, limit: 0.25, note: `${large.keys.toFixed(1)} ms` },
  ];
}

function measured(services: number): { readonly parse: number; readonly keys: number; readonly audit: number; readonly cells: number } {
  const text = generatedMesh(services);
  const read = timed(() => readManifests({ file: 'mesh.yaml', text }));
  const mesh = Mesh.from(read.value.manifests);
  // The first check makes what every check needs.
  check(mesh, { only: ['MW0003'] });
  const keys = timed(() => check(mesh, { only: ['MW0440'] }));
  const all = timed(() => audit(mesh));
  return { parse: read.milliseconds, keys: keys.milliseconds, audit: all.milliseconds, cells: all.value.matrix.services.flatMap(({ cells }) => cells).length };
}

function timed<Value>(run: () => Value): { readonly value: Value; readonly milliseconds: number } {
  const start = performance.now();
  const value = run();
  return { value, milliseconds: performance.now() - start };
}
