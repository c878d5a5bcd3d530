import * as indexes from '../indexes.ts';
import type { Mesh } from '../mesh.ts';
import type { Gateway } from '../entities/gateway.ts';
import type { Selector } from '../entities/selector.ts';
import type { Workload } from '../entities/workload.ts';

/** The workloads that run a gateway; a gateway without a selector is run by all that run gateways. */
export function workloadsOfGateway(mesh: Mesh, { selector }: Gateway): readonly Workload[] {
  return selector.size === 0 ? mesh.gatewayWorkloads : mesh.workloadsSelectedBy(selector);
}

/**
 * Whether the pods that a selector or a namespace lacks may be those of a gateway whose installation is not among the
 * objects: nothing runs a gateway here, and a Gateway asks for one.
 */
export function mayBeGatewayElsewhere(mesh: Mesh, namespace: string, selector: Selector | undefined): boolean {
  if (mesh.hasAt(indexes.gatewayWorkloads, '')) return false;
  if (!selector) return mesh.at(indexes.gatewaysOf, namespace).length > 0;
  const [first] = selector;
  if (!first) return mesh.has('Gateway');
  return mesh.at(indexes.gatewaysBySelector, `${first[0]}=${first[1]}`).some(gateway => [...selector].every(([key, value]) => gateway.selector.get(key) === value));
}
