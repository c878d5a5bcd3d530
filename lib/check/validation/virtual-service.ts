import { field, list, mapping, number, texts } from '../../manifest/index.ts';
import { covers } from '../../mesh/index.ts';
import { routeDestinations } from './destination.ts';
import { gatewayNames } from './gateway-names.ts';
import { httpRoute } from './http-route.ts';
import { isIp, isSubnet, port, whyNoWildcardDomain } from './names.ts';
import { refusals, shown, warn, type Say } from './said.ts';
import { exportTo, labels } from './selection.ts';
import { unreachable } from './unreachable-rules.ts';

export function virtualService(say: Say, spec: unknown, namespace: string): void {
  const hosts = texts(field(spec, 'hosts'));
  const gateways = texts(field(spec, 'gateways'));
  const [http, tls, tcp] = [list(field(spec, 'http')), list(field(spec, 'tls')), list(field(spec, 'tcp'))];
  const delegate = hosts.length === 0;
  const gatewaysOnly = gateways.length > 0 && !gateways.includes('mesh');
  // The server names of automatic mTLS may stand where a gateway passes TLS through.
  const sniForm = !gateways.includes('mesh');
  const matchesSni = tls.some(route => list(field(route, 'match')).some(match => texts(field(match, 'sniHosts')).length > 0));
  if (delegate) {
    for (const [name, given] of [['gateways', gateways], ['tls', tls], ['tcp', tcp]] as const) {
      if (given.length > 0) say({ path: `spec.${name}`, message: `a VirtualService without hosts is a delegate, which cannot have ${name}` });
    }
  }
  gatewayNames(say, gateways, 'spec.gateways');
  hostNames(say, hosts, gatewaysOnly, gatewaysOnly && matchesSni);
  if (http.length + tls.length + tcp.length === 0) say({ path: 'spec', message: 'http, tls or tcp must be provided' });
  http.forEach((route, i) => { httpRoute(say, route, `spec.http[${i}]`, { delegate, gatewaysOnly }); });
  tls.forEach((route, i) => { tlsRoute(say, route, `spec.tls[${i}]`, hosts, sniForm); });
  tcp.forEach((route, i) => { tcpRoute(refusals(say), route, `spec.tcp[${i}]`); });
  exportTo(say, field(spec, 'exportTo'), namespace, 'spec.exportTo');
  unreachable(say, 'http', http);
  unreachable(say, 'tcp', tcp);
  unreachable(say, 'tls', tls);
}

function hostNames(say: Say, hosts: readonly string[], gatewaysOnly: boolean, sniForm: boolean): void {
  let valid = true;
  hosts.forEach((host, i) => {
    const why = isIp(host) || (sniForm && isSniForm(host)) ? undefined : whyNoWildcardDomain(host);
    if (why !== undefined) {
      valid = false;
      say({ path: `spec.hosts[${i}]`, message: `a host must be a domain name or an IP address, got ${shown(host)}: ${why}` });
    } else if (host === '*' && !gatewaysOnly) {
      valid = false;
      say({ path: `spec.hosts[${i}]`, message: 'every host ("*") can be taken at gateways only, not in the mesh' });
    }
  });
  if (valid) overlappingHosts(say, hosts);
}

function overlappingHosts(say: Say, hosts: readonly string[]): void {
  const before = new Set<string>();
  const wildcards: string[] = [];
  hosts.forEach((host, i) => {
    // Hosts overlap that are the same, or of which one is a wildcard; there are few of those.
    const wider = before.has(host) ? host : wildcards.find(other => covers(other, host)) ?? (host.startsWith('*') ? [...before].find(other => covers(host, other)) : undefined);
    if (wider !== undefined) say({ path: `spec.hosts[${i}]`, message: `${shown(host)} and ${shown(wider)} overlap` });
    before.add(host);
    if (host.startsWith('*')) wildcards.push(host);
  });
}

/** The server name that mutual TLS between clusters uses: `outbound_.80_.subset_.host`. */
function isSniForm(host: string): boolean {
  return host.length <= 255 && /^outbound_[^_]*\d[^_]*_[^_]*_[^_]*[a-zA-Z]/.test(host);
}

function tlsRoute(say: Say, route: unknown, path: string, hosts: readonly string[], sniForm: boolean): void {
  const matches = list(field(route, 'match'));
  if (matches.length === 0) say({ path: `${path}.match`, message: 'a TLS route needs a match' });
  for (const [i, match] of matches.entries()) {
    const at = `${path}.match[${i}]`;
    if (!mapping(match)) {
      say({ path: at, message: 'a match must not be null' });
      continue;
    }
    const sniHosts = texts(field(match, 'sniHosts'));
    if (sniHosts.length === 0) say({ path: `${at}.sniHosts`, message: 'a TLS match needs sniHosts' });
    for (const [j, sni] of sniHosts.entries()) sniHost(say, sni, `${at}.sniHosts[${j}]`, hosts, sniForm);
    layer4(say, match, at);
  }
  if (list(field(route, 'route')).length === 0) say({ path: `${path}.route`, message: 'a TLS route needs destinations' });
  routeDestinations(say, field(route, 'route'), `${path}.route`);
}

function sniHost(say: Say, sni: string, path: string, hosts: readonly string[], sniForm: boolean): void {
  const why = isIp(sni) || (sniForm && isSniForm(sni)) ? undefined : whyNoWildcardDomain(sni);
  if (why !== undefined) {
    say({ path, message: `a server name must be a domain name, got ${shown(sni)}: ${why}` });
    return;
  }
  if (isIp(sni)) {
    say(warn(path, `clients send no server name for an IP address, got ${shown(sni)}`));
    return;
  }
  if (!hosts.some(host => covers(host, sni))) say({ path, message: `the server name ${shown(sni)} is none of the hosts ${hosts.join(', ')}` });
}

function tcpRoute(say: Say, route: unknown, path: string): void {
  for (const [i, match] of list(field(route, 'match')).entries()) {
    const at = `${path}.match[${i}]`;
    if (!mapping(match)) say({ path: at, message: 'a match must not be null' });
    else layer4(say, match, at);
  }
  if (list(field(route, 'route')).length === 0) say({ path: `${path}.route`, message: 'a TCP route needs destinations' });
  routeDestinations(say, field(route, 'route'), `${path}.route`);
}

function layer4(say: Say, match: unknown, path: string): void {
  for (const [i, subnet] of texts(field(match, 'destinationSubnets')).entries()) {
    if (!isSubnet(subnet)) say({ path: `${path}.destinationSubnets[${i}]`, message: `must be an IP address or a CIDR range, got ${shown(subnet)}` });
  }
  const number_ = number(field(match, 'port')) ?? 0;
  if (number_ !== 0) port(say, number_, `${path}.port`);
  labels(say, field(match, 'sourceLabels'), `${path}.sourceLabels`);
  gatewayNames(say, texts(field(match, 'gateways')), `${path}.gateways`);
}
