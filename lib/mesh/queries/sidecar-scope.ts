import { inIstioOrder } from '../entities/entity.ts';
import type { EgressHost, EgressListener, Sidecar } from '../entities/sidecar.ts';
import { covers, hostsMeet } from '../entities/hosts.ts';
import type { VirtualService } from '../entities/virtual-service.ts';
import { isVisible } from '../entities/visibility.ts';
import { sidecarsSelecting } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';
import { selecting } from '../selector-index.ts';

/** What a sidecar may see at one port. */
export interface Scope {
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
  /** Undefined where everything exported to the namespace is seen. */
  readonly sidecar: Sidecar | undefined;
  /** The egress listener of the port; undefined where the Sidecar has none for it, so that nothing is known there. */
  readonly listener: EgressListener | undefined;
}

/**
 * The Sidecar that holds for a proxy: of its namespace the oldest that selects it, then the oldest without a selector, then the
 * oldest without one in the root namespace.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/sidecar/
 */
export function sidecarFor(mesh: Mesh, namespace: string, labels: ReadonlyMap<string, string>): Sidecar | undefined {
  const wide = mesh.at(sidecarsSelecting.whole, namespace);
  // One whose selector is there and empty takes every pod.
  let first = wide.find(({ workloadSelector }) => workloadSelector);
  for (const sidecar of selecting(mesh, sidecarsSelecting, namespace, labels)) if (!first || inIstioOrder(sidecar, first) < 0) first = sidecar;
  return first
    ?? wide.find(({ workloadSelector }) => !workloadSelector)
    ?? mesh.at(sidecarsSelecting.whole, mesh.config.rootNamespace).find(({ workloadSelector }) => !workloadSelector);
}

/** What a proxy sees at a port. */
export function scopeAt(mesh: Mesh, namespace: string, labels: ReadonlyMap<string, string>, port: number): Scope {
  const sidecar = sidecarFor(mesh, namespace, labels);
  const listener = sidecar?.egress?.find(egress => egress.port === port) ?? sidecar?.egress?.findLast(egress => egress.port === undefined);
  return { namespace, labels, sidecar, listener };
}

/** Whether a service of a namespace is imported. */
export function importsService(scope: Scope, namespace: string, host: string): boolean {
  if (!scope.sidecar?.egress) return true;
  return imports(scope, namespace, egress => covers(egress.host, host));
}

/** Whether a VirtualService is imported: one of its hosts is enough, and either may be the wider one. */
export function importsVirtualService(scope: Scope, service: VirtualService): boolean {
  if (!service.appliesToMesh || !isVisible(service.visibility, scope.namespace)) return false;
  if (!scope.sidecar?.egress) return true;
  return imports(scope, service.namespace, egress => service.fullHosts.some(host => hostsMeet(egress.host, host)));
}

function imports(scope: Scope, namespace: string, meets: (egress: EgressHost) => boolean): boolean {
  // A Sidecar of the root namespace means the proxy's own namespace by a dot.
  const here = (egress: EgressHost): string => (egress.written.replace(/^~/, '').startsWith('./') ? scope.namespace : egress.namespace);
  const hosts = (scope.listener?.hosts ?? []).filter(egress => (here(egress) === '*' || here(egress) === namespace) && meets(egress));
  return hosts.some(({ excludes }) => !excludes) && !hosts.some(({ excludes }) => excludes);
}
