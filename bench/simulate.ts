import { median, type Figure } from './figure.ts';
import { Mesh, readManifests, simulate } from './built.ts';
import { generatedMesh, namespaceOf } from './generated-mesh.ts';

/** What it costs to ask for one request, and how that grows with the mesh. */
export function simulating(): Figure[] {
  const [small, large] = [measured(100), measured(10_000)];
  const lines = Array.from({ length: 1000 }, (_, i) => JSON.stringify(requestTo(i % 100)));
  const parsing = timed(() => { for (const line of lines) JSON.parse(line); });
  const batch = timed(() => { for (const line of lines) simulate(small.mesh, JSON.parse(line) as ReturnType<typeof requestTo>); });
  return [
    { name: 'one request, median, 10,000 services', baseline: 'that of 100', ratio: large.milliseconds / small.milliseconds, limit: 1.5, note: `${large.milliseconds.toFixed(3)} ms, ${small.milliseconds.toFixed(3)} ms` },
    { name: 'a batch of 1,000 requests', baseline: 'JSON.parse of their lines', ratio: batch / parsing, note: `${Math.round(1_000_000 / batch)} requests a second` },
  ];
}

function requestTo(i: number): { readonly method: string; readonly to: string; readonly from: { readonly workload: string }; readonly headers: Readonly<Record<string, string>> } {
  const namespace = namespaceOf(i);
  return { method: 'GET', to: `http://svc-${i}.${namespace}:8080/api/items?page=2`, from: { workload: `${namespace}/svc-${i % 20 === 19 ? i - 1 : i + 1}-v1` }, headers: { 'user-agent': 'bench' } };
}

function measured(services: number): { readonly mesh: Mesh; readonly milliseconds: number } {
  const mesh = Mesh.from(readManifests({ file: 'mesh.yaml', text: generatedMesh(services) }).manifests);
  // The first asks make the indexes.
  for (let i = 0; i < 100; i++) simulate(mesh, requestTo(i));
  const times = Array.from({ length: 1001 }, (_, i) => timed(() => simulate(mesh, requestTo((i * 7) % services))));
  return { mesh, milliseconds: median(times) };
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
