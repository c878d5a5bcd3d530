import type { Mesh } from '../mesh.ts';
import type { Workload } from '../entities/workload.ts';

/**
 * Whether pods of a workload have a sidecar: one in the manifest, else what the pod's label says, its annotation, its
 * namespace.
 *
 * Source: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
 */
export function hasSidecar(mesh: Mesh, workload: Workload): boolean {
  if ([...workload.containers, ...workload.initContainers].some(({ name, image }) => name === 'istio-proxy' && image !== '')) return true;
  const own = workload.podLabels.get('sidecar.istio.io/inject') ?? workload.podAnnotations.get('sidecar.istio.io/inject');
  if (own !== undefined) return own === 'true';
  const namespace = mesh.namespace(workload.namespace);
  return namespace?.injection === undefined ? namespace?.revision !== undefined : namespace.injection === 'enabled';
}

/** Whether a workload is in ambient mode. */
export function isAmbient(mesh: Mesh, workload: Workload): boolean {
  if (workload.podAnnotations.get('ambient.istio.io/redirection') === 'enabled') return true;
  const mode = workload.podLabels.get('istio.io/dataplane-mode');
  if (mode !== undefined) return mode === 'ambient';
  return (mesh.namespace(workload.namespace)?.ambient ?? false) && !hasOwnSidecar(workload);
}

function hasOwnSidecar(workload: Workload): boolean {
  return workload.podLabels.get('sidecar.istio.io/inject') === 'true' || workload.containers.some(({ name }) => name === 'istio-proxy');
}
