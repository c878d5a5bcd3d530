import type { VirtualService } from '../entities/virtual-service.ts';
import { isVisible } from '../entities/visibility.ts';
import type { Mesh } from '../mesh.ts';
import { virtualServiceNamed } from './virtual-service-named.ts';

/** Where a route leads that delegates, or why it leads nowhere. */
export type DelegateFound =
  | { readonly kind: 'delegate'; readonly delegate: VirtualService }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'has hosts' | 'not exported'; readonly virtualService: VirtualService };

/**
 * The VirtualService that a route of a root delegates to.
 *
 * Source: istio/istio pilot/pkg/model/virtualservice.go
 */
export function delegateOf(mesh: Mesh, root: VirtualService, { namespace, name }: { readonly namespace: string; readonly name: string }): DelegateFound {
  const found = virtualServiceNamed(mesh, namespace, name);
  if (!found) return { kind: 'unknown' };
  if (!found.isDelegate) return { kind: 'has hosts', virtualService: found };
  return isVisible(found.visibility, root.namespace) ? { kind: 'delegate', delegate: found } : { kind: 'not exported', virtualService: found };
}
