import { ownerNamed, type Mesh, type PolicyTarget } from '../mesh/index.ts';
import type { Proxy } from './proxy.ts';

/** A proxy as policies are attached to it; `service` (`namespace/name`) is the one that a waypoint speaks for. */
export function policyTarget(mesh: Mesh, { kind, namespace, labels }: Proxy, service: string | undefined): PolicyTarget {
  return { namespace, labels, gateway: labels.get('gateway.networking.k8s.io/gateway-name'), waypointFor: kind === 'waypoint' ? ownersNamed(mesh, service) : undefined };
}

function ownersNamed(mesh: Mesh, service: string | undefined): NonNullable<PolicyTarget['waypointFor']> {
  const [namespace = '', name = ''] = service?.split('/') ?? [];
  const owner = ownerNamed(mesh, namespace, name);
  return owner ? [owner] : [];
}
