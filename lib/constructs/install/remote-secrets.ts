import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { MeshCluster } from './multi-cluster.ts';

/** Where kubeconfigs of other clusters are kept. None of them is in the YAML. */
export interface RemoteSecrets {
  /** The store of the External Secrets operator. */
  readonly store: string;
  /** @default ClusterSecretStore */
  readonly storeKind?: 'SecretStore' | 'ClusterSecretStore' | undefined;
  /** Where in the store the kubeconfig of a cluster is; `{cluster}` stands for its name. */
  readonly key: string;
}

/**
 * For each cluster that a control plane reads, an ExternalSecret that makes the Secret which istiod looks for.
 *
 * Source: https://istio.io/latest/docs/setup/install/multicluster/multi-primary/#enable-endpoint-discovery
 */
export function emitRemoteSecrets(scope: Construct, cluster: MeshCluster, namespace: string, { store, storeKind = 'ClusterSecretStore', key }: RemoteSecrets): void {
  for (const other of cluster.reads) {
    const name = `istio-remote-secret-${other}`;
    new ApiObject(scope, name, {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name, namespace },
      spec: {
        refreshInterval: '1h',
        secretStoreRef: { name: store, kind: storeKind },
        target: { name, template: { metadata: { labels: { 'istio/multiCluster': 'true' }, annotations: { 'networking.istio.io/cluster': other } } } },
        data: [{ secretKey: other, remoteRef: { key: key.replaceAll('{cluster}', other) } }],
      },
    });
  }
}
