import type { Mesh } from '../mesh.ts';
import type { Container, Workload } from '../entities/workload.ts';
import { sayingAmbient } from '../indexes.ts';

/**
 * Whether pods of a workload have a sidecar: one in the manifest, else what the pod's label says, its annotation, its
 * namespace.
 *
 * Source: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
 */
export function hasSidecar(mesh: Mesh, workload: Workload): boolean {
  if (workload.containers.some(isProxy) || workload.initContainers.some(isProxy)) return true;
  const own = workload.podLabels.get('sidecar.istio.io/inject') ?? workload.podAnnotations.get('sidecar.istio.io/inject');
  if (own !== undefined) return own === 'true';
  const namespace = mesh.namespace(workload.namespace);
  return namespace?.injection === undefined ? namespace?.revision !== undefined : namespace.injection === 'enabled';
}

function isProxy({ name, image }: Container): boolean {
  return name === 'istio-proxy' && image !== '';
}

/** Whether a workload is in ambient mode. */
export function isAmbient(mesh: Mesh, workload: Workload): boolean {
  if (workload.podAnnotations.get('ambient.istio.io/redirection') === 'enabled') return true;
  const mode = workload.podLabels.get('istio.io/dataplane-mode');
  if (mode !== undefined) return mode === 'ambient';
  return (mesh.namespace(workload.namespace)?.ambient ?? false) && !hasOwnSidecar(workload);
}

/** Whether anything is in ambient mode; most meshes have nothing, and few questions then. */
export function hasAmbient(mesh: Mesh): boolean {
  return mesh.hasAt(sayingAmbient, '');
}

function hasOwnSidecar(workload: Workload): boolean {
  return workload.podLabels.get('sidecar.istio.io/inject') === 'true' || workload.containers.some(({ name }) => name === 'istio-proxy');
}
