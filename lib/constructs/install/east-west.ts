import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { Gateway, VirtualService } from '../l1.ts';
import type { MeshCluster } from './multi-cluster.ts';

/** The name of the gateway between networks. */
export const eastWestGateway = 'istio-eastwestgateway';

/**
 * What the gateway between networks lets through: services, by their own mutual TLS, and the control plane for
 * clusters that have none.
 *
 * Source: https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/
 */
export function emitEastWestRoutes(scope: Construct, cluster: MeshCluster, namespace: string, istiodHost: string): void {
  const selector = { istio: 'eastwestgateway' };
  if (cluster.betweenNetworks) {
    new Gateway(scope, 'cross-network', {
      metadata: { name: 'cross-network-gateway', namespace },
      spec: { selector, servers: [{ port: { number: 15443, name: 'tls', protocol: 'TLS' }, tls: { mode: 'AUTO_PASSTHROUGH' }, hosts: ['*.local'] }] },
    });
  }
  if (!cluster.servesRemotes) return;
  const ports = [{ name: 'tls-istiod', number: 15012, to: 15012 }, { name: 'tls-istiodwebhook', number: 15017, to: 443 }];
  new Gateway(scope, 'istiod-gateway', {
    metadata: { name: 'istiod-gateway', namespace },
    spec: { selector, servers: ports.map(({ name, number }) => ({ port: { name, number, protocol: 'TLS' }, tls: { mode: 'PASSTHROUGH' }, hosts: ['*'] })) },
  });
  new VirtualService(scope, 'istiod', {
    // The Service of istiod is installed by something else, and unknown to whoever reads this YAML alone.
    metadata: { name: 'istiod', namespace, annotations: { 'galley.istio.io/analyze-suppress': 'IST0101' } },
    spec: {
      hosts: ['*'],
      gateways: ['istiod-gateway'],
      tls: ports.map(({ number, to }) => ({ match: [{ port: number, sniHosts: ['*'] }], route: [{ destination: { host: istiodHost, port: { number: to } } }] })),
    },
  });
}

/**
 * The gateway between networks of ambient meshes, which istiod itself deploys.
 *
 * Source: https://istio.io/latest/docs/ambient/install/multicluster/
 */
export function emitAmbientEastWest(scope: Construct, cluster: MeshCluster, namespace: string): void {
  new ApiObject(scope, 'east-west', {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: eastWestGateway, namespace, labels: { 'topology.istio.io/network': cluster.network } },
    spec: {
      gatewayClassName: 'istio-east-west',
      listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE', tls: { mode: 'Terminate', options: { 'gateway.istio.io/tls-terminate-mode': 'ISTIO_MUTUAL' } } }],
    },
  });
}
