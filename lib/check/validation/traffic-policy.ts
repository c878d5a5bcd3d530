import { boolean, field, list, mapping, number, text, texts } from '../../manifest/index.ts';
import { isIp, port, whyNoFqdn } from './names.ts';
import { refusals, shown, warn, type Say } from './said.ts';
import { duration, durations, notNegative, percent } from './values.ts';
import { localityLoadBalancer } from './locality.ts';

const policies = ['outlierDetection', 'connectionPool', 'loadBalancer', 'tls', 'portLevelSettings', 'tunnel', 'proxyProtocol', 'retryBudget'] as const;

/** How clients connect to a host: of a DestinationRule, or of one of its subsets. */
export function trafficPolicy(say: Say, policy: unknown, path: string, namespace: string): void {
  if (!mapping(policy)) return;
  if (!policies.some(name => mapping(field(policy, name)) ?? list(field(policy, name)).length > 0)) say({ path, message: 'a traffic policy must say something' });
  if (mapping(field(policy, 'tunnel')) && mapping(field(policy, 'proxyProtocol'))) say({ path, message: 'only one of tunnel and proxyProtocol can be set' });
  connection(say, policy, path, namespace);
  list(field(policy, 'portLevelSettings')).forEach((settings, i) => {
    const at = `${path}.portLevelSettings[${i}]`;
    if (!mapping(settings)) {
      say({ path: at, message: 'the settings of a port must not be null' });
      return;
    }
    if (!mapping(field(settings, 'port'))) say({ path: `${at}.port`, message: 'the settings of a port need the port' });
    if (!['outlierDetection', 'connectionPool', 'loadBalancer', 'tls'].some(name => mapping(field(settings, name)))) say({ path: at, message: 'the settings of a port must say something' });
    connection(refusals(say), settings, at, namespace);
  });
  tunnel(say, field(policy, 'tunnel'), `${path}.tunnel`);
  const version = field(field(policy, 'proxyProtocol'), 'version');
  if (version !== undefined && version !== 'V1' && version !== 'V2') say({ path: `${path}.proxyProtocol.version`, message: `must be V1 or V2, got ${shown(version)}` });
}

function connection(say: Say, policy: unknown, path: string, namespace: string): void {
  outlierDetection(say, field(policy, 'outlierDetection'), `${path}.outlierDetection`);
  connectionPool(say, field(policy, 'connectionPool'), `${path}.connectionPool`);
  loadBalancer(say, field(policy, 'loadBalancer'), `${path}.loadBalancer`, mapping(field(policy, 'outlierDetection')) !== undefined);
  clientTls(say, field(policy, 'tls'), `${path}.tls`, namespace);
}

function outlierDetection(say: Say, value: unknown, path: string): void {
  if (!mapping(value)) return;
  durations(say, value, ['baseEjectionTime', 'interval'], path);
  if ((number(field(value, 'consecutiveErrors')) ?? 0) !== 0) say(warn(`${path}.consecutiveErrors`, 'consecutiveErrors is deprecated; use consecutive5xxErrors or consecutiveGatewayErrors'));
  if ((number(field(value, 'consecutiveLocalOriginFailures')) ?? 0) > 0 && boolean(field(value, 'splitExternalLocalOriginErrors')) !== true) {
    say({ path: `${path}.consecutiveLocalOriginFailures`, message: 'it counts only with splitExternalLocalOriginErrors' });
  }
  percent(say, field(value, 'maxEjectionPercent'), `${path}.maxEjectionPercent`);
  percent(say, field(value, 'minHealthPercent'), `${path}.minHealthPercent`);
}

/** Limits of connections: of a traffic policy, or of a Sidecar. */
export function connectionPool(say: Say, value: unknown, path: string): void {
  if (!mapping(value)) return;
  const http = field(value, 'http');
  const tcp = field(value, 'tcp');
  if (!mapping(http) && !mapping(tcp)) say({ path, message: 'a connection pool needs http or tcp' });
  if (mapping(http)) {
    const at = `${path}.http`;
    notNegative(say, http, ['http1MaxPendingRequests', 'http2MaxRequests', 'maxRequestsPerConnection', 'maxRetries', 'maxConcurrentStreams'], at);
    duration(say, field(http, 'idleTimeout'), `${at}.idleTimeout`);
    if (field(http, 'h2UpgradePolicy') === 'UPGRADE' && field(http, 'useClientProtocol') === true) say({ path: at, message: 'useClientProtocol cannot stand with h2UpgradePolicy UPGRADE' });
    const keepalive = field(http, 'http2KeepAlive') ?? field(http, 'http2Keepalive');
    if (mapping(keepalive)) {
      for (const name of ['interval', 'timeout']) {
        if (field(keepalive, name) === undefined) say({ path: `${at}.http2KeepAlive`, message: `a keepalive needs ${name}` });
        duration(say, field(keepalive, name), `${at}.http2KeepAlive.${name}`);
      }
    }
  }
  if (mapping(tcp)) {
    const at = `${path}.tcp`;
    notNegative(say, tcp, ['maxConnections'], at);
    durations(say, tcp, ['connectTimeout', 'maxConnectionDuration'], at);
    duration(say, field(tcp, 'idleTimeout'), `${at}.idleTimeout`, true);
    durations(say, field(tcp, 'tcpKeepalive'), ['time', 'interval'], `${at}.tcpKeepalive`);
  }
}

function loadBalancer(say: Say, value: unknown, path: string, hasOutlierDetection: boolean): void {
  if (!mapping(value)) return;
  const hash = field(value, 'consistentHash');
  if (mapping(hash)) {
    const at = `${path}.consistentHash`;
    const cookie = field(hash, 'httpCookie');
    if (mapping(cookie)) {
      if ((text(field(cookie, 'name')) ?? '') === '') say({ path: `${at}.httpCookie.name`, message: 'a cookie needs a name' });
      const names = new Set<string>();
      for (const [i, attribute] of list(field(cookie, 'attributes')).entries()) {
        const name = text(field(attribute, 'name')) ?? '';
        if (name === '') say({ path: `${at}.httpCookie.attributes[${i}]`, message: 'an attribute needs a name' });
        else if (names.has(name)) say({ path: `${at}.httpCookie.attributes[${i}]`, message: `attribute ${shown(name)} stands twice` });
        names.add(name);
      }
    }
    const minimum = number(field(hash, 'minimumRingSize')) ?? 0;
    if (minimum !== 0) {
      say(warn(`${at}.minimumRingSize`, 'minimumRingSize is deprecated; use ringHash'));
      if (mapping(field(hash, 'ringHash')) ?? mapping(field(hash, 'maglev'))) say({ path: at, message: 'only one of minimumRingSize, ringHash and maglev can be set' });
    }
    const maglev = field(hash, 'maglev');
    const size = number(field(maglev, 'tableSize')) ?? 0;
    if (mapping(maglev) && (size === 0 || size >= 5_000_011 || !isPrime(size))) say({ path: `${at}.maglev.tableSize`, message: `must be a prime below 5000011, got ${size}` });
  }
  localityLoadBalancer(say, value, path, hasOutlierDetection);
  const warmup = field(value, 'warmup');
  if (mapping(warmup)) {
    if (field(warmup, 'duration') === undefined) say({ path: `${path}.warmup.duration`, message: 'a warm-up needs a duration' });
    duration(say, field(warmup, 'duration'), `${path}.warmup.duration`);
    const least = number(typeof field(warmup, 'minimumPercent') === 'object' ? field(field(warmup, 'minimumPercent'), 'value') : field(warmup, 'minimumPercent'));
    if (least !== undefined && (least < 0 || least > 100)) say({ path: `${path}.warmup.minimumPercent`, message: `must be between 0 and 100, got ${least}` });
  }
  duration(say, field(value, 'warmupDurationSecs'), `${path}.warmupDurationSecs`);
}

function isPrime(value: number): boolean {
  for (let factor = 2; factor * factor <= value; factor++) if (value % factor === 0) return false;
  // Envoy takes 1 for a prime.
  return value > 0;
}

function clientTls(say: Say, tls: unknown, path: string, namespace: string): void {
  if (!mapping(tls)) return;
  const given = (name: string): string => text(field(tls, name)) ?? '';
  const mode = text(field(tls, 'mode')) ?? 'DISABLE';
  const credential = given('credentialName');
  if (credential.startsWith('configmap://')) {
    const [from = '', name = ''] = credential.slice('configmap://'.length).split('/');
    if (from === '' || name === '') say({ path: `${path}.credentialName`, message: `must be configmap://namespace/name, got ${shown(credential)}` });
    else if (from !== namespace) say({ path: `${path}.credentialName`, message: `a ConfigMap of another namespace cannot be used, got ${shown(credential)}` });
  }
  const insecure = field(tls, 'insecureSkipVerify') === true;
  const certificates = ['clientCertificate', 'privateKey', 'caCertificates', 'caCrl'];
  if (insecure && (mode === 'SIMPLE' || mode === 'MUTUAL')) {
    const pointless = (mode === 'SIMPLE' ? ['caCertificates', 'credentialName'] : ['caCertificates']).filter(name => given(name) !== '');
    if (texts(field(tls, 'subjectAltNames')).length > 0) pointless.push('subjectAltNames');
    if (pointless.length > 0) say({ path, message: `insecureSkipVerify verifies nothing, so it cannot stand with ${pointless.join(', ')}` });
  }
  if ((mode === 'SIMPLE' || mode === 'MUTUAL') && credential !== '') {
    const both = certificates.filter(name => given(name) !== '');
    if (both.length > 0) say({ path, message: `credentialName cannot stand with ${both.join(', ')}` });
  }
  if (mode === 'MUTUAL' && credential === '') {
    for (const name of ['clientCertificate', 'privateKey']) if (given(name) === '') say({ path: `${path}.${name}`, message: `mutual TLS needs ${name}, or a credentialName` });
  }
}

function tunnel(say: Say, value: unknown, path: string): void {
  if (!mapping(value)) return;
  const protocol = text(field(value, 'protocol')) ?? '';
  if (protocol !== '' && protocol !== 'CONNECT' && protocol !== 'POST') say({ path: `${path}.protocol`, message: `must be CONNECT or POST, got ${shown(protocol)}` });
  const host = text(field(value, 'targetHost')) ?? '';
  if (!isIp(host) && whyNoFqdn(host) !== undefined) say({ path: `${path}.targetHost`, message: `must be a domain name or an IP address, got ${shown(host)}` });
  port(say, number(field(value, 'targetPort')) ?? 0, `${path}.targetPort`);
}
