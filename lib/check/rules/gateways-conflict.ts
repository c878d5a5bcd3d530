import { covers, HostIndex, selects, selectorText, type Gateway } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const gatewaysConflict = defineRule({
  id: 'IST0145',
  name: 'gateways-conflict',
  category: 'gateway',
  severity: 'error',
  title: 'Two Gateways of the same pods open the same port for the same host',
  why: 'Istio merges them oldest first and drops what comes second, so that routes bound to it may never be used.',
  fix: 'Keep the host in one Gateway, or give the other a port or pods of its own.',
  alsoKnownAs: ['KIA0301'],
  analyzers: ['gateway.ConflictingGatewayAnalyzer'],
  reads: ['Gateway'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: one, namespace: ingress }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*.example.com"] }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: two, namespace: ingress }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*.example.com"] }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: one, namespace: ingress }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.example.com] }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: two, namespace: ingress }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [www.example.com] }] }
    `,
  },

  *check(mesh) {
    const byPort = new Map<number, HostIndex<Gateway>>();
    const wildByPort = new Map<number, { readonly gateway: Gateway; readonly host: string }[]>();
    for (const gateway of mesh.gateways) {
      for (const { port, hosts } of gateway.servers) {
        const index = byPort.get(port) ?? new HostIndex<Gateway>();
        byPort.set(port, index);
        const list = wildByPort.get(port) ?? [];
        wildByPort.set(port, list);
        for (const { written } of hosts) {
          index.add(written, gateway);
          list.push({ gateway, host: written });
        }
      }
    }
    for (const on of mesh.gateways) {
      for (const server of on.servers) {
        const rivals = new Set<Gateway>();
        for (const { written } of server.hosts) {
          for (const { values } of byPort.get(server.port)?.covering(written) ?? []) for (const other of values) rivals.add(other);
          // What a wildcard covers is not found by asking for the wildcard.
          if (written.startsWith('*')) for (const { gateway, host } of wildByPort.get(server.port) ?? []) if (covers(written, host)) rivals.add(gateway);
        }
        const names = [...rivals].filter(other => other !== on && mayShareAPod(on, other)).map(({ namespace, name }) => `${namespace === '' ? '' : `${namespace}/`}${name}`).sort();
        if (names.length > 0) {
          yield { on, at: `${server.path}.hosts`, message: `port ${server.port} of ${selectorText(on.selector) || 'every gateway'} has ${server.hosts.map(({ written }) => written).join(', ')} in ${names.join(', ')} too` };
        }
      }
    }
  },
});

/** Whether every pod of one is a pod of the other. */
function mayShareAPod(a: Gateway, b: Gateway): boolean {
  return selects(a.selector, b.selector) || selects(b.selector, a.selector);
}
