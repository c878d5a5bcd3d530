/** A program that must not compile, and words of the message that tell its writer why. */
export interface Mistake {
  readonly title: string;
  readonly code: string;
  readonly says: string;
}

const vs = (http: string): string => `
import { VirtualService } from 'meshwright/imports/networking.istio.io';
VirtualService.manifest({ spec: { hosts: ['reviews'], http: [${http}] } });`;
const dr = (spec: string): string => `
import { DestinationRule } from 'meshwright/imports/networking.istio.io';
DestinationRule.manifest({ spec: { ${spec} } });`;
const policy = (spec: string): string => `
import { AuthorizationPolicy } from 'meshwright/imports/security.istio.io';
AuthorizationPolicy.manifest({ spec: { ${spec} } });`;
const made = (kind: string, group: string, props: string): string => `
import { ${kind} } from 'meshwright/imports/${group}';
${kind}.manifest(${props});`;
const filter = (text: string): string => made('HTTPRoute', 'gateway.networking.k8s.io', `{ spec: { rules: [{ filters: [${text}] }] } }`);
const shop = (code: string): string => `
import { Duration } from 'cdk8s';
import { AbTest, Allow, Ask, BlueGreen, Caller, Canary, ClientTls, Deny, EgressGateway, ExternalService, Fault, IngressGateway, JwtIssuer, LoadBalancing, Machine, Match, MeshApp, MeshService, Mirror, MutualTls, Path, RequireJwt, Route, ServerTls, ServiceMesh, To, TrafficPolicy } from 'meshwright';
const mesh = new ServiceMesh(new MeshApp(), 'mesh', { mtls: 'STRICT' });
const shop = mesh.namespace('shop');
const reviews = new MeshService(shop, 'reviews', { port: 9080, versions: { v1: { image: 'a' }, v2: { image: 'b' }, v3: { image: 'c' } } });
const ratings = new MeshService(shop, 'ratings', { port: 9080, versions: { v1: { image: 'a' } } });
${code}`;
const route = `route: [{ destination: { host: 'reviews' } }]`;

export const mistakes: readonly Mistake[] = [
  // VirtualService
  { title: 'two ways to match one string', code: vs(`{ match: [{ uri: { exact: '/a', prefix: '/b' } }], ${route} }`), says: `OnlyOneOf<"exact" | "prefix" | "regex">` },
  { title: 'a route that also redirects', code: vs(`{ ${route}, redirect: { uri: '/x' } }`), says: `OnlyOneOf<"redirect" | "route">` },
  { title: 'a route that also responds by itself', code: vs(`{ ${route}, directResponse: { status: 200 } }`), says: `OnlyOneOf<"directResponse" | "route">` },
  { title: 'a route that also delegates', code: vs(`{ ${route}, delegate: { name: 'other' } }`), says: `OnlyOneOf<"delegate" | "route">` },
  { title: 'a redirect with a fault', code: vs(`{ redirect: { uri: '/x' }, fault: { abort: { httpStatus: 500 } } }`), says: `redirect: { uri: string; }; fault: { abort: { httpStatus: number; }; }; }' is not assignable to type 'HTTPRoute'` },
  { title: 'a route that goes nowhere', code: vs(`{ match: [{ uri: { prefix: '/' } }] }`), says: `Property 'route' is missing` },
  { title: 'a misspelt field of the spec', code: made('VirtualService', 'networking.istio.io', `{ spec: { hots: ['reviews'] } }`), says: `'hots' does not exist in type 'VirtualServiceSpec'` },
  { title: 'a misspelt field deep inside', code: vs(`{ ${route}, retries: { attempts: 1, perTryTimeOut: '1s' } }`), says: `Did you mean to write 'perTryTimeout'?` },
  { title: 'a spec left out', code: made('VirtualService', 'networking.istio.io', `{ metadata: { name: 'x' } }`), says: `Property 'spec' is missing` },
  { title: 'a weight in quotes', code: vs(`{ route: [{ destination: { host: 'a' }, weight: '90' }] }`), says: `Type 'string' is not assignable to type 'number'` },
  { title: 'a destination without a host', code: vs(`{ route: [{ destination: { subset: 'v1' } }] }`), says: `Property 'host' is missing` },
  { title: 'a route without a destination', code: vs(`{ route: [{ weight: 100 }] }`), says: `Property 'destination' is missing` },
  { title: 'a duration in words', code: vs(`{ ${route}, timeout: '5 seconds' }`), says: `'"5 seconds"' is not assignable to type` },
  { title: 'a duration without a unit', code: vs(`{ ${route}, timeout: '5' }`), says: `'"5"' is not assignable to type` },
  { title: 'a duration as a number', code: vs(`{ ${route}, timeout: 5 }`), says: `'number' is not assignable to type` },
  { title: 'a duration from any text', code: `const text: string = '5s';${vs(`{ ${route}, timeout: text }`)}`, says: `'string' is not assignable to type` },
  { title: 'a direct response without a status', code: vs(`{ directResponse: { body: { string: 'x' } } }`), says: `Property 'status' is missing` },
  { title: 'a fault that does nothing', code: vs(`{ ${route}, fault: {} }`), says: `'{}' is not assignable to type 'HTTPFaultInjection` },
  { title: 'an abort with two statuses', code: vs(`{ ${route}, fault: { abort: { httpStatus: 500, grpcStatus: 'UNAVAILABLE' } } }`), says: `OnlyOneOf<"httpStatus" | "grpcStatus" | "http2Error">` },
  { title: 'a rewrite by regex and by text', code: vs(`{ ${route}, rewrite: { uri: '/', uriRegexRewrite: { match: 'a', rewrite: 'b' } } }`), says: `OnlyOneOf<"uri" | "uriRegexRewrite">` },
  { title: 'a redirect to a whole path and to a prefix', code: vs(`{ redirect: { uri: '/a', prefixRewrite: '/b' } }`), says: `OnlyOneOf<` },
  { title: 'a TLS route without server names', code: made('VirtualService', 'networking.istio.io', `{ spec: { hosts: ['a'], tls: [{ match: [{ port: 443 }], route: [{ destination: { host: 'a' } }] }] } }`), says: `Property 'sniHosts' is missing` },
  // DestinationRule
  { title: 'a rule without a host', code: dr(`subsets: [{ name: 'v1' }]`), says: `Property 'host' is missing` },
  { title: 'a subset without a name', code: dr(`host: 'a', subsets: [{ labels: { version: 'v1' } }]`), says: `Property 'name' is missing` },
  { title: 'a hash over two things', code: dr(`host: 'a', trafficPolicy: { loadBalancer: { consistentHash: { httpHeaderName: 'x', useSourceIp: true } } }`), says: `OnlyOneOf<"httpHeaderName" | "httpCookie" | "useSourceIp" | "httpQueryParameterName">` },
  { title: 'two load balancers', code: dr(`host: 'a', trafficPolicy: { loadBalancer: { simple: 'RANDOM', consistentHash: { useSourceIp: true } } }`), says: `OnlyOneOf<"simple" | "consistentHash">` },
  { title: 'a load balancer that Istio does not have', code: dr(`host: 'a', trafficPolicy: { loadBalancer: { simple: 'ROUND_ROBBIN' } }`), says: `'"ROUND_ROBBIN"' is not assignable to type` },
  { title: 'a misspelt outlier detection', code: dr(`host: 'a', trafficPolicy: { outlierDetection: { consecutive5XxErrors: 3 } }`), says: `Did you mean to write 'consecutive5xxErrors'?` },
  { title: 'a tunnel with the PROXY protocol', code: dr(`host: 'a', trafficPolicy: { tunnel: { targetHost: 'b', targetPort: 80 }, proxyProtocol: { version: 'V1' } }`), says: `OnlyOneOf<` },
  { title: 'a port policy without a port', code: dr(`host: 'a', trafficPolicy: { portLevelSettings: [{ tls: { mode: 'SIMPLE' } }] }`), says: `Property 'port' is missing` },
  { title: 'a TLS mode that is none', code: dr(`host: 'a', trafficPolicy: { tls: { mode: 'STRICT' } }`), says: `'"STRICT"' is not assignable to type` },
  // Gateway, ServiceEntry, Sidecar and others of networking
  { title: 'a gateway without servers', code: made('Gateway', 'networking.istio.io', `{ spec: { selector: { istio: 'ingress' } } }`), says: `Property 'servers' is missing` },
  { title: 'a server port without a protocol', code: made('Gateway', 'networking.istio.io', `{ spec: { servers: [{ hosts: ['a.com'], port: { number: 80, name: 'http' } }] } }`), says: `Property 'protocol' is missing` },
  { title: 'a server with two sorts of credentials', code: made('Gateway', 'networking.istio.io', `{ spec: { servers: [{ hosts: ['a.com'], port: { number: 443, name: 'https', protocol: 'HTTPS' }, tls: { mode: 'SIMPLE', credentialName: 'a', credentialNames: ['b'] } }] } }`), says: `OnlyOneOf<` },
  { title: 'a service entry that both lists and selects', code: made('ServiceEntry', 'networking.istio.io', `{ spec: { hosts: ['a.com'], endpoints: [{ address: '1.1.1.1' }], workloadSelector: { labels: { app: 'a' } } } }`), says: `OnlyOneOf<` },
  { title: 'a resolution that is none', code: made('ServiceEntry', 'networking.istio.io', `{ spec: { hosts: ['a.com'], resolution: 'dns' } }`), says: `'"dns"' is not assignable to type` },
  { title: 'a sidecar that says nothing', code: made('Sidecar', 'networking.istio.io', `{ metadata: { name: 'x' } }`), says: `Property 'spec' is missing` },
  { title: 'an egress listener without hosts', code: made('Sidecar', 'networking.istio.io', `{ spec: { egress: [{ bind: '1.1.1.1' }] } }`), says: `Property 'hosts' is missing` },
  { title: 'a workload without an address', code: made('WorkloadEntry', 'networking.istio.io', `{ spec: { labels: { app: 'a' } } }`), says: `Property 'address' is missing` },
  { title: 'a workload group without a template', code: made('WorkloadGroup', 'networking.istio.io', `{ spec: { metadata: { labels: { app: 'a' } } } }`), says: `Property 'template' is missing` },
  { title: 'an Envoy patch for a listener and a cluster', code: made('EnvoyFilter', 'networking.istio.io', `{ spec: { configPatches: [{ applyTo: 'CLUSTER', match: { listener: { name: 'a' }, cluster: { name: 'b' } } }] } }`), says: `OnlyOneOf<"listener" | "routeConfiguration" | "cluster" | "waypoint">` },
  // Security
  { title: 'a policy that selects in two ways', code: policy(`selector: { matchLabels: { app: 'a' } }, targetRefs: [{ kind: 'Gateway', name: 'a' }]`), says: `OnlyOneOf<` },
  { title: 'a custom policy without a provider', code: policy(`action: 'CUSTOM', rules: [{}]`), says: `Property 'provider' is missing` },
  { title: 'a deny policy with a provider', code: policy(`action: 'DENY', provider: { name: 'a' }, rules: [{}]`), says: `NotWith<"action: ALLOW | DENY | AUDIT">` },
  { title: 'a source by account and by principal', code: policy(`rules: [{ from: [{ source: { serviceAccounts: ['a'], principals: ['b'] } }] }]`), says: `OnlyOneOf<` },
  { title: 'a from without a source', code: policy(`rules: [{ from: [{}] }]`), says: `Property 'source' is missing` },
  { title: 'port levels without a selector', code: made('PeerAuthentication', 'security.istio.io', `{ spec: { portLevelMtls: { 80: { mode: 'DISABLE' } } } }`), says: `OnlyOneOf<"portLevelMtls">` },
  { title: 'a mode in lower case', code: made('PeerAuthentication', 'security.istio.io', `{ spec: { mtls: { mode: 'strict' } } }`), says: `'"strict"' is not assignable to type` },
  { title: 'keys inline and by URI', code: made('RequestAuthentication', 'security.istio.io', `{ spec: { jwtRules: [{ issuer: 'a', jwks: '{}', jwksUri: 'https://a' }] } }`), says: `OnlyOneOf<"jwks" | "jwksUri">` },
  // Telemetry and extensions
  { title: 'a tag with two origins', code: made('Telemetry', 'telemetry.istio.io', `{ spec: { tracing: [{ customTags: { a: { literal: { value: 'x' }, header: { name: 'y' } } } }] } }`), says: `OnlyOneOf<"literal" | "environment" | "header" | "formatter">` },
  { title: 'a removed tag with a value', code: made('Telemetry', 'telemetry.istio.io', `{ spec: { metrics: [{ overrides: [{ tagOverrides: { a: { operation: 'REMOVE', value: 'x' } } }] }] } }`), says: `NotWith<"operation: REMOVE">` },
  { title: 'a plugin without a URL', code: made('WasmPlugin', 'extensions.istio.io', `{ spec: { pluginName: 'a' } }`), says: `Property 'url' is missing` },
  { title: 'a variable of the host with a value', code: made('WasmPlugin', 'extensions.istio.io', `{ spec: { url: 'oci://a', vmConfig: { env: [{ name: 'A', valueFrom: 'HOST', value: 'b' }] } } }`), says: `NotWith<"valueFrom: HOST">` },
  { title: 'an extension in two languages', code: made('TrafficExtension', 'extensions.istio.io', `{ spec: { lua: { inlineCode: 'a' }, wasm: { url: 'oci://a' } } }`), says: `OnlyOneOf<` },
  // Gateway API
  { title: 'a filter without its payload', code: filter(`{ type: 'URLRewrite' }`), says: `Property 'urlRewrite' is missing` },
  { title: 'a filter with the payload of another', code: filter(`{ type: 'RequestRedirect', requestRedirect: {}, urlRewrite: {} }`), says: `NotWith<"type: RequestRedirect">` },
  { title: 'a filter of no known type', code: filter(`{ type: 'Rewrite' }`), says: `'"Rewrite"' is not assignable to type` },
  { title: 'a path that is replaced in the other way', code: filter(`{ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplaceFullPath', replacePrefixMatch: '/' } } }`), says: `NotWith<"type: ReplaceFullPath">` },
  { title: 'a gateway without a class', code: made('Gateway', 'gateway.networking.k8s.io', `{ spec: { listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] } }`), says: `Property 'gatewayClassName' is missing` },
  { title: 'a grant to nothing', code: made('ReferenceGrant', 'gateway.networking.k8s.io', `{ spec: { from: [{ group: '', kind: 'Service', namespace: 'a' }] } }`), says: `Property 'to' is missing` },
  { title: 'a mirror by percent and by fraction', code: filter(`{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'a' }, percent: 5, fraction: { numerator: 1 } } }`), says: `OnlyOneOf<` },
  // Other groups
  { title: 'a certificate without an issuer', code: made('Certificate', 'cert-manager.io', `{ spec: { secretName: 'a' } }`), says: `Property 'issuerRef' is missing` },
  { title: 'an alert without an expression', code: made('PrometheusRule', 'monitoring.coreos.com', `{ spec: { groups: [{ name: 'a', rules: [{ alert: 'b' }] }] } }`), says: `Property 'expr' is missing` },
  { title: 'an application without a destination', code: made('Application', 'argoproj.io', `{ metadata: { name: 'a' }, spec: { project: 'default' } }`), says: `Property 'destination' is missing` },
  { title: 'an installation of no known version', code: made('Istio', 'sailoperator.io', `{ spec: { namespace: 'istio-system', version: '1.2' } }`), says: `'"1.2"' is not assignable to type` },
  { title: 'a misspelt label map', code: made('Certificate', 'cert-manager.io', `{ metadata: { lables: {} } }`), says: `Did you mean to write 'labels'?` },
  // Intents
  { title: 'a canary to a version that is none', code: shop(`new Canary(reviews, 'v9', { from: 'v1', to: 'v9', percent: 10 });`), says: `'"v9"' is not assignable to type '"v1" | "v2" | "v3"'` },
  { title: 'a canary from a version that is none', code: shop(`new Canary(ratings, 'x', { from: 'v2', to: 'v1' });`), says: `'"v2"' is not assignable to type '"v1"'` },
  { title: 'the deployment of a version that is none', code: shop(`reviews.deployment('v4');`), says: `'"v4"' is not assignable to parameter of type '"v1" | "v2" | "v3"'` },
  { title: 'a canary of another team, to a version it is not known to have', code: shop(`const theirs = MeshService.existing(shop, 'cart', { namespace: 'carts', port: 80, versions: ['v1', 'v2'] }); new Canary(theirs, 'x', { from: 'v1', to: 'v3' });`), says: `'"v3"' is not assignable to type '"v1" | "v2"'` },
  { title: 'a canary of a namespace', code: shop(`new Canary(shop, 'x', { from: 'v1', to: 'v2' });`), says: `is missing the following properties from type 'MeshService` },
  { title: 'a service without versions', code: shop(`new MeshService(shop, 'x', { port: 80 });`), says: `Property 'versions' is missing` },
  { title: 'a port in quotes', code: shop(`new MeshService(shop, 'x', { port: '80', versions: { v1: { image: 'a' } } });`), says: `'string' is not assignable to type` },
  { title: 'a version without an image', code: shop(`new MeshService(shop, 'x', { port: 80, versions: { v1: {} } });`), says: `Property 'image' is missing` },
  { title: 'a data plane that is none', code: shop(`mesh.namespace('x', { dataPlane: 'Ambient' });`), says: `'"Ambient"' is not assignable to type` },
  { title: 'a mode of mTLS that is none', code: shop(`new MutualTls(reviews, 'x', { mode: 'ISTIO_MUTUAL' });`), says: `'"ISTIO_MUTUAL"' is not assignable to type` },
  { title: 'a retry on what Envoy does not know', code: shop(`new MeshService(shop, 'x', { port: 80, versions: { v1: { image: 'a' } }, retries: { attempts: 1, on: ['timeout'] } });`), says: `'"timeout"' is not assignable to type` },
  { title: 'a timeout as text', code: shop(`new MeshService(shop, 'x', { port: 80, versions: { v1: { image: 'a' } }, timeout: '2s' });`), says: `'string' is not assignable to type 'Duration'` },
  { title: 'a call to a name', code: shop(`reviews.calls('ratings');`), says: `'string' is not assignable to parameter of type 'MeshService` },
  { title: 'a pin on an unfinished test', code: shop(`new Canary(reviews, 'x', { from: 'v1', to: 'v2', pin: [Match.header('end-user')] });`), says: `is not assignable to type` },
  { title: 'a gateway without hosts', code: shop(`new IngressGateway(shop, 'x', {});`), says: `Property 'hosts' is missing` },
  { title: 'a route to a version that is none', code: shop(`new Route(reviews, 'x', { to: 'v9' });`), says: `Type '"v9"' is not assignable to type` },
  { title: 'a share of a version that is none', code: shop(`new Route(reviews, 'x', { to: [To.version('v1', { percent: 90 }), To.version('v9', { percent: 10 })] });`), says: `Type '"v9"' is not assignable to type '"v1" | "v2" | "v3"'` },
  { title: 'a version that another service does not have', code: shop(`new Route(reviews, 'x', { to: To.service(ratings, { version: 'v2' }) });`), says: `Type '"v2"' is not assignable to type '"v1"'` },
  { title: 'a route to two answers', code: shop(`new Route(reviews, 'x', { to: [To.version('v1'), To.redirect({ path: '/a' })] });`), says: `is not assignable to type` },
  { title: 'a match by a text', code: shop(`new Route(reviews, 'x', { match: ['/api'], to: 'v1' });`), says: `Type 'string' is not assignable to type 'RequestMatch'` },
  { title: 'a route order that is none', code: shop(`new MeshService(shop, 'x', { port: 80, versions: { v1: { image: 'a' } }, order: 'random' });`), says: `'"random"' is not assignable to type` },
  { title: 'a mirror to a version that is none', code: shop(`new Mirror(reviews, 'x', { to: 'v9' });`), says: `Type '"v9"' is not assignable to type` },
  { title: 'a switch to a version that is none', code: shop(`new BlueGreen(reviews, 'x', { blue: 'v1', green: 'v9', live: 'blue' });`), says: `Type '"v9"' is not assignable to type '"v1" | "v2" | "v3"'` },
  { title: 'a switch to a colour that is none', code: shop(`new BlueGreen(reviews, 'x', { blue: 'v1', green: 'v2', live: 'red' });`), says: `Type '"red"' is not assignable to type '"blue" | "green"'` },
  { title: 'an audience of a version that is none', code: shop(`new AbTest(reviews, 'x', { control: 'v1', variants: { v9: [Match.method('GET')] } });`), says: `'v9' does not exist in type` },
  { title: 'a policy of a version that is none', code: shop(`new TrafficPolicy(reviews, 'x', { version: 'v9', loadBalancing: LoadBalancing.random() });`), says: `Type '"v9"' is not assignable to type '"v1" | "v2" | "v3"` },
  { title: 'a machine of a version that is none', code: shop(`new Machine(reviews, 'x', { version: 'v9', address: '1.1.1.1' });`), says: `Type '"v9"' is not assignable to type '"v1" | "v2" | "v3"'` },
  { title: 'a load balancer by its name', code: shop(`new TrafficPolicy(reviews, 'x', { loadBalancing: 'RANDOM' });`), says: `Type 'string' is not assignable to type 'LoadBalancing` },
  { title: 'a misspelt limit', code: shop(`new TrafficPolicy(reviews, 'x', { connectionPool: { maxConnection: 1 } });`), says: `Did you mean to write 'maxConnections'?` },
  { title: 'a status of gRPC that is none', code: shop(`new Fault(reviews, 'x', { abort: 'TIMEOUT' });`), says: `'"TIMEOUT"' is not assignable to type` },
  { title: 'a day in words', code: shop(`new Fault(reviews, 'x', { abort: 500, until: 'tomorrow' });`), says: `'"tomorrow"' is not assignable to type` },
  { title: 'a client certificate of no place', code: shop(`new TrafficPolicy(reviews, 'x', { tls: ClientTls.mutual({}) });`), says: `is not assignable to parameter of type` },
  { title: 'a gateway that speaks TLS without a certificate', code: shop(`new IngressGateway(shop, 'x', { hosts: ['a.com'], tls: ServerTls.simple() });`), says: `Expected 1-2 arguments, but got 0` },
  { title: 'a service outside without a host', code: shop(`new ExternalService(shop, 'x', { hosts: [], port: 80 });`), says: `Source has 0 element(s) but target requires 1` },
  { title: 'a way out for a service of the mesh', code: shop(`new EgressGateway(shop, 'x').letsThrough(reviews);`), says: `is not assignable to parameter of type 'ExternalService` },
  { title: 'a canary of a service outside', code: shop(`new Canary(new ExternalService(shop, 'x', { hosts: ['a.com'], port: 80 }), 'y', { from: 'v1', to: 'v2' });`), says: `is not assignable to parameter of type 'MeshService` },
  { title: 'a rule of access without a word of who', code: shop(`new Allow(reviews, 'x', { to: [{ methods: ['GET'] }] });`), says: `Property 'from' is missing` },
  { title: 'a caller by a name', code: shop(`new Deny(reviews, 'x', { from: ['web'] });`), says: `Type 'string' is not assignable to type 'Caller'` },
  { title: 'a rule of access for a service outside', code: shop(`new Allow(new ExternalService(shop, 'x', { hosts: ['a.com'], port: 80 }), 'y', { from: [Caller.namespace('a')] });`), says: `Property 'policyPlace' is missing` },
  { title: 'a trial of an authorizer', code: shop(`new Ask(reviews, 'x', { authorizer: 'opa', from: 'anyone', dryRun: true });`), says: `'dryRun' does not exist in type 'AskProps'` },
  { title: 'a token of nobody', code: shop(`new RequireJwt(reviews, 'x', { issuers: [] });`), says: `Source has 0 element(s) but target requires 1` },
  { title: 'an issuer by its name', code: shop(`new RequireJwt(reviews, 'x', { issuers: ['https://a.com'] });`), says: `Type 'string' is not assignable to type 'JwtIssuer'` },
  { title: 'keys by their URL alone', code: shop(`JwtIssuer.of('https://a.com', { keys: 'https://a.com/keys' });`), says: `Type 'string' is not assignable to type 'Jwks` },
];
