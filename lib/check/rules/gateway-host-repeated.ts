import { indexOf, selects, type Gateway, type Server } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const gatewayHostRepeated = defineRule({
  id: 'MW0311',
  name: 'gateway-host-repeated',
  category: 'gateway',
  severity: 'error',
  title: 'Two TLS servers of a port have the same host for different namespaces, and Envoy refuses the listener',
  why: 'Istio tells `a/shop.example.com` and `b/shop.example.com` apart, Envoy does not: both become a filter chain with the same server name, and Envoy refuses the whole listener, with every other host of the port.',
  fix: 'Keep the host in one server: `*/shop.example.com`, or one namespace.',
  of: ['Gateway'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: shop, namespace: istio-ingress }
      spec:
        selector: { istio: ingress }
        servers:
          - { port: { number: 443, name: https-a, protocol: HTTPS }, hosts: [a/shop.example.com], tls: { mode: SIMPLE, credentialName: shop } }
          - { port: { number: 443, name: https-b, protocol: HTTPS }, hosts: [b/shop.example.com], tls: { mode: SIMPLE, credentialName: shop } }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: shop, namespace: istio-ingress }
      spec:
        selector: { istio: ingress }
        servers:
          - { port: { number: 443, name: https, protocol: HTTPS }, hosts: ["*/shop.example.com"], tls: { mode: SIMPLE, credentialName: shop } }
    `,
  },

  *check(on, mesh) {
    for (const server of on.servers.filter(isEncrypted)) {
      for (const { host, written } of server.hosts) {
        const all = mesh.at(gatewaysByOpening, `${server.port} ${host}`);
        if (!isWrittenInWays(all, host)) continue;
        const others = all.filter(({ selector }) => selects(selector, on.selector) || selects(on.selector, selector))
          .flatMap(gateway => gateway.servers.map(other => ({ gateway, other })))
          .filter(({ other }) => other !== server && other.port === server.port && other.bind === server.bind && isEncrypted(other));
        const rival = others.find(({ other }) => other.hosts.some(own => own.host === host && own.written !== written));
        if (rival) yield { at: `${server.path}.hosts`, message: `${host} is ${written} here and ${rival.other.hosts.find(own => own.host === host)?.written ?? ''} in ${rival.gateway === on ? rival.other.path : `Gateway ${rival.gateway.namespace}/${rival.gateway.name}`}` };
      }
    }
  },
});

const gatewaysByOpening = indexOf('gateway port and host name', ['Gateway'], ({ servers }) => servers.flatMap(({ port, hosts }) => hosts.map(({ host }) => `${port} ${host}`)));

const ways = new WeakMap<readonly Gateway[], boolean>();

/** Whether the gateways that open a host write it in more than one way; mostly they do not. */
function isWrittenInWays(all: readonly Gateway[], host: string): boolean {
  let several = ways.get(all);
  if (several === undefined) ways.set(all, several = new Set(all.flatMap(({ servers }) => servers.flatMap(({ hosts }) => hosts.filter(own => own.host === host).map(({ written }) => written)))).size > 1);
  return several;
}

function isEncrypted({ protocol }: Server): boolean {
  return protocol === 'HTTPS' || protocol === 'TLS';
}
