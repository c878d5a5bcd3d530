import type { EnvoyFilter } from '../../mesh/index.ts';
import { defineRule, yaml, type Violation } from '../rule.ts';

export const envoyFilterOperations = defineRule({
  id: 'IST0151',
  name: 'envoy-filter-operations',
  category: 'traffic',
  severity: 'warning',
  title: 'An EnvoyFilter patches in a way that may not apply',
  why: 'A patch relative to another filter applies only if that one is there already; some operations are ignored for what they are applied to.',
  fix: 'Use INSERT_FIRST or ADD, or set priority; use MERGE for routes. Better, use an API that Istio keeps stable.',
  analyzers: ['envoyfilter.EnvoyPatchAnalyzer'],
  reads: ['EnvoyFilter'],
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

  *check(mesh) {
    // Filters whose patch is for one version of the proxy, over all that came before.
    const versioned = new Set<string>();
    for (const on of mesh.envoyFilters) yield* violationsOf(on, versioned);
  },
});

function* violationsOf(on: EnvoyFilter, versioned: Set<string>): Generator<Violation> {
  for (const { applyTo, operation, hasPatch, name, proxyVersion, path } of on.patches) {
    if (!hasPatch) return;
    const at = `${path}.patch.operation`;
    const route = applyTo === 'ROUTE_CONFIGURATION' || applyTo === 'HTTP_ROUTE';
    if (operation === 'ADD' && route) yield { on, at, code: 'IST0153', severity: 'error', message: `ADD is ignored for ${applyTo}` };
    else if (operation === 'REMOVE' && route) yield { on, at, code: 'IST0154', severity: 'error', message: `REMOVE is ignored for ${applyTo}` };
    else if (operation === 'REPLACE' && !replaceable.has(applyTo)) {
      yield { on, at, code: 'IST0152', severity: 'error', message: `REPLACE is for ${[...replaceable].join(', ')}, not for ${applyTo || 'nothing'}` };
    } else if (relative.has(operation) && on.priority === 0) {
      yield versioned.has(name)
        ? { on, at, code: 'IST0155', message: `${operation} is relative, there is no priority, and ${name === '' ? 'the filter' : `filter "${name}"`} is patched for one version of the proxy only` }
        : { on, at, message: `${operation} is relative, and there is no priority: patches may be applied in another order` };
    }
    if (proxyVersion !== '') versioned.add(name);
  }
}

const replaceable = new Set(['HTTP_FILTER', 'NETWORK_FILTER', 'VIRTUAL_HOST']);
const relative = new Set(['INSERT_BEFORE', 'INSERT_AFTER', 'REPLACE', 'REMOVE']);
