import type { Construct } from 'constructs';
import { EgressGateway } from '../gateway/egress-gateway.ts';
import { IngressGateway } from '../gateway/ingress-gateway.ts';
import type { MeshNamespace } from '../platform/mesh-namespace.ts';
import { MeshService } from '../platform/mesh-service.ts';
import { ServiceMesh } from '../platform/service-mesh.ts';

/** Whose proxies can run code of one's own. */
export type ExtensionTarget = ServiceMesh | MeshNamespace | MeshService | IngressGateway | EgressGateway;

/** The proxies of a target, as an object chooses them. */
export interface ExtensionPlace {
  /** Before the name of what is attached, so that names of a namespace do not meet. */
  readonly prefix: string;
  /** That they are those of one service. */
  readonly ofService: boolean;
  readonly proxies: 'sidecars' | 'waypoint' | 'gateway';
  readonly attached: { readonly selector?: { readonly matchLabels: Readonly<Record<string, string>> } } | { readonly targetRefs: readonly { readonly group: string; readonly kind: string; readonly name: string }[] };
}

/** The construct below which an intent about the proxies of a target stands. */
export function extensionScope(target: ExtensionTarget): Construct {
  return target instanceof ServiceMesh ? target.root : target;
}

/**
 * The proxies of a target: sidecars and gateways are chosen by label; waypoints by what they speak for, or by their own name.
 *
 * @throws when there is no proxy that could run anything, or the service is another team's
 *
 * Source: istio/istio pilot/pkg/model/policyattachment.go
 */
export function extensionPlace(where: string, target: ExtensionTarget, forWhat: string): ExtensionPlace {
  if (target instanceof ServiceMesh) return { prefix: '', ofService: false, proxies: 'sidecars', attached: {} };
  if (target instanceof IngressGateway || target instanceof EgressGateway) return { prefix: `${target.name}-`, ofService: false, proxies: 'gateway', attached: { selector: { matchLabels: target.podLabels } } };
  const service = target instanceof MeshService ? target : undefined;
  service?.requireOwned(`${forWhat} ${where}`);
  const { waypoint } = target;
  const namespace = target instanceof MeshService ? target.namespace : target;
  const { dataPlane } = namespace;
  if (dataPlane === 'none' || (dataPlane === 'ambient' && waypoint === undefined)) {
    throw new Error(`${where}: ${target.node.path} has no proxy that reads requests (dataPlane "${dataPlane}"), so nothing would keep ${forWhat}; give ${service ? 'its namespace' : 'it'} sidecars or a waypoint`);
  }
  const whose = { prefix: service ? `${service.name}-` : '', ofService: service !== undefined };
  if (waypoint === undefined) return { ...whose, proxies: 'sidecars', attached: service ? { selector: { matchLabels: { app: service.name } } } : {} };
  namespace.needsWaypoint(waypoint, where);
  if (service) return { ...whose, proxies: 'waypoint', attached: { targetRefs: [{ group: '', kind: 'Service', name: service.name }] } };
  if (waypoint.namespace !== namespace.name) throw new Error(`${where}: waypoint ${waypoint.namespace}/${waypoint.name} takes what is said of its own namespace or of single services, so nothing would keep ${forWhat}; say it of each service of ${namespace.name}`);
  return { ...whose, proxies: 'waypoint', attached: { targetRefs: namespace.waypointsRunning.map(({ name }) => ({ group: 'gateway.networking.k8s.io', kind: 'Gateway', name })) } };
}
