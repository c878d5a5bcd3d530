import { field, list, mapping, number, text, texts } from '../../manifest/index.ts';
import { protocolNamed } from '../../mesh/index.ts';
import { dnsLabel, isDnsLabel, isIp, isSubnet, port, unixAddress, whyNoFqdn, wildcardDomain } from './names.ts';
import { shown, warn, type Say } from './said.ts';
import { duplicate, exportTo, labels, workloadSelector } from './selection.ts';

export function serviceEntry(say: Say, spec: unknown, namespace: string, labelled: unknown): void {
  const hosts = texts(field(spec, 'hosts'));
  const addresses = texts(field(spec, 'addresses'));
  const endpoints = list(field(spec, 'endpoints'));
  const ports = list(field(spec, 'ports'));
  const resolution = text(field(spec, 'resolution')) ?? 'NONE';
  const selected = mapping(field(spec, 'workloadSelector')) !== undefined;
  if (!workloadSelector(say, field(spec, 'workloadSelector'), 'spec.workloadSelector', 'labels')) return;
  if (selected && endpoints.length > 0) say({ path: 'spec', message: 'only one of workloadSelector and endpoints can be set' });
  if (hosts.length === 0) say({ path: 'spec.hosts', message: 'a ServiceEntry needs a host' });
  for (const [i, host] of hosts.entries()) {
    if (host === '*') say({ path: `spec.hosts[${i}]`, message: 'a ServiceEntry cannot be for every host' });
    else wildcardDomain(say, host, `spec.hosts[${i}]`);
    if (resolution !== 'DYNAMIC_DNS' && host.startsWith('*') && host !== '*' && !host.startsWith('*.')) say(warn(`spec.hosts[${i}]`, `a wildcard for part of a name matches nothing in most places, got ${shown(host)}`));
  }
  for (const [i, address] of addresses.entries()) {
    if (!isSubnet(address)) say({ path: `spec.addresses[${i}]`, message: `must be an IP address or a CIDR range, got ${shown(address)}` });
    else if (address.includes('/') && resolution !== 'NONE' && resolution !== 'STATIC') say({ path: `spec.addresses[${i}]`, message: `a range is for resolution NONE and STATIC only, got ${shown(address)}` });
  }
  entryPorts(say, ports, addresses.length > 0 || allocates(resolution, labelled));
  byResolution(say, resolution, { spec, hosts, addresses, endpoints, ports, selected, labelled });
  const opaque = ports.some(one => !namesHost(text(field(one, 'protocol')) ?? ''));
  if (hosts.length > 1 && opaque && resolution !== 'NONE' && resolution !== 'DYNAMIC_DNS') say({ path: 'spec.hosts', message: 'several hosts need HTTP or TLS, which say the host' });
  exportTo(say, field(spec, 'exportTo'), namespace, 'spec.exportTo', { nobody: true });
}

/** Whether requests of a protocol say the host that they are for. */
function namesHost(protocol: string): boolean {
  return ['http', 'http2', 'http_proxy', 'grpc', 'grpc-web', 'https', 'tls'].includes(protocol.toLowerCase());
}

/** Whether istiod gives a ServiceEntry without addresses some of its own: not where the proxies cannot use them, and not where its label says no. */
function allocates(resolution: string, labelled: unknown): boolean {
  return resolution !== 'NONE' && text(field(labelled, 'networking.istio.io/enable-autoallocate-ip'))?.toLowerCase() !== 'false';
}

function entryPorts(say: Say, ports: readonly unknown[], addressed: boolean): void {
  const names = new Set<string>();
  const numbers = new Set<number>();
  for (const [i, one] of ports.entries()) {
    const path = `spec.ports[${i}]`;
    if (!mapping(one)) {
      say({ path, message: 'a port must not be null' });
      continue;
    }
    const name = text(field(one, 'name')) ?? '';
    const value = number(field(one, 'number')) ?? 0;
    const protocol = text(field(one, 'protocol')) ?? '';
    if (names.has(name)) say(duplicate(`${path}.name`, 'the port name', name));
    if (numbers.has(value)) say(duplicate(`${path}.number`, 'port', value));
    names.add(name);
    numbers.add(value);
    const target = number(field(one, 'targetPort')) ?? 0;
    if (target !== 0) port(say, target, `${path}.targetPort`);
    dnsLabel(say, name, `${path}.name`, 'the name of a port');
    if (protocol !== '' && protocolNamed(protocol) === undefined) say({ path: `${path}.protocol`, message: `Istio knows no protocol ${shown(protocol)}` });
    port(say, value, `${path}.number`);
    if (!addressed && (protocol === '' || protocol === 'TCP')) say(warn(path, 'a TCP port without addresses takes all traffic on its number'));
  }
}

interface Parts {
  readonly spec: unknown;
  readonly hosts: readonly string[];
  readonly addresses: readonly string[];
  readonly endpoints: readonly unknown[];
  readonly ports: readonly unknown[];
  readonly selected: boolean;
  readonly labelled: unknown;
}

function byResolution(say: Say, resolution: string, { spec, hosts, addresses, endpoints, ports, selected, labelled }: Parts): void {
  switch (resolution) {
    case 'NONE':
      if (endpoints.length > 0) say({ path: 'spec.endpoints', message: 'with resolution NONE there can be no endpoints' });
      if (selected) say(warn('spec.workloadSelector', 'with resolution NONE a workloadSelector has no effect'));
      return;
    case 'STATIC':
      for (const [i, endpoint] of endpoints.entries()) {
        workloadEntry(say, endpoint, `spec.endpoints[${i}]`, false);
        for (const name of Object.keys(mapping(field(endpoint, 'ports')) ?? {})) {
          if (!ports.some(one => text(field(one, 'name')) === name)) say({ path: `spec.endpoints[${i}].ports.${name}`, message: `${shown(name)} is no port of the ServiceEntry` });
        }
        if ((text(field(endpoint, 'address')) ?? '').startsWith('unix://') && ports.length !== 1) say({ path: 'spec.ports', message: 'a Unix domain socket serves exactly one port' });
      }
      return;
    case 'DNS':
    case 'DNS_ROUND_ROBIN':
      if (endpoints.length === 0) {
        for (const [i, host] of hosts.entries()) {
          const why = whyNoFqdn(host);
          if (why !== undefined) say({ path: `spec.hosts[${i}]`, message: `DNS needs a full name to look up, or endpoints, got ${shown(host)}: ${why}` });
        }
      }
      if (resolution === 'DNS_ROUND_ROBIN' && endpoints.length > 1) say({ path: 'spec.endpoints', message: 'DNS_ROUND_ROBIN takes one endpoint at most' });
      for (const [i, endpoint] of endpoints.entries()) {
        const path = `spec.endpoints[${i}]`;
        const address = text(field(endpoint, 'address')) ?? '';
        if (!isIp(address) && whyNoFqdn(address) !== undefined) say({ path: `${path}.address`, message: `must be a domain name or an IP address, got ${shown(address)}` });
        labels(say, field(endpoint, 'labels'), `${path}.labels`);
        for (const [name, value] of Object.entries(mapping(field(endpoint, 'ports')) ?? {})) {
          if (!ports.some(one => text(field(one, 'name')) === name)) say({ path: `${path}.ports.${name}`, message: `${shown(name)} is no port of the ServiceEntry` });
          port(say, number(value) ?? 0, `${path}.ports.${name}`);
        }
      }
      if (hosts.length > 1 && addresses.length > 0 && ports.some(one => ['tcp', 'https', 'tls', 'mongo', 'redis', 'mysql'].includes((text(field(one, 'protocol')) ?? '').toLowerCase()))) {
        say(warn('spec.hosts', 'several hosts share the addresses, so that TCP traffic goes to whichever comes first'));
      }
      return;
    case 'DYNAMIC_DNS':
      for (const [i, host] of hosts.entries()) if (!host.startsWith('*')) say({ path: `spec.hosts[${i}]`, message: `DYNAMIC_DNS is for wildcards, got ${shown(host)}` });
      if (addresses.length > 0) say({ path: 'spec.addresses', message: 'with resolution DYNAMIC_DNS there can be no addresses' });
      if (endpoints.length > 0) say({ path: 'spec.endpoints', message: 'with resolution DYNAMIC_DNS there can be no endpoints' });
      for (const [i, one] of ports.entries()) {
        const protocol = text(field(one, 'protocol')) ?? '';
        if (!['http', 'tls', 'grpc', 'http2', 'https'].includes(protocol.toLowerCase()) || protocol.toLowerCase() === 'https') {
          say({ path: `spec.ports[${i}].protocol`, message: `DYNAMIC_DNS takes HTTP, HTTP2, GRPC and TLS, got ${shown(protocol)}` });
        }
      }
      if (field(spec, 'location') === 'MESH_INTERNAL' && (text(field(labelled, 'istio.io/use-waypoint')) ?? '') !== '') say({ path: 'spec.location', message: 'DYNAMIC_DNS with a waypoint is for MESH_EXTERNAL' });
      return;
    default:
      say({ path: 'spec.resolution', message: `Istio knows no resolution ${shown(resolution)}` });
  }
}

/** A WorkloadEntry, or an endpoint that has the same fields. */
export function workloadEntry(say: Say, entry: unknown, path: string, names = true): void {
  if (!mapping(entry)) return;
  const address = text(field(entry, 'address')) ?? '';
  const network = text(field(entry, 'network')) ?? '';
  const ports = Object.entries(mapping(field(entry, 'ports')) ?? {});
  if (address === '' && network === '') say({ path: `${path}.address`, message: 'an address is required, or a network' });
  else if (address === '') say(warn(`${path}.address`, 'without an address it is reached through the gateway of its network'));
  else if (address.startsWith('unix://')) {
    unixAddress(say, address, `${path}.address`);
    if (ports.length > 0) say({ path: `${path}.ports`, message: 'a Unix domain socket has no ports' });
  } else if (!isIp(address) && (!names || whyNoFqdn(address) !== undefined)) say({ path: `${path}.address`, message: `must be an IP address${names ? ' or a domain name' : ''}, got ${shown(address)}` });
  for (const [name, value] of ports) {
    if (!isDnsLabel(name)) say({ path: `${path}.ports[${JSON.stringify(name)}]`, message: `the name of a port must be a DNS label, got ${shown(name)}` });
    port(say, number(value) ?? 0, `${path}.ports[${JSON.stringify(name)}]`);
  }
  labels(say, field(entry, 'labels'), `${path}.labels`);
}
