import {
  beyondZtunnel, indexes, isAmbient, mayBeGatewayElsewhere, runsGateway, waypointOf, waypointOfNamespace, type Mesh, type Policy, type Workload,
  type Kinds, type Waypoint,
} from '../mesh/index.ts';

/** Kinds of policies that ztunnel enforces in part, or not at all. */
export const l7PolicyKinds = ['AuthorizationPolicy', 'RequestAuthentication', 'WasmPlugin', 'TrafficExtension', 'Telemetry'] as const;

type L7Policy = Kinds[(typeof l7PolicyKinds)[number]];

/** The field by which a policy needs a waypoint; undefined where it needs none. */
export function waypointField(on: L7Policy): string | undefined {
  if ('action' in on) return beyondZtunnel(on);
  if ('jwtRules' in on) return on.jwtRules.length > 0 ? 'spec.jwtRules' : undefined;
  if (!('tracing' in on)) return 'spec';
  return on.tracing.length > 0 ? 'spec.tracing' : on.hasMetrics ? 'spec.metrics' : on.accessLogging.length > 0 ? 'spec.accessLogging' : undefined;
}

/** What a policy without targetRefs takes in ambient mode, as words, and the waypoint that this asks for. */
export interface AmbientReach {
  readonly what: string;
  readonly waypoint: Waypoint | undefined;
}

/** Undefined where it takes nothing in ambient mode, or an Envoy besides that enforces it. Those of the root namespace are for the whole mesh, so nothing is said of them. */
export function ambientReach(mesh: Mesh, on: L7Policy): AmbientReach | undefined {
  if (on.targetRefs.length > 0 || on.namespace === mesh.config.rootNamespace) return undefined;
  const workloads = on.selector && on.selector.size > 0 ? mesh.workloadsSelectedBy(on.selector, on.namespace) : [];
  if (workloads.length === 0) return mesh.hasWorkloads && on.selector && on.selector.size > 0 ? undefined : reachInNamespace(mesh, on);
  const ambient = workloads.find(workload => !runsGateway(workload) && isAmbient(mesh, workload));
  // A policy that denies does harm where it is not understood; others do good wherever an Envoy is.
  if (!ambient || (!('action' in on) && workloads.some(workload => runsGateway(workload) || !isAmbient(mesh, workload)))) return undefined;
  return { what: `${ambient.kind} ${ambient.name}`, waypoint: waypointAround(mesh, ambient) };
}

function reachInNamespace(mesh: Mesh, on: L7Policy): AmbientReach | undefined {
  const { namespace } = on;
  if (!mesh.namespace(namespace)?.ambient) return undefined;
  if (!('action' in on) && hasGateway(mesh, on)) return undefined;
  return { what: `namespace ${namespace}`, waypoint: waypointOfNamespace(mesh, namespace, 'service') };
}

function hasGateway(mesh: Mesh, { namespace, selector }: Policy): boolean {
  return mayBeGatewayElsewhere(mesh, namespace, selector) || mesh.at(indexes.kubernetesGatewaysOf, namespace).some(({ isWaypoint }) => !isWaypoint);
}

/** Of the pods themselves, or of a Service that selects them. */
function waypointAround(mesh: Mesh, workload: Workload): Waypoint | undefined {
  const own = waypointOf(mesh, workload);
  if (own) return own;
  for (const service of mesh.servicesOf(workload)) {
    const waypoint = waypointOf(mesh, service);
    if (waypoint) return waypoint;
  }
  return undefined;
}
