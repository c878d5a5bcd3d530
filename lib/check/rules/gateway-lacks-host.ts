import { hostsMeet, type Gateway, type KubernetesGateway, type VirtualService } from '../../mesh/index.ts';
import { listed } from '../listed.ts';
import { defineRule, yaml } from '../rule.ts';
import { gatewayNamed, isInternal } from './gateway-unknown.ts';

export const gatewayLacksHost = defineRule({
  id: 'IST0132',
  name: 'gateway-lacks-host',
  category: 'gateway',
  severity: 'warning',
  title: 'None of the hosts of a VirtualService is one of its Gateway',
  why: 'The gateway takes no request for them: they get 404 (NR).',
  fix: 'Add the host to a server of the Gateway, and let the namespace of the VirtualService bind to it.',
  analyzers: ['virtualservice.GatewayAnalyzer'],
  of: ['VirtualService'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: web, namespace: shop }
      spec: { hosts: [shop.example.com], gateways: [edge], http: [{ route: [{ destination: { host: web } }] }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: shop }
      spec: { servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [www.example.com] }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: web, namespace: shop }
      spec: { hosts: [shop.example.com], gateways: [edge], http: [{ route: [{ destination: { host: web } }] }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: shop }
      spec: { servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*.example.com"] }] }
    `,
  },

  when: ({ gatewaysWritten }) => gatewaysWritten.length > 0,

  *check(on, mesh) {
    for (const [i, written] of on.gatewaysWritten.entries()) {
      const name = on.gateways[i] ?? written;
      if (name === 'mesh' || isInternal(name)) continue;
      const gateway = gatewayNamed(mesh, name);
      if (!gateway || !takes(gateway, on)) yield { at: `spec.gateways[${i}]`, message: `Gateway ${name} has no server for ${listed(on.hosts) || 'it'}` };
    }
  },
});

function takes(gateway: Gateway | KubernetesGateway, service: VirtualService): boolean {
  if ('listeners' in gateway) return gateway.listeners.some(({ hostname }) => service.hosts.some(own => hostsMeet(hostname === '' ? '*' : hostname, own)));
  return gateway.servers.some(server => server.hosts.some(({ namespace, host }) =>
    (namespace === '*' || namespace === service.namespace) && service.hosts.some(own => hostsMeet(host, own))));
}
