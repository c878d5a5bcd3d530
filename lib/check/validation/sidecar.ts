import { field, list, mapping, number, text, texts } from '../../manifest/index.ts';
import { protocolNamed } from '../../mesh/index.ts';
import { destination } from './destination.ts';
import { dnsLabel, isIp, port, unixAddress, whyNoFqdn } from './names.ts';
import { shown, warn, type Say } from './said.ts';
import { duplicate, workloadSelector } from './selection.ts';
import { namespacedHost, serverTls } from './server.ts';
import { connectionPool } from './traffic-policy.ts';

export function sidecar(say: Say, spec: unknown, { namespace: own }: { readonly namespace: string }): void {
  const ingress = list(field(spec, 'ingress'));
  const egress = list(field(spec, 'egress'));
  const policy = field(spec, 'outboundTrafficPolicy');
  if (ingress.length === 0 && egress.length === 0 && !mapping(policy) && !mapping(field(spec, 'inboundConnectionPool'))) say({ path: 'spec', message: 'a Sidecar must say something' });
  if (!workloadSelector(say, field(spec, 'workloadSelector'), 'spec.workloadSelector', 'labels')) return;
  const ports = new Set<number>();
  for (const [i, listener] of ingress.entries()) ingressListener(say, listener, `spec.ingress[${i}]`, ports);
  connectionPool(say, field(spec, 'inboundConnectionPool'), 'spec.inboundConnectionPool');
  egressListeners(say, egress, own);
  outboundPolicy(say, policy);
}

function listenerPort(say: Say, value: unknown, path: string): void {
  if ((number(field(value, 'targetPort')) ?? 0) !== 0) say({ path: `${path}.targetPort`, message: 'targetPort has no effect here' });
  const name = text(field(value, 'name')) ?? '';
  if (name !== '') dnsLabel(say, name, `${path}.name`, 'the name of a port');
  const protocol = text(field(value, 'protocol')) ?? '';
  if (protocol !== '' && protocolNamed(protocol) === undefined) say({ path: `${path}.protocol`, message: `Istio knows no protocol ${shown(protocol)}` });
}

function ingressListener(say: Say, listener: unknown, path: string, seen: Set<number>): void {
  if (!mapping(listener)) {
    say({ path, message: 'an ingress listener must not be null' });
    return;
  }
  const value = field(listener, 'port');
  const protocol = (text(field(value, 'protocol')) ?? '').toUpperCase();
  if (!mapping(value)) say({ path: `${path}.port`, message: 'an ingress listener needs a port' });
  else {
    const given = number(field(value, 'number')) ?? 0;
    if (seen.has(given)) say(duplicate(`${path}.port.number`, 'port', given));
    seen.add(given);
    listenerPort(say, value, `${path}.port`);
    port(say, given, `${path}.port.number`);
  }
  const bind = text(field(listener, 'bind')) ?? '';
  if (bind !== '' && !isIp(bind)) say({ path: `${path}.bind`, message: `must be an IP address, got ${shown(bind)}` });
  defaultEndpoint(say, text(field(listener, 'defaultEndpoint')) ?? '', `${path}.defaultEndpoint`);
  const tls = field(listener, 'tls');
  if (mapping(tls)) {
    if (protocol !== 'HTTPS' && protocol !== 'TLS') say({ path: `${path}.tls`, message: `tls is for ports of HTTPS and TLS, got ${shown(protocol)}` });
    const pointless = ['subjectAltNames', 'credentialNames', 'tlsCertificates'].filter(name => list(field(tls, name)).length > 0);
    if ((text(field(tls, 'credentialName')) ?? '') !== '') pointless.push('credentialName');
    if (field(tls, 'httpsRedirect') === true) pointless.push('httpsRedirect');
    const mode = text(field(tls, 'mode')) ?? '';
    if (mode === 'ISTIO_MUTUAL' || mode === 'AUTO_PASSTHROUGH') pointless.push(`mode ${mode}`);
    if (pointless.length > 0) say({ path: `${path}.tls`, message: `the ingress of a Sidecar does not support ${pointless.join(', ')}` });
    serverTls(say, tls, `${path}.tls`);
  }
  const pool = field(listener, 'connectionPool');
  connectionPool(say, pool, `${path}.connectionPool`);
  if (mapping(field(pool, 'http')) && !['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB', 'HTTP_PROXY'].includes(protocol)) say(warn(`${path}.connectionPool.http`, `limits of HTTP have no effect on a port of ${protocol === '' ? 'no protocol' : protocol}`));
}

function defaultEndpoint(say: Say, endpoint: string, path: string): void {
  if (endpoint === '') return;
  if (endpoint.startsWith('unix://')) {
    unixAddress(say, endpoint, path);
    return;
  }
  const parts = /^(127\.0\.0\.1|0\.0\.0\.0|\[::1\]|\[::\]|):(\d+)$/.exec(endpoint);
  if (!parts) say({ path, message: `must be an address of the workload itself with a port, such as 127.0.0.1:8080, or a Unix domain socket, got ${shown(endpoint)}` });
  else port(say, Number(parts[2]), path);
}

function egressListeners(say: Say, listeners: readonly unknown[], own: string): void {
  const seen = new Set<string>();
  let open = false;
  for (const [i, listener] of listeners.entries()) {
    const path = `spec.egress[${i}]`;
    if (!mapping(listener)) {
      say({ path, message: 'an egress listener must not be null' });
      continue;
    }
    const value = field(listener, 'port');
    const bind = text(field(listener, 'bind')) ?? '';
    if (!mapping(value)) {
      if (i !== listeners.length - 1) say({ path, message: 'an egress listener without a port takes all ports; it must be the last' });
      if (open) say({ path, message: 'there may be one egress listener without a port' });
      open = true;
    } else {
      const given = number(field(value, 'number')) ?? 0;
      listenerPort(say, value, `${path}.port`);
      if (given === 0) {
        if (!bind.startsWith('unix://')) say({ path: `${path}.port.number`, message: 'a port of 0 needs a Unix domain socket as bind' });
        else unixAddress(say, bind, `${path}.bind`);
        const mode = text(field(listener, 'captureMode')) ?? 'DEFAULT';
        if (mode !== 'DEFAULT' && mode !== 'NONE') say({ path: `${path}.captureMode`, message: `a Unix domain socket captures nothing, got ${shown(mode)}` });
      } else {
        port(say, given, `${path}.port.number`);
        if (bind !== '' && !isIp(bind)) say({ path: `${path}.bind`, message: `must be an IP address, got ${shown(bind)}` });
      }
      const key = given === 0 ? bind : String(given);
      if (seen.has(key)) say(duplicate(`${path}.port`, 'port', key));
      seen.add(key);
    }
    egressHosts(say, texts(field(listener, 'hosts')), `${path}.hosts`, own);
  }
}

function egressHosts(say: Say, hosts: readonly string[], path: string, own: string): void {
  if (hosts.length === 0) say({ path, message: 'an egress listener needs hosts' });
  const seen = new Map<string, Set<string>>();
  for (const [i, host] of hosts.entries()) {
    const at = `${path}[${i}]`;
    namespacedHost(say, host === '~/*' ? '*/*' : host.replace(/^~(?!\/)/, '').replace(/^~\//, '*/'), at, { addresses: false }, true);
    const slash = host.indexOf('/');
    if (slash === -1) continue;
    const [given, name] = [host.slice(0, slash), host.slice(slash + 1)];
    const namespace = given === '.' ? own : given;
    const known = seen.get(namespace) ?? new Set();
    if (name === '*' ? known.size > 0 : known.has(name) || known.has('*')) say(warn(at, `${shown(host)} and what stands before it have hosts in common`));
    seen.set(namespace, known.add(name));
  }
  // What is taken away from everything (~) says something.
  if (seen.get('*')?.has('*') && [...seen.keys()].some(namespace => namespace !== '*' && !namespace.startsWith('~'))) say(warn(path, '*/* has everything, so that the other hosts say nothing'));
}

function outboundPolicy(say: Say, policy: unknown): void {
  if (!mapping(policy)) return;
  const path = 'spec.outboundTrafficPolicy';
  const mode = text(field(policy, 'mode')) ?? 'REGISTRY_ONLY';
  if (mode === 'ALLOW_ANY_DYNAMIC_DNS') say({ path: `${path}.mode`, message: 'ALLOW_ANY_DYNAMIC_DNS can be set for the mesh only' });
  const proxy = field(policy, 'egressProxy');
  if (!mapping(proxy)) return;
  if (mode !== 'ALLOW_ANY') say({ path: `${path}.egressProxy`, message: `an egressProxy needs mode ALLOW_ANY, got ${shown(mode)}` });
  const host = text(field(proxy, 'host')) ?? '';
  if (whyNoFqdn(host) !== undefined) say({ path: `${path}.egressProxy.host`, message: `must be a full domain name, got ${shown(host)}` });
  if (!mapping(field(proxy, 'port'))) say({ path: `${path}.egressProxy.port`, message: 'an egressProxy needs a port' });
  destination(say, proxy, `${path}.egressProxy`);
}
