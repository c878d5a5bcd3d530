import { inIstioOrder } from '../entities/entity.ts';
import type { VirtualService } from '../entities/virtual-service.ts';
import { isVisible } from '../entities/visibility.ts';
import type { Mesh } from '../mesh.ts';
import { importsVirtualService, type Scope } from './sidecar-scope.ts';

/** VirtualServices that say a host or a wildcard above it. */
export interface ForHost {
  readonly host: string;
  readonly services: readonly VirtualService[];
}

/** The VirtualServices that a sidecar has for a host, the most specific hosts first, of one host in Istio's order. */
export function virtualServicesForSidecar(mesh: Mesh, scope: Scope, host: string): readonly ForHost[] {
  return covering(mesh, host, service => importsVirtualService(scope, service), scope.namespace);
}

/** The VirtualServices that a gateway has for a host, whichever of the gateways it runs they are bound to. */
export function virtualServicesForGateway(mesh: Mesh, namespace: string, host: string): readonly ForHost[] {
  return covering(mesh, host, service => isVisible(service.visibility, namespace) && service.gateways.some(name => name !== 'mesh'), namespace);
}

function covering(mesh: Mesh, host: string, seen: (service: VirtualService) => boolean, namespace: string): readonly ForHost[] {
  return [...mesh.virtualServicesByHost.covering(host)]
    .map(({ host: said, values }) => ({ host: said, services: inOrder([...new Set(values)].filter(seen), namespace) }))
    .filter(({ services }) => services.length > 0);
}

/**
 * Istio's order: those of the proxy's namespace that are private to it, those exported to it by name, those for everyone; each oldest first.
 *
 * Source: istio/istio pilot/pkg/model/push_context.go
 */
export function inOrder(services: readonly VirtualService[], namespace: string): readonly VirtualService[] {
  const rank = (service: VirtualService): number => (service.visibility.everywhere ? 2 : service.namespace === namespace ? 0 : 1);
  return services.length < 2 ? services : [...services].sort((a, b) => rank(a) - rank(b) || inIstioOrder(a, b));
}
