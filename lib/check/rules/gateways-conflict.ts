import { covers, HostIndex, indexes, indexOf, selects, selectorText, type Gateway } from '../../mesh/index.ts';
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
  of: ['Gateway'],
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

  *check(on, mesh) {
    for (const server of on.servers) {
      const hosts = new HostIndex<Gateway>(host => mesh.at(gatewaysByPortAndHost, `${server.port} ${host}`));
      const rivals = new Set<Gateway>();
      for (const { written } of server.hosts) {
        for (const { values } of hosts.covering(written)) for (const other of values) rivals.add(other);
        // What a wildcard covers is not found by asking for the wildcard.
        if (written.startsWith('*')) for (const other of mesh.at(indexes.gatewaysByPort, String(server.port))) if (opens(other, server.port, written)) rivals.add(other);
      }
      const names = [...rivals].filter(other => other !== on && mayShareAPod(on, other)).map(({ namespace, name }) => `${namespace === '' ? '' : `${namespace}/`}${name}`).sort();
      if (names.length > 0) {
        yield { at: `${server.path}.hosts`, message: `port ${server.port} of ${selectorText(on.selector) || 'every gateway'} has ${server.hosts.map(({ written }) => written).join(', ')} in ${names.join(', ')} too` };
      }
    }
  },
});

const gatewaysByPortAndHost = indexOf('gateway port and host', ['Gateway'], ({ servers }) => servers.flatMap(({ port, hosts }) => HostIndex.keys(hosts.map(({ written }) => written)).map(host => `${port} ${host}`)));

function opens({ servers }: Gateway, port: number, wildcard: string): boolean {
  return servers.some(server => server.port === port && server.hosts.some(({ written }) => covers(wildcard, written)));
}

/** Whether every pod of one is a pod of the other. */
function mayShareAPod(a: Gateway, b: Gateway): boolean {
  return selects(a.selector, b.selector) || selects(b.selector, a.selector);
}
