import type { L4MatchAttributes, TCPRoute, TLSMatchAttributes, TLSRoute } from '../l1.ts';
import type { RequestTest } from '../values/match.ts';
import type { TextMatch } from '../values/text-match.ts';
import { weighted } from './http-route.ts';
import type { RequestSet } from './request-set.ts';
import { inOrder } from './route-order.ts';
import type { Share } from './routing.ts';

/** Connections that look alike, and where they go. */
export interface Layer4Route {
  readonly kind: 'tcp' | 'tls';
  /** The port of the service. @default - every port of that kind */
  readonly port?: number | undefined;
  /** Server names, for TLS. */
  readonly sniHosts: readonly string[];
  /** Addresses that were dialled. */
  readonly destinationSubnets: readonly string[];
  readonly sourceLabels?: Readonly<Record<string, string>> | undefined;
  readonly sourceNamespace?: string | undefined;
  readonly shares: readonly Share[];
  readonly declaredBy: string;
}

/** Where connections go unless a route says otherwise. */
export interface Destinations {
  readonly host: string;
  readonly port: (route: Layer4Route) => number | undefined;
}

/** Prints routes for connections, in the order in which those of requests stand. @throws when one could never match */
export function layer4Routes(routes: readonly Layer4Route[], { host, port }: Destinations): { readonly tcp: TCPRoute[]; readonly tls: TLSRoute[] } {
  const ordered = (kind: Layer4Route['kind']): readonly Layer4Route[] => inOrder(routes.filter(route => route.kind === kind).map(route => ({ ...route, matches: connectionSet(route) })));
  return {
    tcp: ordered('tcp').map(route => {
      const match = matched(route);
      return { ...(Object.keys(match).length === 0 ? {} : { match: [match] }), route: weighted(route.shares, { host, port: port(route) }) };
    }),
    tls: ordered('tls').map(route => {
      const match: TLSMatchAttributes = { sniHosts: [...route.sniHosts], ...matched(route) };
      return { match: [match], route: weighted(route.shares, { host, port: port(route) }) };
    }),
  };
}

function matched({ port, destinationSubnets, sourceLabels, sourceNamespace }: Layer4Route): L4MatchAttributes {
  return {
    ...(port === undefined ? {} : { port }),
    ...(destinationSubnets.length === 0 ? {} : { destinationSubnets: [...destinationSubnets] }),
    ...(sourceLabels ? { sourceLabels: { ...sourceLabels } } : {}),
    ...(sourceNamespace === undefined ? {} : { sourceNamespace }),
  };
}

/** The connections of a route, as sets of requests are compared: server names stand for the authority, addresses for a header. */
function connectionSet({ port, sniHosts, destinationSubnets, sourceLabels, sourceNamespace }: Layer4Route): RequestSet {
  const common: RequestTest[] = [
    ...(port === undefined ? [] : [{ on: 'port', port } as const]),
    ...(sourceLabels ? [{ on: 'source', labels: sourceLabels } as const] : []),
    ...(sourceNamespace === undefined ? [] : [{ on: 'namespace', namespace: sourceNamespace } as const]),
  ];
  const names = sniHosts.length === 0 ? [[]] : sniHosts.map((name): RequestTest[] => [{ on: 'authority', test: backwards(name) }]);
  const addresses = destinationSubnets.length === 0 ? [[]] : destinationSubnets.map((subnet): RequestTest[] => [{ on: 'header', name: 'address', test: bits(subnet) }]);
  return names.flatMap(name => addresses.map(address => [...common, ...name, ...address]));
}

/** A name from its end, so that `*.example.com` is a prefix. */
function backwards(name: string): TextMatch {
  const text = [...name.replace(/^\*/, '')].reverse().join('');
  return { kind: name.startsWith('*') ? 'prefix' : 'exact', value: text, ignoreCase: true };
}

/** A range of addresses is a prefix of bits, after the family. */
function bits(subnet: string): TextMatch {
  const [address = '', length = '128'] = subnet.split('/');
  const value = address.includes(':')
    ? `6:${groupsOf(address).map(group => parseInt(group, 16).toString(2).padStart(16, '0')).join('').slice(0, Number(length))}`
    : `4:${address.split('.').map(part => Number(part).toString(2).padStart(8, '0')).join('').slice(0, Number(length))}`;
  return { kind: 'prefix', value };
}

/** The eight groups of an IPv6 address, those that `::` stands for put in. */
function groupsOf(address: string): string[] {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const [, ...bytes] = dotted ?? [];
  const hex = (high = '0', low = '0'): string => (Number(high) * 256 + Number(low)).toString(16);
  const text = dotted ? `${address.slice(0, dotted.index)}${hex(bytes[0], bytes[1])}:${hex(bytes[2], bytes[3])}` : address;
  const [before = [], after] = text.split('::').map(part => part.split(':').filter(group => group !== ''));
  return after ? [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after] : before;
}
