import { defineRule, yaml } from '../rule.ts';

export const gatewayTakesAnyHost = defineRule({
  id: 'MW0410',
  name: 'gateway-takes-any-host',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'A gateway takes requests for any host',
  why: 'Whoever may write a route can put any host name on the gateway, also one of another team, and clients reach what was never to be public under that name.',
  fix: 'Name the hosts, each with the namespace that may route it: `shop/shop.example.com`.',
  source: 'https://istio.io/latest/docs/ops/best-practices/security/#avoid-overly-broad-hosts-configurations',
  of: ['Gateway', 'KubernetesGateway'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: shop }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 443, name: https, protocol: HTTPS }, tls: { mode: SIMPLE, credentialName: cert }, hosts: ["*"] }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: shop }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 443, name: https, protocol: HTTPS }, tls: { mode: SIMPLE, credentialName: cert }, hosts: ["shop/shop.example.com"] }] }
    `,
  },

  *check(on) {
    if ('servers' in on) {
      for (const { hosts, httpsRedirect, path } of on.servers) {
        const i = hosts.findIndex(({ host }) => host === '*');
        if (i !== -1 && !httpsRedirect) yield { at: `${path}.hosts[${i}]`, message: 'the server takes any host' };
      }
      return;
    }
    if (on.isWaypoint) return;
    for (const { hostname, protocol, path } of on.listeners) if (hostname === '' && /^(HTTPS?|TLS)$/.test(protocol)) yield { at: path, message: 'the listener takes any host' };
  },
});
