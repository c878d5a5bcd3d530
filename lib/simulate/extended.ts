import { envoyFiltersFor, extensionsFor, type Extension, type Mesh } from '../mesh/index.ts';
import { policyTarget } from './policy-target.ts';
import type { Proxy } from './proxy.ts';
import type { Branch } from './outcome.ts';
import type { Step } from './trace.ts';

/** The side of a proxy that a request passes: what its application sends, or what comes to it. */
export type Side = Extension['matches'][number]['directions'][number];

/**
 * A step for each EnvoyFilter, WasmPlugin and TrafficExtension that a request passes in a proxy: what they do is not modelled.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/envoy-filter/#EnvoyFilter-PatchContext
 */
export function extensionSteps(mesh: Mesh, proxy: Proxy, side: Side, port: number, service?: string): readonly Step[] {
  if (!mesh.has('EnvoyFilter', 'WasmPlugin', 'TrafficExtension')) return [];
  if (proxy.kind === 'none' || proxy.kind === 'ambient') return [];
  const target = policyTarget(mesh, proxy, service);
  const contexts = contextsOf(proxy.kind, side);
  const filters = envoyFiltersFor(mesh, target).flatMap((on): Step[] => {
    const patch = on.patches.find(({ context }) => contexts.includes(context));
    return patch ? [{ kind: 'not modelled', what: `the EnvoyFilter ${on.namespace}/${on.name}, which changes the configuration of this proxy`, from: { on, at: patch.path } }] : [];
  });
  // What comes to a gateway counts as what it sends.
  const direction = proxy.kind === 'gateway' ? 'outbound' : side;
  const extensions = extensionsFor(mesh, target).filter(({ matches }) => matches.some(({ directions, ports }) => (
    directions.includes(direction) && (proxy.kind !== 'sidecar' || ports.length === 0 || ports.includes(port)))));
  return [...filters, ...extensions.map((on): Step => ({ kind: 'not modelled', what: `the ${on.kind} ${on.namespace}/${on.name}, which this proxy passes the request through`, from: { on, at: 'spec' } }))];
}

/** A branch that passes them: how it ends is unsure. */
export function passingExtensions(steps: readonly Step[], branch: Branch): Branch {
  if (steps.length === 0) return branch;
  return { steps: [...steps, ...branch.steps], outcomes: branch.outcomes.map(outcome => ({ ...outcome, sure: false })) };
}

function contextsOf(kind: 'sidecar' | 'gateway' | 'waypoint', side: Side): readonly string[] {
  switch (kind) {
    case 'sidecar': return ['ANY', side === 'inbound' ? 'SIDECAR_INBOUND' : 'SIDECAR_OUTBOUND'];
    case 'gateway': return ['ANY', 'GATEWAY'];
    case 'waypoint': return ['ANY', 'WAYPOINT'];
  }
}
