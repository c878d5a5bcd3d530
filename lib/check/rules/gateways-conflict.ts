import { HostIndex, indexes, indexOf, selects, selectorText, type Gateway } from '../../mesh/index.ts';
import { listed, mostListed } from '../listed.ts';
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
        for (const { values } of hosts.covering(written)) addRivals(on, values, rivals);
        // What a wildcard covers is not found by asking for the wildcard.
        if (written === '*') addRivals(on, mesh.at(indexes.gatewaysByPort, String(server.port)), rivals);
        else if (written.startsWith('*')) addRivals(on, mesh.at(gatewaysBelow, `${server.port} ${written.toLowerCase()}`), rivals);
      }
      const names = [...rivals].map(({ namespace, name }) => `${namespace === '' ? '' : `${namespace}/`}${name}`).sort();
      if (names.length > 0) {
        yield { at: `${server.path}.hosts`, message: `port ${server.port} of ${selectorText(on.selector) || 'every gateway'} has ${listed(server.hosts.map(({ written }) => written))} in ${listed(names)} too` };
      }
    }
  },
});

const gatewaysByPortAndHost = indexOf('gateway port and host', ['Gateway'], ({ servers }) => servers.flatMap(({ port, hosts }) => HostIndex.keys(hosts.map(({ written }) => written)).map(host => `${port} ${host}`)));

/** Gateways by port and the wildcards that cover a host of theirs. */
const gatewaysBelow = indexOf('gateway port and host below', ['Gateway'], ({ servers }) => servers.flatMap(({ port, hosts }) => hosts.flatMap(({ written }) => HostIndex.above(written)).map(host => `${port} ${host}`)));

const bySelector = new WeakMap<readonly Gateway[], ReadonlyMap<string, readonly Gateway[]>>();

/** Adds those that may be at the same pods, no more of them than are told. Nearly all have one selector. */
function addRivals(on: Gateway, all: readonly Gateway[], rivals: Set<Gateway>): void {
  let groups = bySelector.get(all);
  if (!groups) bySelector.set(all, groups = grouped(all));
  for (const group of groups.values()) {
    const [first] = group;
    if (!first || !mayShareAPod(on, first)) continue;
    for (const other of group) {
      if (rivals.size > mostListed) return;
      if (other !== on) rivals.add(other);
    }
  }
}

function grouped(all: readonly Gateway[]): Map<string, Gateway[]> {
  const groups = new Map<string, Gateway[]>();
  for (const gateway of all) {
    const selector = selectorText(gateway.selector);
    const group = groups.get(selector);
    if (group) group.push(gateway);
    else groups.set(selector, [gateway]);
  }
  return groups;
}

/** Whether every pod of one is a pod of the other. */
function mayShareAPod(a: Gateway, b: Gateway): boolean {
  return selects(a.selector, b.selector) || selects(b.selector, a.selector);
}
