import { field, list, mapping, number, texts } from '../../manifest/index.ts';
import { covers } from '../../mesh/index.ts';
import { routeDestinations } from './destination.ts';
import { gatewayNames } from './gateway-names.ts';
import { httpRoute } from './http-route.ts';
import { isIp, isSubnet, port, whyNoWildcardDomain } from './names.ts';
import { refusals, shown, warn, type Saying } from './said.ts';
import { exportTo, labels } from './selection.ts';
import { unreachable } from './unreachable-rules.ts';

export function* virtualService(spec: unknown, namespace: string): Saying {
  const hosts = texts(field(spec, 'hosts'));
  const gateways = texts(field(spec, 'gateways'));
  const [http, tls, tcp] = ['http', 'tls', 'tcp'].map(name => list(field(spec, name))) as [readonly unknown[], readonly unknown[], readonly unknown[]];
  const delegate = hosts.length === 0;
  const gatewaysOnly = gateways.length > 0 && !gateways.includes('mesh');
  const sniForm = gateways.some(name => name !== 'mesh');
  if (delegate) {
    for (const [name, given] of [['gateways', gateways], ['tls', tls], ['tcp', tcp]] as const) {
      if (given.length > 0) yield { path: `spec.${name}`, message: `a VirtualService without hosts is a delegate, which cannot have ${name}` };
    }
  }
  yield* gatewayNames(gateways, 'spec.gateways');
  yield* hostNames(hosts, gatewaysOnly, sniForm);
  if (http.length + tls.length + tcp.length === 0) yield { path: 'spec', message: 'http, tls or tcp must be provided' };
  for (const [i, route] of http.entries()) yield* httpRoute(route, `spec.http[${i}]`, { delegate, gatewaysOnly });
  for (const [i, route] of tls.entries()) yield* tlsRoute(route, `spec.tls[${i}]`, hosts, sniForm);
  for (const [i, route] of tcp.entries()) yield* refusals(tcpRoute(route, `spec.tcp[${i}]`));
  yield* exportTo(field(spec, 'exportTo'), namespace, 'spec.exportTo');
  for (const [kind, routes] of [['http', http], ['tcp', tcp], ['tls', tls]] as const) yield* unreachable(kind, routes);
}

function* hostNames(hosts: readonly string[], gatewaysOnly: boolean, sniForm: boolean): Saying {
  let valid = true;
  for (const [i, host] of hosts.entries()) {
    const why = isIp(host) || (sniForm && isSniForm(host)) ? undefined : whyNoWildcardDomain(host);
    if (why !== undefined) {
      valid = false;
      yield { path: `spec.hosts[${i}]`, message: `a host must be a domain name or an IP address, got ${shown(host)}: ${why}` };
    } else if (host === '*' && !gatewaysOnly) {
      valid = false;
      yield { path: `spec.hosts[${i}]`, message: 'every host ("*") can be taken at gateways only, not in the mesh' };
    }
  }
  if (!valid) return;
  for (const [i, host] of hosts.entries()) {
    const wider = hosts.slice(0, i).find(other => covers(other, host) || covers(host, other));
    if (wider !== undefined) yield { path: `spec.hosts[${i}]`, message: `${shown(host)} and ${shown(wider)} overlap` };
  }
}

/** The server name that mutual TLS between clusters uses. */
function isSniForm(host: string): boolean {
  const parts = /^outbound_\.(\d+)_\._\.(.+)$/.exec(host);
  return parts !== null && whyNoWildcardDomain(parts[2] ?? '') === undefined;
}

function* tlsRoute(route: unknown, path: string, hosts: readonly string[], sniForm: boolean): Saying {
  const matches = list(field(route, 'match'));
  if (matches.length === 0) yield { path: `${path}.match`, message: 'a TLS route needs a match' };
  for (const [i, match] of matches.entries()) {
    const at = `${path}.match[${i}]`;
    if (!mapping(match)) {
      yield { path: at, message: 'a match must not be null' };
      continue;
    }
    const sniHosts = texts(field(match, 'sniHosts'));
    if (sniHosts.length === 0) yield { path: `${at}.sniHosts`, message: 'a TLS match needs sniHosts' };
    for (const [j, sni] of sniHosts.entries()) yield* sniHost(sni, `${at}.sniHosts[${j}]`, hosts, sniForm);
    yield* layer4(match, at);
  }
  if (list(field(route, 'route')).length === 0) yield { path: `${path}.route`, message: 'a TLS route needs destinations' };
  yield* routeDestinations(field(route, 'route'), `${path}.route`);
}

function* sniHost(sni: string, path: string, hosts: readonly string[], sniForm: boolean): Saying {
  const why = isIp(sni) || (sniForm && isSniForm(sni)) ? undefined : whyNoWildcardDomain(sni);
  if (why !== undefined) {
    yield { path, message: `a server name must be a domain name, got ${shown(sni)}: ${why}` };
    return;
  }
  if (isIp(sni)) {
    yield warn(path, `clients send no server name for an IP address, got ${shown(sni)}`);
    return;
  }
  if (!hosts.some(host => covers(host, sni))) yield { path, message: `the server name ${shown(sni)} is none of the hosts ${hosts.join(', ')}` };
}

function* tcpRoute(route: unknown, path: string): Saying {
  for (const [i, match] of list(field(route, 'match')).entries()) {
    const at = `${path}.match[${i}]`;
    if (!mapping(match)) yield { path: at, message: 'a match must not be null' };
    else yield* layer4(match, at);
  }
  if (list(field(route, 'route')).length === 0) yield { path: `${path}.route`, message: 'a TCP route needs destinations' };
  yield* routeDestinations(field(route, 'route'), `${path}.route`);
}

function* layer4(match: unknown, path: string): Saying {
  for (const [i, subnet] of texts(field(match, 'destinationSubnets')).entries()) {
    if (!isSubnet(subnet)) yield { path: `${path}.destinationSubnets[${i}]`, message: `must be an IP address or a CIDR range, got ${shown(subnet)}` };
  }
  const number_ = number(field(match, 'port')) ?? 0;
  if (number_ !== 0) yield* port(number_, `${path}.port`);
  yield* labels(field(match, 'sourceLabels'), `${path}.sourceLabels`);
  yield* gatewayNames(texts(field(match, 'gateways')), `${path}.gateways`);
}
