/** A program that must compile: how people write when they do not write literals. */
export interface Program {
  readonly title: string;
  readonly code: string;
}

const istio = (code: string): string => `
import { duration } from 'meshwright/imports/duration';
import { DestinationRule, EnvoyFilter, Gateway, ServiceEntry, Sidecar, StringMatch, VirtualService, WorkloadEntry } from 'meshwright/imports/networking.istio.io';
import type { ClientTLSSettings, HTTPMatchRequest, HTTPRoute, HTTPRouteDestination, LoadBalancerSettings, Server, ToRoute, VirtualServiceSpec } from 'meshwright/imports/networking.istio.io';
import { AuthorizationPolicy, PeerAuthentication, RequestAuthentication } from 'meshwright/imports/security.istio.io';
import type { MutualTLS, Rule } from 'meshwright/imports/security.istio.io';
import { Telemetry } from 'meshwright/imports/telemetry.istio.io';
import { WasmPlugin } from 'meshwright/imports/extensions.istio.io';
import { HTTPRoute as Route } from 'meshwright/imports/gateway.networking.k8s.io';
import type { HTTPRouteFilter } from 'meshwright/imports/gateway.networking.k8s.io';
declare const flag: boolean;
declare const text: string;
const route = [{ destination: { host: 'reviews' } }];
${code}`;
const shop = (code: string): string => `
import { Chart, Duration, Lazy, Testing } from 'cdk8s';
import { AbTest, Affinity, BlueGreen, Canary, ClientTls, EgressGateway, ExternalService, Fault, IngressGateway, LoadBalancing, Locality, Machine, MachineGroup, Match, MeshApp, MeshService, Mirror, MutualTls, Origin, Path, Probe, RateLimit, Rewrite, Route, ServerTls, ServiceMesh, Step, TcpRoute, TlsOrigination, TlsRoute, To, TrafficPolicy, warnings } from 'meshwright';
import type { ConnectionPool, Destination, HeaderMatch, MeshServiceProps, MtlsMode, RequestMatch, Retries, RouteProps, VersionProps } from 'meshwright';
declare const flag: boolean;
const mesh = new ServiceMesh(new MeshApp(), 'mesh', { mtls: 'STRICT' });
const shop = mesh.namespace('shop');
const reviews = new MeshService(shop, 'reviews', { port: 9080, versions: { v1: { image: 'a' }, v2: { image: 'b' }, v3: { image: 'c' } } });
const ratings = new MeshService(shop, 'ratings', { port: 9080, versions: { v1: { image: 'a' } } });
${code}`;

export const programs: readonly Program[] = [
  { title: 'a conditional spread', code: istio(`VirtualService.manifest({ spec: { hosts: ['a'], http: [{ ...(flag ? { timeout: '5s' } as const : {}), route }] } });`) },
  { title: 'a conditional spread of a whole match', code: istio(`VirtualService.manifest({ spec: { hosts: ['a'], http: [{ ...(flag && { match: [{ uri: { prefix: '/' } }] }), route }] } });`) },
  { title: 'a ternary of alternatives of one string', code: istio(`const match: HTTPMatchRequest = { uri: flag ? { exact: '/a' } : { prefix: '/b' } };`) },
  { title: 'a ternary of alternative routes', code: istio(`VirtualService.manifest({ spec: { hosts: ['a'], http: [flag ? { route } : { redirect: { uri: '/b' } }] } });`) },
  { title: 'a ternary of an enum', code: istio(`PeerAuthentication.manifest({ spec: { mtls: { mode: flag ? 'STRICT' : 'PERMISSIVE' } } });`) },
  { title: 'a ternary of load balancers', code: istio(`const lb: LoadBalancerSettings = flag ? { simple: 'RANDOM' } : { consistentHash: { useSourceIp: true } };`) },
  { title: 'a map to mixed routes', code: istio(`VirtualService.manifest({ spec: { hosts: ['a'], http: ['/a', '/b'].map(path => path === '/a' ? { match: [{ uri: { exact: path } }], route } : { redirect: { uri: path } }) } });`) },
  { title: 'a map to routes in three forms, typed', code: istio(`const routes = ['/a', '/b', '/c'].map((path, i): HTTPRoute => i === 0 ? { route } : i === 1 ? { redirect: { uri: path } } : { directResponse: { status: 404 } });\nVirtualService.manifest({ spec: { hosts: ['a'], http: routes } });`) },
  { title: 'a map to weighted destinations', code: istio(`const weights = { v1: 90, v3: 10 };\nVirtualService.manifest({ spec: { hosts: ['a'], http: [{ route: Object.entries(weights).map(([subset, weight]) => ({ destination: { host: 'a', subset }, weight })) }] } });`) },
  { title: 'a duration from a constant', code: istio(`const timeout = '1h30m';\nVirtualService.manifest({ spec: { hosts: ['a'], http: [{ route, timeout }] } });`) },
  { title: 'durations in all of Go\'s usual forms', code: istio(`const timeouts: readonly ToRoute[] = [{ route, timeout: '1h' }, { route, timeout: '1h30m' }, { route, timeout: '1h30m10s' }, { route, timeout: '5m30s' }, { route, timeout: '2s500ms' }, { route, timeout: '0.5s' }, { route, timeout: '100ms' }];`) },
  { title: 'a duration from text that is read at run time', code: istio(`VirtualService.manifest({ spec: { hosts: ['a'], http: [{ route, timeout: duration(text) }] } });`) },
  { title: 'a duration with the number from a variable', code: istio(`declare const seconds: number;\nVirtualService.manifest({ spec: { hosts: ['a'], http: [{ route, timeout: \`\${seconds}s\` }] } });`) },
  { title: 'a presence match', code: istio(`VirtualService.manifest({ spec: { hosts: ['a'], http: [{ match: [{ headers: { 'x-canary': {} } }], route }] } });`) },
  { title: 'an absence match', code: istio(`VirtualService.manifest({ spec: { hosts: ['a'], http: [{ match: [{ withoutHeaders: { cookie: {} } }], route }] } });`) },
  { title: 'value companions', code: istio(`const how = flag ? StringMatch.exact('/a') : StringMatch.regex('/b.*');\nVirtualService.manifest({ spec: { hosts: ['a'], http: [{ match: [{ uri: how, headers: { a: StringMatch.prefix('b') } }], route }] } });`) },
  { title: 'undefined for what is left out', code: istio(`VirtualService.manifest({ metadata: { name: undefined, labels: undefined }, spec: { hosts: undefined, gateways: undefined, http: [{ route, timeout: undefined, match: undefined, redirect: undefined, retries: { attempts: 1, retryOn: undefined } }] } });`) },
  { title: 'undefined for an arm that is not taken', code: istio(`const redirect = flag ? { uri: '/b' } : undefined;\nconst http: HTTPRoute = redirect ? { redirect } : { route, redirect: undefined };`) },
  { title: 'undefined for another way to match', code: istio(`const match: HTTPMatchRequest = { uri: { exact: '/a', prefix: undefined, regex: undefined } };`) },
  { title: 'shared configuration as const', code: istio(`const defaults = { timeout: '5s', retries: { attempts: 2, retryOn: '5xx' } } as const;\nVirtualService.manifest({ spec: { hosts: ['a'], http: [{ ...defaults, route }] } });`) },
  { title: 'readonly lists', code: istio(`const hosts: readonly string[] = ['a'];\nconst gateways = ['mesh'] as const;\nVirtualService.manifest({ spec: { hosts, gateways, http: [{ route }] } });`) },
  { title: 'functions that give parts', code: istio(`const to = (subset: string, weight?: number): HTTPRouteDestination => ({ destination: { host: 'a', subset }, weight });\nconst spec: VirtualServiceSpec = { hosts: ['a'], http: [{ route: [to('v1', 90), to('v2')] }] };\nVirtualService.manifest({ spec });`) },
  { title: 'objects that grow by steps', code: istio(`let http: HTTPRoute = { route };\nif (flag) http = { ...http, timeout: '5s' };\nVirtualService.manifest({ spec: { hosts: ['a'], http: [http] } });`) },
  { title: 'a fault with both halves', code: istio(`VirtualService.manifest({ spec: { hosts: ['a'], http: [{ route, fault: { delay: { fixedDelay: '7s', percentage: { value: 100 } }, abort: { httpStatus: 500 } } }] } });`) },
  { title: 'a delegating root', code: istio(`VirtualService.manifest({ spec: { hosts: ['a'], gateways: ['gw'], http: [{ match: [{ uri: { prefix: '/b' } }], delegate: { name: 'b', namespace: 'c' } }] } });`) },
  { title: 'TCP and TLS routes', code: istio(`VirtualService.manifest({ spec: { hosts: ['a.com'], tcp: [{ match: [{ port: 9000 }], route: [{ destination: { host: 'a', port: { number: 9000 } }, weight: 100 }] }], tls: [{ match: [{ port: 443, sniHosts: ['a.com'] }], route: [{ destination: { host: 'a' } }] }] } });`) },
  { title: 'a hash by cookie with a ring', code: istio(`DestinationRule.manifest({ spec: { host: 'a', trafficPolicy: { loadBalancer: { consistentHash: { httpCookie: { name: 'user', ttl: '0s' }, ringHash: { minimumRingSize: 1024 } } } } } });`) },
  { title: 'locality beside a simple load balancer', code: istio(`DestinationRule.manifest({ spec: { host: 'a', trafficPolicy: { loadBalancer: { simple: 'ROUND_ROBIN', localityLbSetting: { enabled: true, failover: [{ from: 'a', to: 'b' }] } }, outlierDetection: {} } } });`) },
  { title: 'TLS of a server from a variable', code: istio(`const tls: Server['tls'] = { mode: 'SIMPLE', credentialName: 'a' };\nGateway.manifest({ spec: { selector: { istio: 'ingress' }, servers: [{ port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts: ['a.com'], tls }] } });`) },
  { title: 'a policy that lets nothing in', code: istio(`AuthorizationPolicy.manifest({ metadata: { name: 'deny' }, spec: {} });\nAuthorizationPolicy.manifest({ metadata: { name: 'deny' } });`) },
  { title: 'rules that are collected first', code: istio(`const rules: Rule[] = [];\nfor (const name of ['a', 'b']) rules.push({ from: [{ source: { principals: [name] } }], to: [{ operation: { methods: ['GET'] } }] });\nAuthorizationPolicy.manifest({ spec: { action: 'ALLOW', rules } });`) },
  { title: 'a policy for targets, custom', code: istio(`AuthorizationPolicy.manifest({ spec: { targetRefs: [{ kind: 'Gateway', group: 'gateway.networking.k8s.io', name: 'a' }], action: 'CUSTOM', provider: { name: 'oauth' }, rules: [{}] } });`) },
  { title: 'port levels', code: istio(`const modes: Record<string, MutualTLS> = { 8080: { mode: 'DISABLE' } };\nPeerAuthentication.manifest({ spec: { selector: { matchLabels: { app: 'a' } }, portLevelMtls: modes } });`) },
  { title: 'tokens of two issuers', code: istio(`RequestAuthentication.manifest({ spec: { jwtRules: [{ issuer: 'a', jwksUri: 'https://a' }, { issuer: 'b', jwks: '{"keys":[]}', fromHeaders: [{ name: 'x', prefix: 'Bearer ' }] }] } });`) },
  { title: 'tags of a span', code: istio(`Telemetry.manifest({ spec: { tracing: [{ customTags: { a: { literal: { value: 'x' } }, b: { header: { name: 'y' } } } }], metrics: [{ overrides: [{ match: { metric: 'REQUEST_COUNT' }, tagOverrides: { c: { operation: 'REMOVE' }, d: { value: 'e' } } }] }] } });`) },
  { title: 'free-form plugin configuration', code: istio(`interface Mine { rate: number; nested: { on: boolean } }\nconst pluginConfig: Mine = { rate: 1, nested: { on: true } };\nWasmPlugin.manifest({ spec: { url: 'oci://a', pluginConfig } });\nEnvoyFilter.manifest({ spec: { configPatches: [{ applyTo: 'HTTP_FILTER', patch: { operation: 'MERGE', value: { a: [1, 'b'] } } }] } });`) },
  { title: 'filters by a map', code: istio(`const filters = ['a', 'b'].map((value): HTTPRouteFilter => ({ type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x', value }] } }));\nRoute.manifest({ spec: { rules: [{ filters: [...filters, { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } }] }] } });`) },
  { title: 'a workload on a network', code: istio(`WorkloadEntry.manifest({ spec: { network: 'vm' } });\nWorkloadEntry.manifest({ spec: { address: '1.1.1.1', ports: { http: 80 } } });`) },
  { title: 'a canary to a version that is there', code: shop(`new Canary(reviews, 'v3', { from: 'v1', to: 'v3' });`) },
  { title: 'a canary with pins of three sorts', code: shop(`new Canary(reviews, 'v3', { from: 'v1', to: 'v3', percent: 0, pin: [Match.header('end-user').exact('jason'), Match.cookie('beta').present(), [Match.header('a').regex('b.*'), Match.header('c').present()]] });`) },
  { title: 'a percentage that may be missing', code: shop(`declare const percent: number | undefined;\nnew Canary(reviews, 'v3', { from: 'v1', to: 'v3', percent, pin: undefined });`) },
  { title: 'versions that are computed at run time', code: shop(`const versions: Record<string, VersionProps> = Object.fromEntries(['a', 'b'].map(name => [name, { image: name }]));\nconst service = new MeshService(shop, 'x', { port: 80, versions });\nnew Canary(service, 'b', { from: 'a', to: 'b' });`) },
  { title: 'a version from a typed variable', code: shop(`const to: 'v2' | 'v3' = flag ? 'v2' : 'v3';\nnew Canary(reviews, 'x', { from: 'v1', to });`) },
  { title: 'services in a list', code: shop(`const all: readonly MeshService[] = [reviews, ratings];\nfor (const service of all) service.calls(ratings);`) },
  { title: 'a function over any service', code: shop(`function half<V extends string>(service: MeshService<V>, from: NoInfer<V>, to: NoInfer<V>): void { new Canary(service, 'half', { from, to, percent: 50 }); }\nhalf(reviews, 'v1', 'v2');`) },
  { title: 'a service of another team', code: shop(`const cart = MeshService.existing(shop, 'cart', { namespace: 'carts', port: 80 });\nreviews.calls(cart, { methods: ['GET'] });\ncart.grants(new Chart(Testing.app(), 'x'));`) },
  { title: 'a namespace in each data plane', code: shop(`mesh.namespace('a', { dataPlane: 'ambient', waypoint: 'waypoint', mtls: undefined });\nmesh.namespace('b', { dataPlane: 'sidecar', revision: '1-31-0' });\nmesh.namespace('c', { dataPlane: flag ? 'none' : 'sidecar' });`) },
  { title: 'mutual TLS at each level', code: shop(`const mode: MtlsMode = 'PERMISSIVE';\nnew MutualTls(reviews, 'mtls', { mode, ports: { 9080: 'DISABLE' } });\nnew MutualTls(mesh, 'x', { clients: 'ISTIO_MUTUAL' });\nnew MutualTls(shop, 'y');`) },
  { title: 'timeouts and retries from variables', code: shop(`const props: MeshServiceProps<'v1'> = { port: [{ port: 80 }, { port: 9090, protocol: 'grpc', name: 'grpc' }], versions: { v1: { image: 'a', env: { A: 'b' } } }, timeout: Duration.seconds(2), retries: { attempts: 2, on: [503, 'reset'] } };\nnew MeshService(shop, 'x', props);`) },
  { title: 'a gateway with paths', code: shop(`const ingress = new IngressGateway(shop, 'x', { hosts: ['a.com'] });\ningress.exposes(reviews, { paths: flag ? [Path.exact('/')] : undefined });`) },
  { title: 'a route to a version, to several, and to another service', code: shop(`new Route(reviews, 'a', { match: [Match.method('GET')], to: 'v2' });\nnew Route(reviews, 'b', { match: [Path.exact('/b')], to: [To.version('v1', { percent: 90 }), To.service(ratings, { percent: 10, version: 'v1' })] });\nnew Route(reviews, 'c', { match: [Path.exact('/c')], to: To.version('v3') });`) },
  { title: 'a route by a ternary of answers', code: shop(`new Route(reviews, 'a', { match: [Path.prefix('/a')], to: flag ? To.redirect({ path: '/b' }) : To.response(404) });\nnew Route(reviews, 'b', { match: [Path.prefix('/b')], to: flag ? 'v1' : undefined });`) },
  { title: 'a route with props from variables', code: shop(`const match: readonly RequestMatch[] = [Path.prefix('/a'), [Match.header('a').absent(), Match.query('b').present()]];\nconst retries: Retries = { attempts: 1, on: ['reset'] };\nconst props: RouteProps<'v1' | 'v2'> = { match, retries, timeout: flag ? Duration.seconds(1) : undefined, rewrite: Rewrite.prefix('/b') };\nnew Route(reviews, 'a', props);`) },
  { title: 'shares that are computed', code: shop(`const weights = { v1: 90, v3: 10 } as const;\nconst to = (Object.keys(weights) as (keyof typeof weights)[]).map((version): Destination<'v1' | 'v3'> => To.version(version, { percent: weights[version] }));\nnew Route(reviews, 'a', { to });`) },
  { title: 'a function that routes any service', code: shop(`function pinned<V extends string>(service: MeshService<V>, version: NoInfer<V>): void { new Route(service, 'pinned', { match: [Match.header('x').present()], to: version }); new Mirror(service, 'copy', { to: version }); }\npinned(reviews, 'v2');`) },
  { title: 'intents over services of a list', code: shop(`for (const service of [reviews, ratings] as readonly MeshService[]) { new Fault(service, 'f', { abort: 500 }); new TrafficPolicy(service, 'p', { loadBalancing: LoadBalancing.random() }); new Route(service, 'r', { to: 'v1' }); }`) },
  { title: 'a plan with every sort of step', code: shop(`new Canary(reviews, 'a', { from: 'v1', to: 'v2', plan: [Step.percent(5), Step.pause(), Step.pause(Duration.hours(1)), Step.gate('a', 'up', { atLeast: 1 })], step: 2, affinity: Affinity.cookie('v', { maxAge: Duration.hours(1) }), weights: flag ? 'git' : 'controller' });`) },
  { title: 'blue and green, and audiences', code: shop(`new BlueGreen(reviews, 'a', { blue: 'v1', green: 'v2', live: flag ? 'blue' : 'green' });\nnew AbTest(reviews, 'b', { control: 'v1', variants: { v2: [Match.cookie('g').exact('b')], v3: undefined } });`) },
  { title: 'every sort of policy', code: shop(`const connectionPool: ConnectionPool = { maxConnections: 1, connectTimeout: Duration.seconds(1) };\nnew TrafficPolicy(reviews, 'a', { version: 'v1', port: 9080, connectionPool, locality: Locality.failoverPriority(['a']), tls: flag ? ClientTls.disable() : ClientTls.mutual({ credentialName: 'a' }) });`) },
  { title: 'connections', code: shop(`new TcpRoute(reviews, 'a', { port: 1, to: 'v1' });\nnew TlsRoute(reviews, 'b', { sniHosts: ['a'], to: [To.version('v1', { percent: 100 })] });`) },
  { title: 'doors in and out', code: shop(`const gateway = new IngressGateway(shop, 'in', { hosts: flag ? 'any' : ['a.com'], tls: flag ? ServerTls.simple('a') : undefined });\ngateway.exposes(reviews);\ngateway.forwards(ratings, { port: 1 });\nconst api = new ExternalService(shop, 'api', { hosts: ['a.com'], port: 80, originateTls: TlsOrigination.of(ClientTls.simple(), { from: 80 }) });\nreviews.calls(api);\nnew EgressGateway(shop, 'out').letsThrough(api);\nnew Route(api, 'r', { match: [Match.gateway(gateway)], timeout: Duration.seconds(1) });\nnew Route(reviews, 'r', { to: To.service(api) });`) },
  { title: 'machines and limits', code: shop(`new Machine(reviews, 'vm', { version: 'v1', address: '1.1.1.1' });\nnew MachineGroup(reviews, 'vms', { version: 'v2', readiness: flag ? Probe.tcp(1) : Probe.http('/', 1) });\nnew RateLimit(reviews, 'limit', { plugin: 'oci://a', limits: { a: { b: 1 } } });\nconst said: readonly string[] = warnings(mesh);`) },
  { title: 'a service that something else deploys', code: shop(`const api = MeshService.deployed(shop, 'api', { port: 80, versions: ['v1', 'v2'], order: 'as-declared' });\nnew Canary(api, 'c', { from: 'v1', to: 'v2' });\nnew Route(api, 'r', { match: [Path.regex('.*')], cors: { origins: [Origin.exact('https://a')] } });`) },
];
