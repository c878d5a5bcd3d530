import { inIstioOrder } from '../entities/entity.ts';
import type { AuthorizationPolicy, EnvoyFilter, Extension, Policy, RequestAuthentication, TargetRef } from '../entities/policies.ts';
import { selects } from '../entities/selector.ts';
import type { HostOwner } from './known-host.ts';
import * as indexes from '../indexes.ts';
import type { Mesh } from '../mesh.ts';
import { selecting } from '../selector-index.ts';

/** A proxy, as policies are attached to it. */
export interface PolicyTarget {
  readonly namespace: string;
  /** Labels of its pods. */
  readonly labels: ReadonlyMap<string, string>;
  /** The Gateway of the Kubernetes Gateway API whose proxy it is. @default - none: a sidecar, or a gateway of Istio's own kind */
  readonly gateway?: string | undefined;
  /** That it is a waypoint, and the services it speaks for. @default - no waypoint */
  readonly waypointFor?: readonly HostOwner[] | undefined;
}

/** The AuthorizationPolicies of a proxy: those of the root namespace first. */
export function authorizationPoliciesFor(mesh: Mesh, target: PolicyTarget): readonly AuthorizationPolicy[] {
  return attached<AuthorizationPolicy>(mesh, ['AuthorizationPolicy'], target);
}

/** The RequestAuthentications of a proxy: those of the root namespace first. */
export function requestAuthenticationsFor(mesh: Mesh, target: PolicyTarget): readonly RequestAuthentication[] {
  return attached<RequestAuthentication>(mesh, ['RequestAuthentication'], target);
}

/** The EnvoyFilters of a proxy: those of the root namespace first. */
export function envoyFiltersFor(mesh: Mesh, target: PolicyTarget): readonly EnvoyFilter[] {
  return attached<EnvoyFilter>(mesh, ['EnvoyFilter'], target);
}

/** The WasmPlugins and TrafficExtensions of a proxy: those of the root namespace first. */
export function extensionsFor(mesh: Mesh, target: PolicyTarget): readonly Extension[] {
  return attached<Extension>(mesh, ['WasmPlugin', 'TrafficExtension'], target);
}

/** The AuthorizationPolicies that ztunnel holds for a workload: those that are attached by selector, or to all of a namespace. */
export function authorizationPoliciesOfZtunnel(mesh: Mesh, { namespace, labels }: PolicyTarget): readonly AuthorizationPolicy[] {
  return [...new Set([mesh.config.rootNamespace, namespace])].flatMap(place => selected<AuthorizationPolicy>(mesh, 'AuthorizationPolicy', place, labels).sort(inIstioOrder));
}

function attached<P extends Policy>(mesh: Mesh, kinds: readonly string[], target: PolicyTarget): readonly P[] {
  const { rootNamespace } = mesh.config;
  const namespaces = new Set([rootNamespace, target.namespace, ...(target.waypointFor ?? []).map(({ namespace }) => namespace)]);
  return [...namespaces].flatMap(namespace => kinds.flatMap(kind => {
    const found = new Set([...selected<P>(mesh, kind, namespace, target.labels), ...targeting<P>(mesh, kind, namespace, target)]);
    return [...found].filter(policy => isAttached(policy, target, rootNamespace)).sort(inIstioOrder);
  }));
}

/** Those of a namespace that are for pods with these labels. */
function selected<P extends Policy>(mesh: Mesh, kind: string, namespace: string, labels: ReadonlyMap<string, string>): P[] {
  const place = `${kind} ${namespace}`;
  return [...selecting(mesh, indexes.policiesBySelector, place, labels), ...mesh.at(indexes.policiesBySelector.whole, place)] as Policy[] as P[];
}

/** Those of a namespace that may name the proxy, or what it speaks for. */
function targeting<P extends Policy>(mesh: Mesh, kind: string, namespace: string, { gateway, waypointFor = [] }: PolicyTarget): P[] {
  if (gateway === undefined) return [];
  const names = [`Gateway ${namespace}/${gateway}`, `GatewayClass ${namespace}/istio-waypoint`, ...waypointFor.map(service => `${service.kind} ${namespace}/${service.name}`)];
  return [...new Set(names)].flatMap(name => mesh.at(indexes.policiesByTarget, name)).filter(policy => policy.kind === kind) as Policy[] as P[];
}

/**
 * Whether a policy in a namespace that counts is attached to a proxy.
 *
 * Source: istio/istio pilot/pkg/model/policyattachment.go
 */
function isAttached(policy: Policy, target: PolicyTarget, rootNamespace: string): boolean {
  const { gateway, waypointFor } = target;
  if (policy.targetRefs.length > 0) return gateway !== undefined && policy.targetRefs.some(ref => isMeant(ref, policy, target, rootNamespace));
  // Waypoints are never selected by labels, and a policy of a service's namespace is for those who name the service.
  if (waypointFor || (policy.namespace !== rootNamespace && policy.namespace !== target.namespace)) return false;
  return !policy.selector || selects(policy.selector, target.labels);
}

function isMeant({ group, kind, name }: TargetRef, policy: Policy, { namespace, gateway, waypointFor }: PolicyTarget, rootNamespace: string): boolean {
  if (group === 'gateway.networking.k8s.io' && kind === 'Gateway') return policy.namespace === namespace && name === gateway;
  if (!waypointFor) return false;
  if (group === 'gateway.networking.k8s.io' && kind === 'GatewayClass') return policy.namespace === rootNamespace && name === 'istio-waypoint';
  const owner = (group === '' || group === 'core') && kind === 'Service' ? 'Service' : group === 'networking.istio.io' && kind === 'ServiceEntry' ? 'ServiceEntry' : undefined;
  return owner !== undefined && waypointFor.some(service => service.kind === owner && service.name === name && service.namespace === policy.namespace);
}
