import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manifestOf } from '../../lib/manifest/index.ts';
import { indexes, Mesh, selecting, selects } from '../../lib/mesh/index.ts';

const labels = fc.dictionary(fc.constantFrom('app', 'tier', 'version'), fc.constantFrom('a', 'b'));

test('who selects a pod is found by its labels as by looking at all, also after a change', () => {
  fc.assert(fc.property(fc.array(labels, { maxLength: 8 }), fc.array(labels, { maxLength: 3 }), labels, (selectors, more, pod) => {
    const sidecars = [...selectors, ...more].map((own, i) => manifestOf({ apiVersion: 'networking.istio.io/v1', kind: 'Sidecar', metadata: { name: `s${i}`, namespace: 'shop' }, spec: { workloadSelector: { labels: own } } }));
    const carried = new Map(Object.entries(pod));
    const before = Mesh.from(sidecars.slice(0, selectors.length));
    selecting(before, indexes.sidecarsSelecting, 'shop', carried);
    for (const mesh of [Mesh.from(sidecars), before.with({ put: sidecars.slice(selectors.length) })]) {
      const found = selecting(mesh, indexes.sidecarsSelecting, 'shop', carried).map(({ name }) => name).sort();
      expect(found).toEqual(mesh.sidecars.filter(({ workloadSelector }) => workloadSelector && workloadSelector.size > 0 && selects(workloadSelector, carried)).map(({ name }) => name).sort());
    }
  }), { numRuns: 300 });
});
