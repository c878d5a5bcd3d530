import type { EnvoyFilter, Mesh } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const envoyFilterOperations = defineRule({
  id: 'IST0151',
  furtherCodes: ['IST0152', 'IST0153', 'IST0154', 'IST0155'],
  name: 'envoy-filter-operations',
  category: 'traffic',
  severity: 'warning',
  title: 'An EnvoyFilter patches in a way that may not apply',
  why: 'A patch relative to another filter applies only if that one is there already; some operations are ignored for what they are applied to.',
  fix: 'Use INSERT_FIRST or ADD, or set priority; use MERGE for routes. Better, use an API that Istio keeps stable.',
  analyzers: ['envoyfilter.EnvoyPatchAnalyzer'],
  of: ['EnvoyFilter'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1alpha3
      kind: EnvoyFilter
      metadata: { name: lua, namespace: shop }
      spec:
        configPatches:
          - applyTo: HTTP_FILTER
            match: { context: SIDECAR_INBOUND }
            patch: { operation: INSERT_BEFORE, value: { name: lua } }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1alpha3
      kind: EnvoyFilter
      metadata: { name: lua, namespace: shop }
      spec:
        configPatches:
          - applyTo: HTTP_FILTER
            match: { context: SIDECAR_INBOUND }
            patch: { operation: INSERT_FIRST, value: { name: lua } }
    `,
  },

  *check(on, mesh) {
    for (const { applyTo, operation, hasPatch, name, path } of on.patches) {
      if (!hasPatch) return;
      const at = `${path}.patch.operation`;
      const route = applyTo === 'ROUTE_CONFIGURATION' || applyTo === 'HTTP_ROUTE';
      if (operation === 'ADD' && route) yield { at, code: 'IST0153', severity: 'error', message: `ADD is ignored for ${applyTo}` };
      else if (operation === 'REMOVE' && route) yield { at, code: 'IST0154', severity: 'error', message: `REMOVE is ignored for ${applyTo}` };
      else if (operation === 'REPLACE' && !replaceable.has(applyTo)) {
        yield { at, code: 'IST0152', severity: 'error', message: `REPLACE is for ${[...replaceable].join(', ')}, not for ${applyTo || 'nothing'}` };
      } else if (relative.has(operation) && on.priority === 0) {
        yield isVersionedBefore(mesh, path, on, name)
          ? { at, code: 'IST0155', message: `${operation} is relative, there is no priority, and ${name === '' ? 'the filter' : `filter "${name}"`} is patched for one version of the proxy only` }
          : { at, message: `${operation} is relative, and there is no priority: patches may be applied in another order` };
      }
    }
  },
});

/** Whether a filter is patched for one version of the proxy, over all that comes before a patch. */
function isVersionedBefore(mesh: Mesh, path: string, on: EnvoyFilter, filter: string): boolean {
  const first = mesh.derived('filters patched for a version', () => {
    const found = new Map<string, { readonly filter: EnvoyFilter; readonly at: number; readonly rank: number }>();
    for (const [rank, one] of mesh.envoyFilters.entries()) {
      for (const [at, { name, proxyVersion, hasPatch }] of one.patches.entries()) {
        if (!hasPatch) break;
        if (proxyVersion !== '' && !found.has(name)) found.set(name, { filter: one, at, rank });
      }
    }
    return { found, ranks: new Map(mesh.envoyFilters.map((one, rank) => [one, rank])) };
  });
  const versioned = first.found.get(filter);
  if (!versioned) return false;
  return versioned.filter === on ? versioned.at < on.patches.findIndex(patch => patch.path === path) : versioned.rank < (first.ranks.get(on) ?? 0);
}

const replaceable = new Set(['HTTP_FILTER', 'NETWORK_FILTER', 'VIRTUAL_HOST']);
const relative = new Set(['INSERT_BEFORE', 'INSERT_AFTER', 'REPLACE', 'REMOVE']);
