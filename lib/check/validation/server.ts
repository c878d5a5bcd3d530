import { field, list, mapping, number, text, texts } from '../../manifest/index.ts';
import { protocolNamed } from '../../mesh/index.ts';
import { isDnsLabel, isIp, port, unixAddress, whyNoWildcardDomain } from './names.ts';
import { shown, warn, type Say } from './said.ts';

/** One server of a Gateway. */
export function server(say: Say, value: unknown, path: string): void {
  if (!mapping(value)) {
    say({ path, message: 'a server must not be null' });
    return;
  }
  const hosts = texts(field(value, 'hosts'));
  if (hosts.length === 0) say({ path: `${path}.hosts`, message: 'a server needs hosts' });
  for (const [i, host] of hosts.entries()) namespacedHost(say, host, `${path}.hosts[${i}]`, { addresses: true });
  const bind = text(field(value, 'bind')) ?? '';
  serverPort(say, field(value, 'port'), `${path}.port`, bind);
  if (bind !== '') {
    if (bind.startsWith('unix://')) unixAddress(say, bind, `${path}.bind`);
    else if (!isIp(bind)) say({ path: `${path}.bind`, message: `must be an IP address, or a Unix domain socket such as unix:///path, got ${shown(bind)}` });
  }
  const protocol = (text(field(field(value, 'port'), 'protocol')) ?? '').toUpperCase();
  const tls = field(value, 'tls');
  serverTls(say, tls, `${path}.tls`);
  if ((protocol === 'HTTPS' || protocol === 'TLS') && !mapping(tls)) say({ path: `${path}.tls`, message: `a server of ${protocol} needs tls` });
  if (mapping(tls) && protocol !== 'HTTPS' && protocol !== 'TLS') {
    if (isHttpName(protocol)) {
      if (saysCertificates(tls)) say({ path: `${path}.tls`, message: 'a server of HTTP has no use for certificates; its tls may only redirect to HTTPS' });
    } else if (protocol !== '') say({ path: `${path}.tls`, message: `a server of ${protocol} cannot have tls` });
  }
  if (mapping(tls) && field(tls, 'httpsRedirect') === true && !isHttpName(protocol)) say(warn(`${path}.tls.httpsRedirect`, 'httpsRedirect is for servers of HTTP'));
}

function isHttpName(protocol: string): boolean {
  return ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB', 'HTTP_PROXY'].includes(protocol);
}

function saysCertificates(tls: unknown): boolean {
  const mode = text(field(tls, 'mode')) ?? 'PASSTHROUGH';
  return (mode !== 'PASSTHROUGH' && mode !== 'AUTO_PASSTHROUGH') || ['serverCertificate', 'privateKey', 'caCertificates'].some(name => (text(field(tls, name)) ?? '') !== '');
}

function serverPort(say: Say, value: unknown, path: string, bind: string): void {
  if (!mapping(value)) {
    say({ path, message: 'a server needs a port' });
    return;
  }
  const protocol = text(field(value, 'protocol')) ?? '';
  if (protocolNamed(protocol) === undefined) say({ path: `${path}.protocol`, message: `Istio knows no protocol ${shown(protocol)}` });
  const unix = bind.startsWith('unix://');
  const given = number(field(value, 'number')) ?? 0;
  if (unix && given !== 0) say({ path: `${path}.number`, message: 'a Unix domain socket has no port; it must be 0' });
  if (!unix) port(say, given, `${path}.number`);
  if ((number(field(value, 'targetPort')) ?? 0) !== 0) say({ path: `${path}.targetPort`, message: 'targetPort has no effect here' });
  if ((text(field(value, 'name')) ?? '') === '') say({ path: `${path}.name`, message: 'a port needs a name' });
}

/** `host`, or `namespace/host`. */
export function namespacedHost(say: Say, host: string, path: string, { addresses }: { readonly addresses: boolean }, mustSayNamespace = false): void {
  const parts = host.split('/');
  if (parts.length > 2 || (mustSayNamespace && parts.length !== 2)) {
    say({ path, message: `must be ${mustSayNamespace ? '' : 'a host or '}namespace/host, got ${shown(host)}` });
    return;
  }
  const namespace = parts.length === 2 ? parts[0] ?? '' : undefined;
  const name = parts.at(-1) ?? '';
  if (namespace !== undefined && namespace !== '*' && namespace !== '.' && !isDnsLabel(namespace)) say({ path, message: `the namespace must be "*", "." or a DNS label, got ${shown(namespace)}` });
  if (name === '*') return;
  // An IPv6 address has no dot, so that Istio takes it for a short name.
  if (addresses && name.includes('.') && isIp(name)) return;
  if (!name.includes('.')) say({ path, message: `a short name is not supported here, got ${shown(name)}; write the full one` });
  else if (name.startsWith('*') && !name.startsWith('*.')) say({ path, message: `a wildcard stands for a whole part, got ${shown(name)}` });
  else {
    const why = whyNoWildcardDomain(name);
    if (why !== undefined) say({ path, message: `a host must be a domain name, got ${shown(name)}: ${why}` });
  }
}

const knownCiphers = new Set([
  'ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA', 'ECDHE-RSA-AES256-SHA', 'AES128-GCM-SHA256',
  'AES256-GCM-SHA384', 'AES128-SHA', 'AES256-SHA', 'DES-CBC3-SHA', 'ALL', '',
]);

/** What does not begin with a letter or a digit is an operator of BoringSSL, such as `-ALL`. */
function isCipher(suite: string): boolean {
  return knownCiphers.has(suite) || !/^[\p{L}\p{N}]/u.test(suite);
}

/** The TLS of a server. */
export function serverTls(say: Say, tls: unknown, path: string): void {
  if (!mapping(tls)) return;
  const given = (name: string): string => text(field(tls, name)) ?? '';
  const mode = text(field(tls, 'mode')) ?? 'PASSTHROUGH';
  const suites = texts(field(tls, 'cipherSuites'));
  const oldest = given('minProtocolVersion');
  if ((oldest === 'TLSV1_0' || oldest === 'TLSV1_1') && suites.length === 0) say(warn(`${path}.minProtocolVersion`, `${oldest} needs cipherSuites that it can use`));
  const seen = new Set<string>();
  for (const [i, suite] of suites.entries()) {
    if (!isCipher(suite)) say(warn(`${path}.cipherSuites[${i}]`, `Envoy knows no cipher suite ${shown(suite)}`));
    if (seen.has(suite)) say(warn(`${path}.cipherSuites[${i}]`, `cipher suite ${shown(suite)} stands twice`));
    seen.add(suite);
  }
  const credentials = texts(field(tls, 'credentialNames'));
  const pairs = list(field(tls, 'tlsCertificates'));
  const files = ['serverCertificate', 'privateKey', 'caCertificates'].filter(name => given(name) !== '');
  if (mode === 'ISTIO_MUTUAL') {
    const pointless = [...files, ...(pairs.length > 0 ? ['tlsCertificates'] : []), ...(given('credentialName') === '' ? [] : ['credentialName']), ...(credentials.length > 0 ? ['credentialNames'] : [])];
    if (pointless.length > 0) say({ path, message: `ISTIO_MUTUAL uses the certificates of the mesh, so it cannot stand with ${pointless.join(', ')}` });
    return;
  }
  const passes = mode === 'PASSTHROUGH' || mode === 'AUTO_PASSTHROUGH';
  if (passes) {
    if (files.length > 0 || pairs.length > 0 || given('credentialName') !== '' || credentials.length > 0 || given('caCrl') !== '') say(warn(path, `${mode} does not end TLS, so that certificates are ignored`));
    if (given('caCrl') !== '' && given('credentialName') !== '') say({ path: `${path}.caCrl`, message: 'the revocation list belongs into the credential' });
  }
  const sources = [given('credentialName') !== '', credentials.length > 0, given('serverCertificate') !== '' && given('privateKey') !== '', pairs.length > 0].filter(source => source).length;
  if (sources > 1) say({ path, message: 'only one of credentialName, credentialNames, serverCertificate with privateKey, and tlsCertificates can be set' });
  if (passes || given('credentialName') !== '' || credentials.length > 0) return;
  if (pairs.length > 2) say(warn(`${path}.tlsCertificates`, 'Envoy uses two certificates at most, an RSA and an ECDSA one'));
  const certificates = pairs.length > 0 ? pairs.map((pair, i) => [pair, `${path}.tlsCertificates[${i}]`] as const) : [[tls, path] as const];
  for (const [certificate, at] of certificates) {
    for (const name of ['serverCertificate', 'privateKey']) {
      if ((text(field(certificate, name)) ?? '') === '') say({ path: at, message: `${mode} TLS needs ${name}, or a credentialName` });
    }
  }
  if (mode !== 'SIMPLE') {
    if (given('caCertificates') === '') say({ path: `${path}.caCertificates`, message: `${mode} TLS needs caCertificates to verify clients, or a credentialName` });
  } else if (given('caCrl') !== '') say({ path: `${path}.caCrl`, message: 'SIMPLE TLS verifies no clients, so that it has no use for a revocation list' });
}
