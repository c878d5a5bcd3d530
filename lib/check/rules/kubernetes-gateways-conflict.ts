import { fullHost, indexOf, type KubernetesGateway, type Listener } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const kubernetesGatewaysConflict = defineRule({
  id: 'MW0161',
  name: 'kubernetes-gateways-conflict',
  category: 'gateway',
  severity: 'warning',
  title: 'Two Kubernetes Gateways of one address have the same listener',
  why: 'The proxies behind the address serve both, so that which routes hold at the listener depends on which Gateway was made first.',
  fix: 'Give each its own port or hostname, attach the routes of both to one Gateway, or leave `addresses` out so that each gets its own proxy.',
  alsoKnownAs: ['KIA1501'],
  of: ['KubernetesGateway'],
  examples: {
    bad: example('shop.example.com'),
    good: example('bank.example.com'),
  },

  *check(on, mesh) {
    for (const address of new Set(addressesOf(on, mesh.config.clusterDomain))) {
      for (const other of mesh.at(gatewaysByAddress, address)) {
        if (other.namespace === on.namespace && other.name === on.name) continue;
        for (const listener of on.listeners) {
          if (other.listeners.some(theirs => isSame(theirs, listener))) yield { at: listener.path, message: `Gateway ${other.namespace}/${other.name} has a listener for ${listener.hostname === '' ? 'all hosts' : listener.hostname} on port ${listener.port} of ${address} too` };
        }
      }
    }
  },
});

/** Gateways by the addresses that they share with others: those that say none get one each. */
const gatewaysByAddress = indexOf('kubernetes gateway address', ['KubernetesGateway'], (gateway, { clusterDomain }) => addressesOf(gateway, clusterDomain));

function addressesOf({ addresses, namespace }: KubernetesGateway, clusterDomain: string): readonly string[] {
  return addresses.map(address => fullHost(address, namespace, clusterDomain).toLowerCase());
}

function isSame(a: Listener, b: Listener): boolean {
  return a.port === b.port && a.hostname.toLowerCase() === b.hostname.toLowerCase();
}

function example(host: string): string {
  return yaml`
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: { name: shop, namespace: edge }
    spec:
      gatewayClassName: istio
      addresses: [{ type: Hostname, value: istio-ingressgateway.istio-system.svc.cluster.local }]
      listeners: [{ name: http, port: 80, protocol: HTTP, hostname: shop.example.com }]
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: { name: bank, namespace: edge }
    spec:
      gatewayClassName: istio
      addresses: [{ type: Hostname, value: istio-ingressgateway.istio-system.svc.cluster.local }]
      listeners: [{ name: http, port: 80, protocol: HTTP, hostname: ${host} }]
  `;
}
