import { Duration } from 'cdk8s';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AbTest, Allow, Audit, BlueGreen, Caller, Canary, ClientTls, Deny, ExternalService, Fault, IngressGateway, JwtIssuer, LoadBalancing, Locality, Machine, Match, MeshService, Mirror, Path, RequireJwt,
  Rewrite, Route, ServerTls, Step, TlsOrigination, To, TrafficPolicy, When,
} from '../../lib/index.ts';
import { findings } from './accepted.ts';
import { shopMesh } from './bookinfo-shop.ts';

type Service = MeshService<'v1' | 'v2' | 'v3'>;

const accounts = JwtIssuer.of('https://accounts.example.com', { forwardOriginalToken: true });

/** Intents that get along with each other, whatever else is declared; at most one of each group. */
const groups: readonly (readonly ((service: Service, other: MeshService<'v1'>, outside: ExternalService) => void)[])[] = [
  [
    service => new Canary(service, 'split', { from: 'v1', to: 'v2', percent: 0 }),
    service => new Canary(service, 'split', { from: 'v1', to: 'v3', pin: [Match.header('end-user').exact('jason'), Match.cookie('beta').present()] }),
    service => new Canary(service, 'split', { from: 'v1', to: 'v3', plan: [Step.percent(1), Step.percent(100)], step: 2 }),
    service => new BlueGreen(service, 'split', { blue: 'v1', green: 'v2', live: 'green', preview: [Match.query('preview').present()] }),
    service => new AbTest(service, 'split', { control: 'v1', variants: { v2: [Match.header('group').exact('b')], v3: [Match.header('group').exact('c')] } }),
    service => new Route(service, 'split', { to: [To.version('v1', { percent: 50 }), To.version('v2', { percent: 50 })] }),
    (service, other) => new Route(service, 'split', { to: [To.version('v1', { percent: 99 }), To.service(other, { percent: 1 })] }),
  ],
  [
    service => new Route(service, 'api', { match: [[Path.prefix('/api/'), Match.method('GET')]], rewrite: Rewrite.prefix('/'), timeout: Duration.seconds(1) }),
    service => new Route(service, 'api', { match: [Path.exact('/old')], to: To.redirect({ path: '/new' }) }),
    service => new Route(service, 'api', { match: [Match.header('x').not.prefix('a'), Match.port(9080)], to: To.response(404, 'no') }),
    service => new Route(service, 'api', { match: [Match.source({ app: 'other' })], to: 'v2', timeout: Duration.millis(50) }),
    service => new Route(service, 'api', { match: [Path.regex('/admin/[a-z]+'), [Match.inMesh(), Match.header('x').regex('.*a')]], to: 'v3' }),
  ],
  [
    service => new Mirror(service, 'mirror', { to: 'v2', percent: 5 }),
    (service, other) => new Mirror(service, 'mirror', { to: To.service(other), match: [Path.prefix('/api/v1/')] }),
    (service, _, outside) => new Mirror(service, 'mirror', { to: To.service(outside) }),
  ],
  [
    service => new Fault(service, 'fault', { abort: 503, abortPercent: 0.5 }),
    service => new Fault(service, 'fault', { delay: Duration.millis(10), match: [[Match.header('end-user').prefix('test-'), Path.prefix('/api/')]] }),
  ],
  [
    service => new TrafficPolicy(service, 'policy', { version: 'v2', loadBalancing: LoadBalancing.byHeader('x'), outlierDetection: {} }),
    service => new TrafficPolicy(service, 'policy', { port: 9080, connectionPool: { maxConnections: 1 }, locality: Locality.failover({ a: 'b' }) }),
  ],
  [
    service => { new IngressGateway(service.namespace.mesh.namespace('edge'), 'ingress', { hosts: ['a.example.com'] }).exposes(service, { paths: [Path.prefix('/api/'), Path.exact('/')] }); },
    service => { new IngressGateway(service.namespace.mesh.namespace('edge'), 'ingress', { hosts: ['*.example.com', 'b.example.com'], tls: ServerTls.simple('cert') }).exposes(service); },
    (service, other) => {
      const ingress = new IngressGateway(service.namespace.mesh.namespace('edge'), 'ingress', { hosts: 'any' });
      ingress.exposes(service, { paths: [Path.prefix('/a/')] });
      ingress.exposes(other, { paths: [Path.prefix('/b/')] });
    },
  ],
  [(service, other) => { other.calls(service, { methods: ['GET'] }); }, (service, other) => { service.calls(other); }],
  [(_, other, outside) => { other.calls(outside); }],
  [
    service => new RequireJwt(service, 'jwt', { issuers: [accounts], open: [Path.exact('/health')] }),
    service => new RequireJwt(service.namespace, 'jwt', { issuers: [accounts] }),
    service => new RequireJwt(service.namespace.mesh, 'jwt', { issuers: [accounts], openMethods: ['OPTIONS'] }),
  ],
  [
    service => new Allow(service, 'allow', { from: [Caller.namespace('other'), [Caller.anyIdentity(), Caller.remoteIp('10.0.0.0/8')]], to: [{ paths: ['/api/{*}'] }], when: [When.header('x').is('a*')] }),
    (service, other) => new Allow(service, 'allow', { from: [Caller.service(other)], to: [{ ports: [9080] }] }),
  ],
  [
    service => new Deny(service, 'deny', { from: [Caller.remoteIp('192.0.2.1')] }),
    service => new Deny(service.namespace, 'deny', { from: [Caller.ip('192.0.2.1')], to: [{ methods: ['DELETE'] }], dryRun: true }),
    service => new Deny(service.namespace.mesh, 'deny', { from: 'anyone', to: [{ paths: ['*/internal'] }] }),
  ],
  [service => new Audit(service, 'audit', { from: 'anyone', to: [{ notMethods: ['GET'] }] })],
  [service => new Machine(service, 'vm', { version: 'v1', address: '10.0.0.1' })],
];

test('check finds nothing wrong with what intents emit, whichever are declared, and in whatever order', () => {
  const chosen = fc.tuple(...groups.map(group => fc.option(fc.constantFrom(...group), { nil: undefined }))).chain(intents => {
    const some = intents.filter(intent => intent !== undefined);
    return fc.shuffledSubarray(some, { minLength: some.length });
  });
  const ports = fc.constantFrom([{ port: 9080 }], [{ port: 9080 }, { port: 9090, protocol: 'grpc' as const }], [{ port: 9080 }, { port: 9443, protocol: 'https' as const }, { port: 9000, protocol: 'tcp' as const }]);
  fc.assert(fc.property(chosen, ports, fc.boolean(), (intents, port, strict) => {
    const { app, mesh, shop } = shopMesh(strict ? { mtls: 'STRICT', access: 'deny-by-default', outbound: 'REGISTRY_ONLY' } : {});
    const versions = { v1: { image: 'a' }, v2: { image: 'b' }, v3: { image: 'c' } };
    const service = new MeshService(shop, 'reviews', { port, versions, timeout: Duration.seconds(2) });
    const other = new MeshService(mesh.namespace('other'), 'other', { port: 80, versions: { v1: { image: 'a' } } });
    const outside = new ExternalService(shop, 'outside', {
      hosts: ['api.example.net'], port: { port: 80, targetPort: 443 }, originateTls: TlsOrigination.of(ClientTls.simple({ caCertificates: 'system', subjectAltNames: ['api.example.net'] }), { from: 80 }),
    });
    for (const intent of intents) intent(service, other, outside);
    app.render();
    expect(findings(mesh)).toEqual([]);
  }), { numRuns: 80 });
});
