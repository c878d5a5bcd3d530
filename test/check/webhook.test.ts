import { describe, expect, test } from 'vitest';
import { check } from '../../lib/check/index.ts';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';

/** The codes of what istiod's webhook says of one object, each once. */
function said(kind: string, spec: string, more = ''): readonly string[] {
  const group = /^(?:Authorization|Request|Peer)/.test(kind) ? 'security' : kind === 'Telemetry' ? 'telemetry' : /^(?:Wasm|Traffic)/.test(kind) ? 'extensions' : 'networking';
  const version = group === 'extensions' ? 'v1alpha1' : kind === 'EnvoyFilter' ? 'v1alpha3' : 'v1';
  const text = `apiVersion: ${group}.istio.io/${version}\nkind: ${kind}\nmetadata: { name: a, namespace: shop${more} }\nspec: ${spec}\n`;
  const { manifests, problems } = readManifests({ file: 'a.yaml', text });
  expect(problems).toEqual([]);
  return [...new Set(check(Mesh.from(manifests), { only: ['refused-by-istiod', 'webhook-invalid', 'IST0106', 'IST0133'] }).findings.map(({ code }) => code))].sort();
}

const refused = ['IST0106'];
const warned = ['IST0133'];
const fine: readonly string[] = [];

const route = (more: string, match = ''): string => `{ hosts: [a], http: [{ ${match === '' ? '' : `match: [${match}], `}route: [{ destination: { host: a } }], ${more} }] }`;
const header = (value: string): string => route(`headers: { request: { set: { x: ${JSON.stringify(value)} } } }`);

describe('the value of a header', () => {
  test.each(['plain', '100%%', '%HOSTNAME%', 'a %START_TIME(%Y)% b', '%REQ(x-id)%', '%lower_case%', '%REQ(a) %', '%UPSTREAM_METADATA(["a", "b"])%', '%F( [ "a\\"b" ] )%'])('%s can be written by Envoy', value => {
    expect(said('VirtualService', header(value))).toEqual(fine);
  });

  test.each(['100%', 'abc%123', '%START_TIME%%', '%REQ(x', '%REQ(x)', '%REQ(x)y%', '%F(["a" "b"])%', '%F([a])%', '%F(["a"]x)%', '%F(a\\'])('%s cannot', value => {
    expect(said('VirtualService', header(value))).toEqual(refused);
  });
});

describe('a VirtualService', () => {
  test.each([
    ['CORS may last whole seconds however they are written', route('corsPolicy: { maxAge: 2000ms }'), fine],
    ['CORS may last half an hour', route('corsPolicy: { maxAge: 0.5h }'), fine],
    ['CORS lasts no fraction of a second', route('corsPolicy: { maxAge: 1500ms }'), refused],
    ['a delay without a duration says nothing, and is not refused', route('fault: { delay: { percentage: { value: 10 } } }'), fine],
    ['an origin of CORS says how it is matched', route('corsPolicy: { allowOrigins: [{}] }'), refused],
    ['a host may end in a dot', '{ hosts: [a.example.com.], http: [{ route: [{ destination: { host: a. } }] }] }', fine],
    ['a host has no empty part', '{ hosts: [a..example.com], http: [{ route: [{ destination: { host: a } }] }] }', refused],
    ['a body is measured in bytes', `{ hosts: [a], http: [{ directResponse: { status: 200, body: { string: ${'é'.repeat(60_000)} } } }] }`, warned],
    ['a server name of automatic mTLS is no host in the mesh', '{ hosts: [outbound_.80_._.a.b], tls: [{ match: [{ sniHosts: [outbound_.80_._.a.b] }], route: [{ destination: { host: a } }] }], gateways: [mesh] }', refused],
    ['a server name of automatic mTLS, with a subset, is one at gateways', '{ hosts: [outbound_.80_.v1_.a.b], tls: [{ match: [{ sniHosts: [outbound_.80_.v1_.a.b] }], route: [{ destination: { host: a } }] }], gateways: [gw] }', fine],
    ['a server name of automatic mTLS is no host where nothing is matched by server name', '{ hosts: [outbound_.80_._.a.b], http: [{ route: [{ destination: { host: a } }] }], gateways: [gw] }', refused],
  ])('%s', (_, spec, codes) => {
    expect(said('VirtualService', spec)).toEqual(codes);
  });

  test.each([
    ['@request.auth.claims.group', fine], ['@request.auth.claims[group]', fine], ['@Request.Auth.Claims.group', fine], ['@request.auth.claims', refused], ['@request.auth.claims.', refused], ['@request.auth.claims[]', refused],
  ])('%s in a match at a gateway', (name, codes) => {
    const spec = `{ hosts: [a], gateways: [gw], http: [{ match: [{ headers: { "${name}": { exact: x } } }], route: [{ destination: { host: a } }] }] }`;
    expect(said('VirtualService', spec)).toEqual(codes);
  });

  test.each(['"@request.auth.claims.group"', '"@REQUEST.auth.claims[group]"'])('matches no claim %s in the mesh', name => {
    expect(said('VirtualService', route('', `{ headers: { ${name}: { exact: x } } }`))).toEqual(refused);
  });
});

describe('a Gateway', () => {
  const gateway = (server: string): string => `{ selector: { istio: gw }, servers: [{ hosts: ["*.example.com"], ${server} }] }`;
  const https = 'port: { number: 443, name: https, protocol: HTTPS }';

  test.each([
    ['takes UDP for a protocol', gateway('port: { number: 53, name: dns, protocol: UDP }'), fine],
    ['takes operators among cipher suites', gateway(`${https}, tls: { mode: SIMPLE, credentialName: a, cipherSuites: [ALL, "-AES128-SHA"] }`), fine],
    ['warns of cipher suites that Envoy does not have', gateway(`${https}, tls: { mode: SIMPLE, credentialName: a, cipherSuites: [ECDHE-RSA-AES128-SHA256] }`), warned],
    ['may pass TLS through on a port of HTTP', gateway('port: { number: 80, name: http, protocol: HTTP }, tls: { mode: AUTO_PASSTHROUGH }'), fine],
    ['warns of a credential where nothing ends TLS', gateway('port: { number: 80, name: http, protocol: HTTP }, tls: { mode: PASSTHROUGH, credentialName: a }'), warned],
    ['takes no revocation list beside a credential, even where TLS is passed through', gateway(`${https}, tls: { mode: PASSTHROUGH, credentialName: a, caCrl: /crl.pem }`), ['IST0106', 'IST0133']],
    ['binds a Unix domain socket by its scheme alone', gateway('port: { number: 80, name: http, protocol: HTTP }, bind: /var/run/a.sock'), refused],
    ['takes an IPv4 address for a host', '{ servers: [{ hosts: [10.0.0.1], port: { number: 80, name: http, protocol: HTTP } }] }', fine],
    ['takes an IPv6 address for a short name', '{ servers: [{ hosts: ["2001:db8::1"], port: { number: 80, name: http, protocol: HTTP } }] }', refused],
    ['takes one source of certificates, even where TLS is passed through', gateway(`${https}, tls: { mode: PASSTHROUGH, credentialName: a, serverCertificate: b, privateKey: c }`), ['IST0106', 'IST0133']],
  ])('%s', (_, spec, codes) => {
    expect(said('Gateway', spec)).toEqual(codes);
  });
});

describe('a DestinationRule', () => {
  const policy = (text: string): string => `{ host: a, trafficPolicy: { ${text} } }`;
  const locality = (text: string): string => policy(`outlierDetection: {}, loadBalancer: { simple: ROUND_ROBIN, localityLbSetting: { ${text} } }`);
  const from = (...places: readonly string[]): string => locality(`distribute: [${places.map(place => `{ from: "${place}", to: { "us": 100 } }`).join(', ')}]`);

  test.each([
    ['may have settings for a port without its number', policy('portLevelSettings: [{ port: {}, tls: { mode: DISABLE } }]'), fine],
    ['may have a table of one for maglev', policy('loadBalancer: { consistentHash: { useSourceIp: true, maglev: { tableSize: 1 } } }'), fine],
    ['takes no table of four for maglev', policy('loadBalancer: { consistentHash: { useSourceIp: true, maglev: { tableSize: 4 } } }'), refused],
    ['has places that do not overlap', from('us/east', 'us/west', 'eu/*'), fine],
    ['takes a zone only before its region', from('us', 'us/east'), refused],
    ['takes a region only before its zones', from('us/east', 'us'), refused],
    ['takes a wildcard for zones after some of them', from('us/east', 'us/*'), fine],
    ['takes no zone after the wildcard for all of them', from('us/*', 'us/east'), refused],
    ['takes no subzone after the wildcard for all of its zone', from('us/east/*', 'us/east/a'), refused],
    ['takes the wildcard for subzones after one of them', from('us/east/a', 'us/east/*'), fine],
    ['takes certificates from a ConfigMap of its namespace', policy('tls: { mode: SIMPLE, credentialName: "configmap://shop/ca" }'), fine],
    ['takes no ConfigMap without its namespace', policy('tls: { mode: SIMPLE, credentialName: "configmap://ca" }'), refused],
    ['takes no place after a wildcard for all', from('*', 'us'), refused],
    ['takes a wildcard for all as the last', from('us', '*'), fine],
    ['may fail over by a label with a value beside regions', locality('failover: [{ from: us, to: eu }], failoverPriority: ["topology.kubernetes.io/region=us"]'), fine],
    ['warns of an order of zones without outlierDetection', policy('loadBalancer: { simple: ROUND_ROBIN, zoneAwareLbSetting: { failoverPriority: [version] } }'), warned],
    ['takes no label of a place beside regions', locality('failover: [{ from: us, to: eu }], failoverPriority: ["topology.kubernetes.io/region"]'), refused],
  ])('%s', (_, spec, codes) => {
    expect(said('DestinationRule', spec)).toEqual(codes);
  });
});

test('a tag of Telemetry is no null', () => {
  expect(said('Telemetry', '{ tracing: [{ customTags: { a: null } }] }')).toEqual(refused);
  expect(said('Telemetry', '{ tracing: [{ customTags: { a: { literal: { value: b } } } }] }')).toEqual(fine);
});

test('the code of a TrafficExtension is measured in bytes', () => {
  expect(said('TrafficExtension', `{ lua: { inlineCode: ${'é'.repeat(32_768)} } }`)).toEqual(fine);
  expect(said('TrafficExtension', `{ lua: { inlineCode: ${'é'.repeat(32_769)} } }`)).toEqual(refused);
});

describe('a WasmPlugin', () => {
  test.each([
    ['ghcr.io/a/b:1', fine], ['oci://ghcr.io:443/a', fine], ['localhost:5000/a', refused], ['ftp://a', refused],
  ])('comes from %s', (url, codes) => {
    expect(said('WasmPlugin', `{ url: "${url}" }`)).toEqual(codes);
  });
});

describe('an EnvoyFilter', () => {
  const patch = (value: string): string => `{ configPatches: [{ applyTo: CLUSTER, patch: { operation: ADD, value: ${value} } }] }`;

  test.each([
    ['may add what it has no name for', patch('{ lb_policy: RING_HASH }'), warned],
    ['names what it adds by a text', patch('{ name: false }'), ['IST0106', 'IST0133']],
    ['takes types of the third API', patch('{ a: { "@type": type.googleapis.com/envoy.extensions.a.v3.A } }'), warned],
    ['takes none of the second', patch('{ a: [{ "@type": type.googleapis.com/envoy.config.a.v2.A }] }'), ['IST0106', 'IST0133']],
    ['may have any text in what is free-form', patch('{ a: { "@type": type.googleapis.com/xds.type.v3.TypedStruct, value: { "@type": type.googleapis.com/envoy.config.a.v2.A } } }'), warned],
  ])('%s', (_, spec, codes) => {
    expect(said('EnvoyFilter', spec)).toEqual(codes);
  });
});

describe('a ServiceEntry', () => {
  const entry = (more: string): string => `{ hosts: [db.example.com], ports: [{ number: 5432, name: tcp, protocol: TCP }], ${more} }`;

  test('of TCP needs addresses where istiod gives it none', () => {
    expect(said('ServiceEntry', entry('resolution: NONE'))).toEqual(warned);
    expect(said('ServiceEntry', entry('resolution: DNS'), ', labels: { networking.istio.io/enable-autoallocate-ip: "False" }')).toEqual(warned);
    expect(said('ServiceEntry', entry('resolution: DNS'))).toEqual(fine);
    expect(said('ServiceEntry', entry('resolution: NONE, addresses: [10.0.0.1]'))).toEqual(fine);
  });

  test('whose selector cannot be used is told that alone', () => {
    expect(said('ServiceEntry', entry('resolution: NONE, workloadSelector: { labels: { app: "*" } }'))).toEqual(refused);
  });
});

describe('a Sidecar', () => {
  const egress = (hosts: string): string => `{ egress: [{ hosts: [${hosts}] }] }`;

  test.each([
    ['may bind what has no port', '{ egress: [{ bind: nowhere, hosts: ["*/*"] }] }', fine],
    ['warns of limits of HTTP on a port of no protocol', '{ ingress: [{ port: { number: 80, name: a }, defaultEndpoint: "127.0.0.1:80", connectionPool: { http: { maxRetries: 1 } } }] }', warned],
    ['knows its own namespace by both of its names', egress('"./a.example.com", "shop/a.example.com"'), warned],
    ['warns of all hosts of a namespace after one of them', egress('"web/a.example.com", "web/*"'), warned],
    ['warns of one host after all of them', egress('"web/*", "web/a.example.com"'), warned],
    ['warns of more than everything', egress('"*/*", "web/a.example.com"'), warned],
    ['may take hosts away from everything', egress('"*/*", "~/a.example.com"'), fine],
  ])('%s', (_, spec, codes) => {
    expect(said('Sidecar', spec)).toEqual(codes);
  });
});

describe('an AuthorizationPolicy', () => {
  const when = (key: string): string => `{ rules: [{ when: [{ key: "${key}", values: [a] }] }] }`;
  const paths = (...values: readonly string[]): string => `{ rules: [{ to: [{ operation: { paths: [${values.map(value => `"${value}"`).join(', ')}] } }] }] }`;

  test.each([
    ['request.headers[a]', fine], ['request.headers[]', refused], ['request.headers', refused], ['request.experimental.inline.headers[a]', fine],
    ['request.auth.claims[a][b]', fine], ['experimental.envoy.filters.a.b[c]', fine], ['experimental.envoy.filters.a', refused], ['source.names', refused],
  ])('asks for %s', (key, codes) => {
    expect(said('AuthorizationPolicy', when(key))).toEqual(codes);
  });

  test.each([
    ['/a/{*}/', fine], ['/a/{**}', fine], ['/{*}/a%b', fine], ['/a//{*}', refused], ['/{**}/{*}', refused], ['/a{*}', refused], ['/{*}/a*', refused], ['/a*b', fine],
  ])('matches the path %s', (path, codes) => {
    expect(said('AuthorizationPolicy', paths(path))).toEqual(codes);
  });

  test('that denies by address denies what it says, over TCP too', () => {
    expect(said('AuthorizationPolicy', '{ action: DENY, rules: [{ from: [{ source: { remoteIpBlocks: [10.0.0.0/8] } }] }] }')).toEqual(fine);
    expect(said('AuthorizationPolicy', '{ action: DENY, rules: [{ from: [{ source: { requestPrincipals: ["*"] } }] }] }')).toEqual(warned);
  });
});

test.each([
  ['https://user:word@example.com/keys', fine], ['https://example.com:8443/keys', fine], ['https://example.com:x/keys', refused], ['ftp://example.com', refused],
])('a RequestAuthentication takes keys from %s', (uri, codes) => {
  expect(said('RequestAuthentication', `{ jwtRules: [{ issuer: a, jwksUri: "${uri}" }] }`)).toEqual(codes);
});

describe('the keys of a RequestAuthentication', () => {
  const keys = (value: unknown): string => `{ jwtRules: [{ issuer: a, jwks: ${JSON.stringify(JSON.stringify(value))} }] }`;

  test.each([
    ['a set', { keys: [{ kty: 'RSA', n: 'AQ', e: 'AQAB' }] }, fine],
    ['a key alone', { kty: 'EC', crv: 'P-256', x: 'AQ', y: 'AQ' }, fine],
    ['an empty set', { keys: [] }, fine],
    ['a key that lacks a part', { keys: [{ kty: 'RSA', n: 'AQ' }] }, refused],
    ['a key of no known type', { keys: [{ kty: 'XYZ', n: 'AQ', e: 'AQAB' }] }, refused],
    ['no key', {}, refused],
    ['a private key', { keys: [{ kty: 'RSA', n: 'AQ', e: 'AQAB', d: 'AQ' }] }, warned],
  ])('%s', (_, value, codes) => {
    expect(said('RequestAuthentication', keys(value))).toEqual(codes);
  });
});
