import { intervalOf } from '../addresses.ts';
import type { Clause } from '../conditions.ts';
import { connectionMatchOf, type ConnectionMatch } from '../entities/http-match.ts';
import { covers } from '../entities/hosts.ts';
import { selects } from '../entities/selector.ts';
import type { Route, VirtualService } from '../entities/virtual-service.ts';
import type { Mesh } from '../mesh.ts';
import type { ConnectionRule, ConnectionStage } from '../treatments.ts';
import type { RouteContext } from './http-rules.ts';
import { weighted } from './http-treatment.ts';
import type { RegisteredPort, RegisteredService } from './registered-service.ts';

/**
 * What a sidecar does with connections to a service whose port is TLS: by the server name that the client asks for. Once a
 * VirtualService has a rule for it, other names are unknown traffic.
 *
 * Source: istio/istio pilot/pkg/networking/core/tls.go
 */
export function tlsStage(mesh: Mesh, services: readonly VirtualService[], context: RouteContext, service: RegisteredService, port: RegisteredPort): ConnectionStage {
  const rules: ConnectionRule[] = [];
  const handled = new Set<string>();
  for (const own of services) {
    for (const { route, match, at } of matchesOf(own, 'tls')) {
      if (!match || !holdsAt(match, own, context) || route.destinations.length === 0) continue;
      const key = JSON.stringify([match.sniHosts, match.destinationSubnets]);
      if (handled.has(key)) continue;
      handled.add(key);
      rules.push(ruleOf(own, route, at, [...sniClause(match.sniHosts), ...subnetClause(match.destinationSubnets)]));
    }
  }
  if (rules.length === 0) {
    const named = service.dialled === 'any address' || service.addresses.some(address => address.includes('/'));
    rules.push(defaultConnection(service, port, named ? sniClause([service.host]) : []));
  }
  return { rules: bySpecificity(rules), otherwise: { kind: 'unknown traffic' } };
}

/** What a sidecar does with other connections to a service: the first rule without a subnet ends the list. */
export function tcpStage(mesh: Mesh, services: readonly VirtualService[], context: RouteContext, service: RegisteredService, port: RegisteredPort): ConnectionStage {
  const rules: ConnectionRule[] = [];
  for (const own of services) {
    for (const { route, match, at } of matchesOf(own, 'tcp')) {
      if ((match && !holdsAt(match, own, context)) || route.destinations.length === 0) continue;
      rules.push(ruleOf(own, route, at, subnetClause(match?.destinationSubnets ?? [])));
      if (!match || match.destinationSubnets.length === 0) return { rules: bySpecificity(rules), otherwise: { kind: 'unknown traffic' } };
    }
  }
  return { rules: [...bySpecificity(rules), defaultConnection(service, port, [])], otherwise: { kind: 'unknown traffic' } };
}

/** What a gateway does with connections that it does not decrypt: one rule a server name. Later rules for a name that is taken are left out. */
export function passthroughRules(mesh: Mesh, services: readonly VirtualService[], gateway: string, port: number): readonly ConnectionRule[] {
  const rules: ConnectionRule[] = [];
  const taken = new Set<string>();
  for (const own of services) {
    for (const { route, match, at } of matchesOf(own, 'tls')) {
      if (!match || !atGateway(match, own, gateway, port) || route.destinations.length === 0) continue;
      const names = match.sniHosts.filter(name => !taken.has(name));
      if (names.length === 0 && match.sniHosts.length > 0) continue;
      for (const name of names) taken.add(name);
      rules.push(ruleOf(own, route, at, sniClause(names)));
    }
  }
  return bySpecificity(rules);
}

/** The one rule that a gateway has for connections of a TCP server. */
export function gatewayTcpRule(mesh: Mesh, services: readonly VirtualService[], gateway: string, port: number): ConnectionRule | undefined {
  for (const own of services) {
    for (const { route, match, at } of matchesOf(own, 'tcp')) {
      if ((match && !atGateway(match, own, gateway, port)) || route.destinations.length === 0) continue;
      return ruleOf(own, route, at, []);
    }
  }
  return undefined;
}

interface Matched {
  readonly route: Route;
  readonly match: ConnectionMatch | undefined;
  readonly at: string;
}

function matchesOf(service: VirtualService, kind: 'tls' | 'tcp'): Matched[] {
  return service.routes.filter(route => route.kind === kind).flatMap((route): Matched[] => (route.matches.length === 0
    ? [{ route, match: undefined, at: route.path }]
    : route.matches.map((raw, i) => ({ route, match: connectionMatchOf(raw, `${route.path}.match[${i}]`), at: `${route.path}.match[${i}]` }))));
}

function holdsAt(match: ConnectionMatch, { namespace }: VirtualService, { gateway, port, namespace: client, labels }: RouteContext): boolean {
  return (match.port === undefined || port === undefined || match.port === port)
    && (match.gateways.length === 0 || match.gateways.some(name => namesGateway(name, namespace, gateway)))
    && selects(match.sourceLabels, labels) && (match.sourceNamespace === '' || match.sourceNamespace === client);
}

function atGateway(match: ConnectionMatch, { namespace }: VirtualService, gateway: string, port: number): boolean {
  return (match.port === undefined || match.port === port) && (match.gateways.length === 0 || match.gateways.some(name => namesGateway(name, namespace, gateway)));
}

function namesGateway(name: string, namespace: string, gateway: string): boolean {
  return name === gateway || (name !== 'mesh' && !name.includes('/') && `${namespace}/${name}` === gateway);
}

function ruleOf(on: VirtualService, route: Route, at: string, all: readonly Clause[]): ConnectionRule {
  const taken = weighted(route.destinations.map(destination => ({ ...destination, weight: destination.weight ?? 0 })));
  return {
    all,
    treatment: { kind: 'forward', destinations: taken.map(({ fullHost, subset, port, weight }) => ({ to: { host: fullHost, subset, port }, weight: taken.length === 1 ? 1 : weight })) },
    from: { on, at },
    shares: taken.map(({ path }) => ({ on, at: path })),
  };
}

function defaultConnection(service: RegisteredService, port: RegisteredPort, all: readonly Clause[]): ConnectionRule {
  const [on] = service.owners;
  if (!on) throw new Error(`a service of ${service.host} has no object`);
  const from = { on, at: `spec.ports[${Math.max(0, on.ports.findIndex(({ number }) => number === port.number))}]` };
  return { all, treatment: { kind: 'forward', destinations: [{ to: { host: service.host, subset: '', port: port.number }, weight: 1 }] }, from, shares: [from] };
}

export function sniClause(names: readonly string[]): readonly Clause[] {
  if (names.length === 0 || names.includes('*')) return [];
  return [{ dim: 'sni', any: names.map(value => ({ dim: 'sni', test: 'host', value })) }];
}

function subnetClause(subnets: readonly string[]): readonly Clause[] {
  const intervals = subnets.flatMap(subnet => intervalOf(subnet) ?? []);
  return subnets.length === 0 ? [] : [{ dim: 'destination.ip', any: [{ dim: 'destination.ip', test: 'range', intervals }] }];
}

/** Envoy takes the chain whose addresses, then whose server name is the most specific; as a list that is the first. */
function bySpecificity(rules: readonly ConnectionRule[]): readonly ConnectionRule[] {
  const weight = (rule: ConnectionRule, dim: 'sni' | 'destination.ip'): number => Math.max(0, ...rule.all.filter(clause => clause.dim === dim).flatMap(({ any }) => any.map(pred => {
    if (pred.test === 'host') return pred.value.startsWith('*') ? pred.value.length : 1000 + pred.value.length;
    return pred.test === 'range' ? Math.max(0, ...pred.intervals.map(({ low, high }) => sharedDigits(low, high) + 1)) : 0;
  })));
  return [...rules].sort((a, b) => weight(b, 'destination.ip') - weight(a, 'destination.ip') || weight(b, 'sni') - weight(a, 'sni'));
}

function sharedDigits(low: string, high: string): number {
  return 128 - (BigInt(`0x${low}`) ^ BigInt(`0x${high}`)).toString(2).length;
}

/** Whether a host of a VirtualService and a host of a server have a name in common, and the namespace is one that the server lets in. */
export function meetsServer(service: VirtualService, hosts: readonly { readonly namespace: string; readonly host: string }[]): boolean {
  return hosts.some(({ namespace, host }) => (namespace === '*' || namespace === service.namespace) && service.fullHosts.some(own => covers(host, own) || covers(own, host)));
}
