import type { Mesh } from '../mesh.ts';
import type { Gateway } from '../entities/gateway.ts';
import type { Workload } from '../entities/workload.ts';
import type { Selector } from '../entities/selector.ts';

/** The workloads that run a gateway; a gateway without a selector is run by all that run gateways. */
export function workloadsOfGateway(mesh: Mesh, { selector }: Gateway): readonly Workload[] {
  return selector.size === 0 ? mesh.gatewayWorkloads : mesh.workloadsSelectedBy(selector);
}

/** Whether a workload is a proxy by itself, as gateways are: its application is the proxy. */
export function runsGateway(workload: Workload): boolean {
  return workload.podLabels.has('gateway.networking.k8s.io/gateway-name')
    || workload.podAnnotations.get('inject.istio.io/templates') === 'gateway'
    || (workload.containers.length > 0 && workload.containers.every(({ name }) => name === 'istio-proxy'));
}

/**
 * Whether the pods that a selector or a namespace lacks may be those of a gateway whose installation is not among the
 * objects: nothing runs a gateway here, and a Gateway asks for one.
 */
export function mayBeGatewayElsewhere(mesh: Mesh, namespace: string, selector: Selector | undefined): boolean {
  if (mesh.gatewayWorkloads.length > 0) return false;
  return mesh.gateways.some(gateway => (selector ? [...selector].every(([key, value]) => gateway.selector.get(key) === value) : gateway.namespace === namespace));
}
