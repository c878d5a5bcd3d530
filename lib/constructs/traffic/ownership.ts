import { ApiObject } from 'cdk8s';
import type { MeshService } from '../platform/mesh-service.ts';

/** What GitOps leaves alone, in the words of Argo CD and of Flux. */
export interface Ownership {
  /** For `spec.ignoreDifferences` of an Argo CD Application. */
  readonly ignoreDifferences: readonly {
    readonly group: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace: string;
    readonly jqPathExpressions: readonly string[];
  }[];
  /** For `spec.syncPolicy.syncOptions`: without it, a sync for another reason would set the weights back. */
  readonly syncOptions: readonly ['RespectIgnoreDifferences=true'];
  /** For `spec.driftDetection.ignore` of a Flux HelmRelease. */
  readonly driftIgnore: readonly { readonly paths: readonly string[]; readonly target: { readonly kind: string; readonly name: string; readonly namespace: string } }[];
}

/** The weights of a service's VirtualServices, which a controller changes in the cluster. */
export function ownedByController(service: MeshService): Ownership {
  const rules = service.node.children.filter(child => ApiObject.isApiObject(child)).filter(({ kind }) => kind === 'VirtualService');
  const namespace = service.namespaceName;
  return {
    ignoreDifferences: rules.map(({ name }) => ({
      group: 'networking.istio.io',
      kind: 'VirtualService',
      name,
      namespace,
      jqPathExpressions: ['.spec.http[]?.route[]?.weight', '.spec.tcp[]?.route[]?.weight', '.spec.tls[]?.route[]?.weight'],
    })),
    syncOptions: ['RespectIgnoreDifferences=true'],
    driftIgnore: rules.map(({ name }) => ({ paths: ['/spec/http', '/spec/tcp', '/spec/tls'], target: { kind: 'VirtualService', name, namespace } })),
  };
}
